# SPDX-License-Identifier: Apache-2.0
"""How fast a WASI program's output gets to Python, and how fast a large program starts from the cache.

pip install wasmtime
python benchmarks/bench_wasi.py [--mebibytes 256] [--rounds 5]

The output is measured against the same program writing to a pipe of the operating system that Python reads; what is
kept as bytes, against keeping what comes from that pipe as `subprocess` does. The start is measured in processes of
their own, from the path to the end of an empty `_start`, against WasmEdge's own tool `wasmedge`, run without Python's
share.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import wasmtime

import wasmedge
from rounds import Ratio, medians, report

# Writes pieces of 64 KiB.
_SPOUT = """
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 3)
  (func (export "_start") (local $left i32)
    (local.set $left (i32.const {count}))
    (i32.store (i32.const 0) (i32.const 65536))
    (i32.store (i32.const 4) (i32.const 65536))
    (loop $more
      (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
      (br_if $more (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))))
"""
_CHUNK = 1 << 20

# Each runs in a process of its own, so that nothing is warm.
_OURS = """
import json, sys, time
import wasmedge
configure = wasmedge.Configure(optimization_level=wasmedge.OptimizationLevel.O0)
begin = time.perf_counter()
wasmedge.run_wasi(sys.argv[1], configure=configure, run_mode="aot")
print(json.dumps(time.perf_counter() - begin))
"""
_RUNTIME = """
import json, sys, time
import wasmedge.tools
begin = time.perf_counter()
wasmedge.tools.run(["wasmedge", *sys.argv[1:]])
print(json.dumps(time.perf_counter() - begin))
"""


def through_pipe(module: wasmedge.Module, size: int, *, keep: bool = False) -> None:
    """Let the program write to a pipe of the system, and read it."""
    reader, writer = os.pipe()
    chunks: list[bytes] = []
    sizes: list[int] = []

    def drain() -> None:
        while data := os.read(reader, _CHUNK):
            sizes.append(len(data))
            if keep:
                chunks.append(data)

    thread = threading.Thread(target=drain)
    thread.start()
    try:
        wasmedge.run_wasi(module, stdout=writer)
    finally:
        os.close(writer)
        thread.join()
        os.close(reader)
    _check(len(b"".join(chunks)) if keep else sum(sizes), size)


def through_callable(module: wasmedge.Module, size: int) -> None:
    """Give the output to a function."""
    sizes: list[int] = []
    wasmedge.run_wasi(module, stdout=lambda data: sizes.append(len(data)))
    _check(sum(sizes), size)


def through_file(module: wasmedge.Module, size: int) -> None:
    """Read the output as a file, beside the program."""
    with wasmedge.WasiProcess(module, stdout=wasmedge.PIPE) as process:
        got = 0
        while data := process.stdout.read(_CHUNK):
            got += len(data)
    _check(got, size)


def through_capture(module: wasmedge.Module, size: int) -> None:
    """Keep the output."""
    _check(len(wasmedge.run_wasi(module, stdout=wasmedge.Capture(size)).stdout), size)


def _check(got: int, size: int) -> None:
    if got != size:
        raise RuntimeError(f"{got} bytes of {size} have come")


def measure_streams(mebibytes: int, rounds: int) -> int:
    """Print how fast output comes."""
    size = mebibytes << 20
    wasm = wasmtime.wat2wasm(_SPOUT.format(count=size >> 16))
    module = wasmedge.Module.from_bytes(bytes(wasm))
    works = {
        "pipe of the system": functools.partial(through_pipe, module, size),
        "callable": functools.partial(through_callable, module, size),
        "PIPE, read beside": functools.partial(through_file, module, size),
        "pipe of the system, kept": functools.partial(through_pipe, module, size, keep=True),
        "CAPTURE": functools.partial(through_capture, module, size),
    }
    times = medians(works, rounds)
    for name, seconds in times.items():
        print(f"{name:44} {size / seconds / 2**30:8.2f} GiB/s")
    print()
    ratios = [
        Ratio("callable / pipe of the system", "callable", "pipe of the system", 2),
        Ratio("PIPE / pipe of the system", "PIPE, read beside", "pipe of the system", 2),
        Ratio("CAPTURE / pipe of the system, kept", "CAPTURE", "pipe of the system, kept", 2),
    ]
    return report(times, ratios)


def make_program(mebibytes: int) -> bytes:
    """Return a program of so many mebibytes of code, in functions of a kibibyte and a half, and an empty start."""
    turn = "(local.set 0 (i32.add (i32.mul (local.get 0) (i32.const {a})) (i32.xor (local.get 0) (local.get 1))))"
    bodies = []
    for index in range((mebibytes << 20) // 1500):
        turns = "".join(turn.format(a=index * 7 + i) for i in range(98))
        bodies.append(f"(func $f{index} (param i32) (result i32) (local i32) {turns} (local.get 0))")
    names = " ".join(f"$f{index}" for index in range(len(bodies)))
    table = f'(table (export "table") {len(bodies)} funcref) (elem (i32.const 0) {names})'
    start = '(memory (export "memory") 1) (func (export "_start"))'
    return bytes(wasmtime.wat2wasm(f"(module {table} {''.join(bodies)} {start})"))


def _run(program: str, *arguments: str | Path) -> float:
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own
    return float(json.loads(done.stdout))


def measure_start(mebibytes: int, rounds: int) -> int:
    """Print how fast a program starts whose code is in the cache."""
    with tempfile.TemporaryDirectory() as directory:
        os.environ["WASMEDGE_CACHE_DIR"] = str(Path(directory, "cache"))
        program, library = Path(directory, "program.wasm"), Path(directory, "program.so")
        program.write_bytes(make_program(mebibytes))
        native = wasmedge.OutputFormat.NATIVE
        configure = wasmedge.Configure(optimization_level=wasmedge.OptimizationLevel.O0, output_format=native)
        wasmedge.Compiler(configure).compile(program, library)
        first = _run(_OURS, program)
        print(
            f"{mebibytes} MiB, {library.stat().st_size >> 20} MiB of machine code; the first start took {first:.1f} s"
        )
        works = {
            "from the cache": (_OURS, program),
            "the runtime's tool, machine code": (_RUNTIME, library),
            "the runtime's tool, interpreted": (_RUNTIME, program),
        }
        times: dict[str, list[float]] = {name: [] for name in works}
        for _ in range(rounds):
            for name, (text, *arguments) in works.items():
                times[name].append(_run(text, *arguments))
    found = {name: statistics.median(each) for name, each in times.items()}
    ours, compiled, interpreted = found
    limits = [Ratio(f"{ours} / {theirs}", ours, theirs, 2) for theirs in (compiled, interpreted)]
    return report(found, limits)


def main() -> int:
    """Print the times and the ratios; return 1 if one is above what it may be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mebibytes", type=int, default=256, help="how much is written")
    parser.add_argument("--program", type=int, default=10, help="how many mebibytes the program has that starts")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    late = measure_streams(options.mebibytes, options.rounds) if options.mebibytes else 0
    print()
    return late | (measure_start(options.program, options.rounds) if options.program else 0)


if __name__ == "__main__":
    sys.exit(main())
