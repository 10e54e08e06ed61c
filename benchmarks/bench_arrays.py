# SPDX-License-Identifier: Apache-2.0
"""How fast functions over arrays are: against the same C with numpy's kind of loop, against calls, and in two threads.

    pip install ziglang [numba] ['pywasmedge[dask]']
    python benchmarks/bench_arrays.py [--svg docs/arrays.svg] [--elements 10000000] [--dask 200000000]

All contenders take turns, and the best of several rounds counts. numba joins in, where it is installed, for the kernels
that are written down for it below.
"""

from __future__ import annotations

import argparse
import ctypes
import functools
import math
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

import wasmedge
from chart import draw
from rounds import run_together

if TYPE_CHECKING:
    from collections.abc import Callable

SOURCE = Path(__file__).with_name("kernels") / "elements.c"
ROUNDS = 7
CALLS = 20_000  # are enough to know what one costs

# The arguments' dtypes and ranges, and the result's dtype.
KERNELS: dict[str, tuple[list[tuple[str, float, float]], str]] = {
    "arithmetic": ([("f8", -1, 1), ("f8", -1, 1)], "f8"),
    "polynomial": ([("f8", -1, 1)], "f8"),
    "collatz": ([("i8", 1, 1e6)], "i4"),
    "mandelbrot": ([("f8", -2, 1), ("f8", -1, 1)], "i4"),
    "sphere": ([("f8", -1.5, 1.5), ("f8", -3, 3), ("f8", -1.5, 1.5), ("f8", -3, 3)], "f8"),
    "black_scholes": ([("f8", 50, 150), ("f8", 50, 150), ("f8", 0.1, 3)], "f8"),
    "mix": ([("i4", 0, 2e9)], "i4"),
    "morton": ([("i4", 0, 2e9), ("i4", 0, 2e9)], "i8"),
    "logistic": ([("f4", -10, 10)], "f4"),
    "gcd": ([("i4", 1, 1e6), ("i4", 1, 1e6)], "i4"),
}


def build(directory: Path) -> tuple[Path, ctypes.CDLL]:
    """Compile the kernels to a module, and to a library of the system with the loops."""
    module, library = directory / "elements.wasm", directory / "elements.so"
    compiler = [sys.executable, "-m", "ziglang", "cc", "-O3", "-ffp-contract=off", str(SOURCE)]
    exports = [f"-Wl,--export={name}" for name in KERNELS]
    to_wasm = ["-target", "wasm32-freestanding", "-nostdlib", "-Wl,--no-entry", "-s", *exports, "-o", str(module)]
    subprocess.run([*compiler, *to_wasm], check=True)  # noqa: S603 - our own
    subprocess.run([*compiler, "-march=native", "-shared", "-fPIC", "-o", str(library)], check=True)  # noqa: S603
    return module, ctypes.CDLL(str(library))


def native(library: ctypes.CDLL, name: str) -> Callable[..., None]:
    """Return the kernel's loop as it would be called by numpy: with addresses and strides."""
    loop = library[f"{name}_loop"]

    def run(*arrays: Any, out: Any) -> None:
        operands = [out, *arrays]
        pointers = (ctypes.c_void_p * len(operands))(*(each.ctypes.data for each in operands))
        strides = (ctypes.c_long * len(operands))(*(each.strides[0] for each in operands))
        loop(pointers, strides, ctypes.c_long(len(out)))

    return run


def native_in_two(library: ctypes.CDLL, name: str) -> Callable[..., None]:
    """Return the same on each half in a thread of its own: no more can come of two threads on a machine."""
    loop = native(library, name)

    def run(*arrays: Any, out: Any) -> None:
        middle = len(out) // 2
        halves = (slice(None, middle), slice(middle, None))
        run_together(functools.partial(loop, *(each[half] for each in arrays), out=out[half]) for half in halves)

    return run


