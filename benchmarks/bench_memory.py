# SPDX-License-Identifier: Apache-2.0
"""Linear memory against bytearrays: views, moves, and a numeric kernel with and without copies.

    python benchmarks/bench_memory.py

The exit code is 1 when a ratio is missed.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import psutil
import wasmtime

import wasmedge
from rounds import Ratio, medians, report

MIB = 1 << 20
COUNT = MIB  # elements of the kernel's array
KERNEL = """
(module
  (memory (export "memory") 320)
  (func (export "sum") (param $at i32) (param $count i32) (result f64) (local $sum f64) (local $end i32)
    (local.set $end (i32.add (local.get $at) (i32.shl (local.get $count) (i32.const 3))))
    (loop $next
      (local.set $sum (f64.add (local.get $sum) (f64.load (local.get $at))))
      (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8))) (local.get $end))))
    (local.get $sum))
  (func (export "scale") (param $at i32) (param $count i32) (param $by f64) (local $end i32)
    (local.set $end (i32.add (local.get $at) (i32.shl (local.get $count) (i32.const 3))))
    (loop $next
      (f64.store (local.get $at) (f64.mul (f64.load (local.get $at)) (local.get $by)))
      (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8))) (local.get $end)))))
  ;; Each element becomes the mean of itself and its two neighbours on the right, in place.
  (func (export "convolve") (param $at i32) (param $count i32) (local $end i32)
    (local.set $end (i32.add (local.get $at) (i32.shl (i32.sub (local.get $count) (i32.const 2)) (i32.const 3))))
    (loop $next
      (f64.store (local.get $at) (f64.div
        (f64.add (f64.load (local.get $at))
          (f64.add (f64.load offset=8 (local.get $at)) (f64.load offset=16 (local.get $at))))
        (f64.const 3)))
      (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8))) (local.get $end))))))
"""
RATIOS = [
    Ratio("a view, against np.frombuffer", "memory.view(float32, 16, 1000)", "np.frombuffer(bytearray, ...)", 1.5),
    Ratio("a read of 1 MiB, against memcpy", "memory.read(0, 1 MiB)", "bytes(1 MiB of a bytearray)", 1.15),
    Ratio("a write of 1 MiB, against memcpy", "memory.write(0, 1 MiB)", "bytearray[:1 MiB] = bytes", 1.15),
    Ratio("a read of 64 bytes, against a slice", "memory.read(0, 64)", "bytearray[0:64]", 2.5),
    Ratio("a kernel on a view, against copies", "kernel on a view", "kernel with copies", 1.0),
]


def moves() -> dict[str, Any]:
    """Return what moves bytes, ours and Python's own."""
    memory, plain, data = wasmedge.Memory(32), bytearray(2 * MIB), bytes(range(256)) * (MIB // 256)
    whole = memoryview(plain)[:MIB]

    def write() -> None:
        plain[:MIB] = data

    def copy_in() -> None:
        whole[:] = data

    write()
    return {
        "memory.view(float32, 16, 1000)": lambda: memory.view(np.float32, 16, 1000),
        "np.frombuffer(bytearray, ...)": lambda: np.frombuffer(plain, np.float32, 1000, 16),
        "memory.read(0, 1 MiB)": lambda: memory.read(0, MIB),
        "bytes(1 MiB of a bytearray)": lambda: bytes(whole),
        "memory.write(0, 1 MiB)": lambda: memory.write(0, data),
        "bytearray[:1 MiB] = bytes": copy_in,
        "memory.read(0, 64)": lambda: memory.read(0, 64),
        "bytearray[0:64]": lambda: plain[0:64],
    }


def kernels() -> dict[str, Any]:
    """Return a kernel that works on an array in the guest's memory, and one that has it copied in and out."""
    exports = wasmedge.instantiate(bytes(wasmtime.wat2wasm(KERNEL))).exports
    at, own = 65536, np.random.default_rng(0).random(COUNT)
    view = exports.memory.view("<f8", at, COUNT)
    view[:] = own
    wanted = own * 1.5
    wanted[:-2] = (wanted[:-2] + (wanted[1:-1] + wanted[2:])) / 3

    def run() -> float:
        exports.scale(at, COUNT, 1.5)
        exports.convolve(at, COUNT)
        return float(exports.sum(at, COUNT))

    def on_view() -> float:
        return run() + float(view[0])

    def with_copies() -> float:
        exports.memory.write(at, own)
        total = run()
        result = np.frombuffer(exports.memory.read(at, COUNT * 8), "<f8")
        return total + float(result[0])

    base = exports.memory.view()
    assert view.__array_interface__["data"][0] == base.__array_interface__["data"][0] + at
    process = psutil.Process()
    before = process.memory_info().rss
    assert np.isclose(on_view() - view[0], wanted.sum())
    assert np.allclose(view, wanted)
    grown = process.memory_info().rss - before - wanted.nbytes  # numpy's comparison takes some room, and gives it back
    assert grown < COUNT, f"{grown} bytes more after a kernel that copies nothing"
    return {"kernel on a view": on_view, "kernel with copies": with_copies}


def main() -> int:
    """Print the times and ratios; return the exit code."""
    times = medians(moves())
    times |= medians(kernels(), rounds=9)
    return report(times, RATIOS)


if __name__ == "__main__":
    sys.exit(main())
