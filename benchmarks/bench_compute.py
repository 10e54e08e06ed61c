# SPDX-License-Identifier: Apache-2.0
"""How fast compiled code is: against wasmtime, and against the same C source as native code by the same compiler.

    pip install ziglang wasmtime
    python benchmarks/bench_compute.py [--svg docs/compute.svg]

Each kernel runs in turns in all three, and the best of several runs counts.
"""

from __future__ import annotations

import argparse
import ctypes
import math
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import wasmtime

import wasmedge
from chart import draw

if TYPE_CHECKING:
    from collections.abc import Callable

SOURCE = Path(__file__).with_name("kernels") / "kernels.c"
SIZES = {
    "fib": 30,
    "nbody": 100_000,
    "mandelbrot": 200,
    "sha256": 1_000_000,
    "crc32": 1_000_000,
    "matmul": 200,
    "matmul_simd": 200,
    "sieve": 1_000_000,
    "scan": 1_000_000,
}
ROUNDS = 9


def build(directory: Path) -> tuple[Path, Path]:
    """Compile the kernels to a module and to a library of the system."""
    module, library = directory / "kernels.wasm", directory / "kernels.so"
    compiler = [sys.executable, "-m", "ziglang", "cc", "-O3", "-ffp-contract=off", str(SOURCE)]
    exports = [f"-Wl,--export={name}" for name in SIZES]
    to_wasm = ["-target", "wasm32-wasi", "-mexec-model=reactor", "-msimd128", "-s", *exports, "-o", str(module)]
    subprocess.run([*compiler, *to_wasm], check=True)  # noqa: S603 - our own
    subprocess.run([*compiler, "-march=native", "-shared", "-fPIC", "-o", str(library)], check=True)  # noqa: S603
    return module, library


def best_of(functions: dict[str, Callable[[int], int]], size: int) -> dict[str, float]:
    """Return the best time of each function in seconds; they take turns."""
    times = dict.fromkeys(functions, math.inf)
    results = {name: function(size) for name, function in functions.items()}
    assert len(set(results.values())) == 1, results
    for _ in range(ROUNDS):
        for name, function in functions.items():
            begin = time.perf_counter()
            function(size)
            times[name] = min(times[name], time.perf_counter() - begin)
    return times


def peers(module: Path, library: Path) -> dict[str, Callable[[str], Callable[[int], int]]]:
    """Return how each contender finds a kernel."""
    instance = wasmedge.instantiate(module, run_mode="jit", strict=True)
    assert instance.run_mode is wasmedge.RunMode.JIT
    store = wasmtime.Store()
    linker = wasmtime.Linker(store.engine)
    linker.define_wasi()
    exports: Any = linker.instantiate(store, wasmtime.Module.from_file(store.engine, str(module))).exports(store)
    native = ctypes.CDLL(str(library))
    return {
        "wasmedge": lambda name: instance.exports[name],
        "wasmtime": lambda name: lambda size: exports[name](store, size),
        "native": lambda name: getattr(native, name),
    }


def main() -> None:
    """Print the table, and draw the chart if that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--svg", type=Path, help="where to draw a bar chart")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        found = peers(*build(Path(directory)))
    rows: dict[str, dict[str, float]] = {}
    print(f"{'kernel':12} {'wasmedge':>10} {'wasmtime':>10} {'native':>10}   x wasmtime   x native")
    for name, size in SIZES.items():
        times = best_of({peer: find(name) for peer, find in found.items()}, size)
        ratios = {peer: times[peer] / times["wasmedge"] for peer in ("wasmtime", "native")}
        rows[name] = ratios
        shown = " ".join(f"{times[peer] * 1e3:8.2f}ms" for peer in found)
        print(f"{name:12} {shown}   {ratios['wasmtime']:10.2f} {ratios['native']:10.2f}", flush=True)
    for peer in ("wasmtime", "native"):
        mean = math.exp(sum(math.log(row[peer]) for row in rows.values()) / len(rows))
        print(f"geometric mean of wasmedge's speed against {peer}: {mean:.2f}")
    if options.svg:
        draw(options.svg, "Speed of compiled code, relative to WasmEdge's peers (more is better)", rows)


if __name__ == "__main__":
    main()