def numba_kernels() -> dict[str, Any]:
    """Return kernels in numba, if it is installed."""
    try:
        import numba  # pyright: ignore[reportMissingImports] # noqa: PLC0415 - it is not among what this needs
    except ImportError:
        return {}

    def arithmetic(x: Any, y: Any) -> Any:
        return x * y + (x - y) * 0.5

    def collatz(n: Any) -> Any:
        steps = 0
        while n > 1:
            n = 3 * n + 1 if n & 1 else n >> 1
            steps += 1
        return steps

    def mandelbrot(a: Any, b: Any) -> Any:
        x, y, rounds = 0.0, 0.0, 0
        while rounds < 100 and x * x + y * y <= 4.0:
            x, y = x * x - y * y + a, 2 * x * y + b
            rounds += 1
        return rounds

    def gcd(a: Any, b: Any) -> Any:
        while b != 0:
            a, b = b, a % b
        return a

    return {
        "arithmetic": numba.vectorize(["f8(f8,f8)"])(arithmetic),
        "collatz": numba.vectorize(["i4(i8)"])(collatz),
        "mandelbrot": numba.vectorize(["i4(f8,f8)"])(mandelbrot),
        "gcd": numba.vectorize(["i4(i4,i4)"])(gcd),
    }


class Timing(NamedTuple):
    """What a contender takes for all elements, in seconds at best.

    Attributes:
        wall: From beginning to end.
        own: Of the calling thread on a processor, which other programs change less.
    """

    wall: float
    own: float


def best_of(works: dict[str, Callable[[], object]]) -> dict[str, Timing]:
    """Return the best time of each; they take turns."""
    times = dict.fromkeys(works, Timing(math.inf, math.inf))
    for _ in range(ROUNDS):
        for name, work in works.items():
            wall, own = time.perf_counter(), time.thread_time()
            work()
            own, wall = time.thread_time() - own, time.perf_counter() - wall
            times[name] = Timing(min(times[name].wall, wall), min(times[name].own, own))
    return times


def time_of_call(function: Any, arrays: list[Any]) -> float:
    """Return what one call from Python costs, in seconds: an element at a time into a list, and that into an array."""
    columns = [each[:CALLS].tolist() for each in arrays]
    best = math.inf
    for _ in range(3):
        begin = time.perf_counter()
        np.array([function(*row) for row in zip(*columns, strict=True)])
        best = min(best, time.perf_counter() - begin)
    return best / CALLS


def measure(count: int) -> dict[str, dict[str, Timing]]:
    """Measure every kernel; return the seconds for all elements."""
    with tempfile.TemporaryDirectory() as directory:
        module, library = build(Path(directory))
        instance = wasmedge.instantiate(module, run_mode="jit", strict=True)
        ufuncs = {
            (name, threads): wasmedge.vectorize(module, name, run_mode="jit", strict=True, threads=threads)
            for name in KERNELS
            for threads in (1, 2)
        }
    peers = numba_kernels()
    random = np.random.default_rng(0)
    times = {}
    for name, (ranges, result) in KERNELS.items():
        arrays = [random.uniform(low, high, count).astype(dtype) for dtype, low, high in ranges]
        outs = {who: np.empty(count, result) for who in ("wasmedge", "two threads", "native", "two in C", "numba")}
        works: dict[str, Callable[[], object]] = {
            "wasmedge": lambda: ufuncs[name, 1](*arrays, out=outs["wasmedge"]),  # noqa: B023 - called at once
            "two threads": lambda: ufuncs[name, 2](*arrays, out=outs["two threads"]),  # noqa: B023
            "native": lambda: native(library, name)(*arrays, out=outs["native"]),  # noqa: B023
            "two in C": lambda: native_in_two(library, name)(*arrays, out=outs["two in C"]),  # noqa: B023
        }
        if name in peers:
            works["numba"] = lambda: peers[name](*arrays, out=outs["numba"])  # noqa: B023
        times[name] = best_of(works)
        assert np.array_equal(outs["wasmedge"], outs["two threads"]), name
        assert np.allclose(outs["wasmedge"], outs["native"], rtol=1e-6), name
        called = time_of_call(instance.exports[name], arrays) * count
        times[name]["a call"] = Timing(called, called)
        shown = "  ".join(f"{who} {each.wall / count * 1e9:8.2f}" for who, each in times[name].items())
        print(f"{name:14} ns an element: {shown}", flush=True)
    return times


def mean(values: list[float]) -> float:
    """Return the geometric mean."""
    return math.exp(sum(map(math.log, values)) / len(values))


def verdict(name: str, found: float, wanted: float, is_most: bool) -> bool:
    """Print a figure and what it is to be, and return whether it is."""
    fits = found <= wanted if is_most else found >= wanted
    print(f"{name:60} {found:8.2f} (at {'most' if is_most else 'least'} {wanted:g})  {'ok' if fits else 'MISSED'}")
    return fits


def report(times: dict[str, dict[str, Timing]]) -> bool:
    """Print what the times come to; return whether all is as it should be."""
    print()
    rows = list(times.values())
    results = [
        verdict(
            "time against native C, geometric mean",
            mean([r["wasmedge"].own / r["native"].own for r in rows]),
            1.25,
            True,
        ),
        verdict(
            "speed against a call for each element, best kernel",
            max(r["a call"].wall / min(r["wasmedge"].wall, r["two threads"].wall) for r in rows),
            300,
            False,
        ),
    ]
    if len(os.sched_getaffinity(0)) > 1:
        gain = mean([r["wasmedge"].wall / r["two threads"].wall for r in rows])
        results.append(verdict("speed of two threads against one, geometric mean", gain, 1.8, False))
        worth = mean([r["native"].wall / r["two in C"].wall for r in rows])
        print(f"{'the same in C, which is what two threads are worth here':60} {worth:8.2f}")
    with_numba = [r["numba"].own / r["wasmedge"].own for r in rows if "numba" in r]
    if with_numba:
        print(f"{'speed against numba, geometric mean':60} {mean(with_numba):8.2f}")
    return all(results)


def report_dask(count: int) -> bool:
    """Measure a local cluster of two workers against one process; return whether it is as fast as it should be."""
    import dask.array as da  # pyright: ignore[reportMissingImports] # noqa: PLC0415 - only where it is asked for
    from dask.distributed import Client, LocalCluster  # pyright: ignore[reportMissingImports] # noqa: PLC0415 - likewise

    collatz = wasmedge.vectorize("examples/arrays.wasm", "collatz", threads=1)
    block = min(4_000_000, -(-count // 8))

    def alone() -> int:
        blocks = (np.arange(begin, min(begin + block, count + 1)) for begin in range(1, count + 1, block))
        return sum(int(collatz(each).sum()) for each in blocks)

    lazy = collatz(da.arange(1, count + 1, chunks=block), dtype="i4").sum()
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster):
        lazy.compute()  # the workers have compiled it then
        times = []
        for work in (alone, lazy.compute):
            begin = time.perf_counter()
            result = work()
            times.append(time.perf_counter() - begin)
            print(f"{count} elements: {result} in {times[-1]:.2f} s")
    return verdict("speed of a cluster of two workers against one process", times[0] / times[1], 1.7, False)


def main() -> int:
    """Print the tables, draw the chart if that is asked for, and say whether all is as it should be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--svg", type=Path, help="where to draw a bar chart")
    parser.add_argument("--elements", type=int, default=10_000_000)
    parser.add_argument("--dask", type=int, default=0, metavar="ELEMENTS", help="measure a local cluster on so many")
    options = parser.parse_args()
    times = measure(options.elements)
    good = report(times)
    if options.svg:
        chart = {name: {"native C": row["native"].own / row["wasmedge"].own} for name, row in times.items()}
        draw(options.svg, "Speed of functions over arrays in one thread (more is better)", chart)
    if options.dask:
        good &= report_dask(options.dask)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
