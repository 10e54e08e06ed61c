# SPDX-License-Identifier: Apache-2.0
"""What a call costs: over the same calls in C, and against a peer.

    pip install ziglang wasmtime
    python benchmarks/bench_calls.py

The floor is a loop in C over WasmEdge_ExecutorInvoke in the same process. The exit code is 1 when a limit is missed.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import ctypes
import functools
import statistics
import subprocess
import sys
import tempfile
import timeit
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import wasmtime

import wasmedge
from rounds import median_ratio, medians_of, run_together, times_of

if TYPE_CHECKING:
    from collections.abc import Callable

    Clock = Callable[[int], float]

SOURCE = Path(__file__).with_name("kernels") / "floor.c"
GUEST = """
(module
  (func (export "noop"))
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func $fib (export "fib") (param i32) (result i32)
    (if (result i32) (i32.lt_s (local.get 0) (i32.const 2)) (then (local.get 0)) (else
      (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1))) (call $fib (i32.sub (local.get 0) (i32.const 2))))))))
"""
CALLER = """
(module
  (import "env" "nothing" (func $nothing))
  (import "env" "sum" (func $sum (param i32 i32) (result i32)))
  (func (export "nothing") (param $n i32)
    (loop $next (call $nothing)
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "sum") (param $n i32)
    (loop $next (drop (call $sum (local.get $n) (i32.const 1)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))
"""
GATHERED = 1000
FIB = 30  # a call of about two milliseconds


class Limit(NamedTuple):
    """A figure that was measured, and what it may be at most, or has to be at least."""

    name: str
    found: float
    limit: float
    unit: str
    is_most: bool = True

    @property
    def is_kept(self) -> bool:
        """Whether the figure is within the limit."""
        return self.found <= self.limit if self.is_most else self.found >= self.limit


def compile_floor(directory: Path) -> ctypes.CDLL:
    """Compile what is in C."""
    library = directory / "floor.so"
    prefix = Path(__file__).resolve().parent.parent / "third_party" / "wasmedge" / "prefix"
    command = [sys.executable, "-m", "ziglang", "cc", "-O3", "-shared", "-fPIC", str(SOURCE), "-o", str(library)]
    linked = [f"-I{prefix / 'include'}", f"-L{prefix / 'lib'}", "-l:libwasmedge.so.0"]
    subprocess.run([*command, *linked], check=True)  # noqa: S603 - our own
    # The runtime that the package has loaded already is the one that the library finds.
    floor = ctypes.CDLL(str(library))
    floor.floor_open.restype = ctypes.c_void_p
    floor.floor_seconds.restype = floor.native_seconds.restype = ctypes.c_double
    return floor


def floor_of(floor: ctypes.CDLL, directory: Path, wasm: bytes) -> Callable[[str, tuple[int, ...]], Clock]:
    """Return what makes a clock of the loop in C, for an exported function."""
    module = directory / "guest.so"
    wasmedge.Compiler().compile(wasm, module)
    handle = ctypes.c_void_p(floor.floor_open(str(module).encode()))
    if not handle:
        msg = "the floor's module cannot be loaded"
        raise RuntimeError(msg)

    def clock(name: str, arguments: tuple[int, ...]) -> Clock:
        given = (ctypes.c_int32 * 2)(*arguments)

        def seconds(calls: int) -> float:
            taken: float = floor.floor_seconds(handle, name.encode(), given, len(arguments), ctypes.c_uint64(calls))
            if taken < 0:
                msg = f"{name} failed"
                raise RuntimeError(msg)
            return taken

        return seconds

    return clock


def clock_of(statement: str, **names: object) -> Clock:
    """Return what times a statement over some names, in a loop of its own."""
    return timeit.Timer(statement, globals=names).timeit


def calls(floor: Callable[[str, tuple[int, ...]], Clock], wasm: bytes) -> list[Limit]:
    """Measure calls out of Python."""
    guest = wasmedge.instantiate(wasm, run_mode="jit", strict=True).exports
    store = wasmtime.Store()
    peer: Any = wasmtime.Instance(store, wasmtime.Module(store.engine, wasm), []).exports(store)
    times = medians_of(
        {
            "a statement that does nothing": clock_of("pass"),
            "noop(), floor": floor("noop", ()),
            "noop()": clock_of("f()", f=guest.noop),
            "add(1, 2), floor": floor("add", (1, 2)),
            "add(1, 2)": clock_of("f(1, 2)", f=guest.add),
            "add(1, 2), wasmtime": clock_of("f(store, 1, 2)", f=peer["add"], store=store),
            "noop(timeout=10)": clock_of("f(timeout=10)", f=guest.noop),
        }
    )
    show(times)
    return [
        Limit("noop() over the floor", 1e9 * (times["noop()"] - times["noop(), floor"]), 110, "ns"),
        Limit("add(1, 2) over the floor", 1e9 * (times["add(1, 2)"] - times["add(1, 2), floor"]), 130, "ns"),
        Limit("add(1, 2) against wasmtime", times["add(1, 2), wasmtime"] / times["add(1, 2)"], 60, "x", is_most=False),
        Limit("timeout= over a call without", 1e6 * (times["noop(timeout=10)"] - times["noop()"]), 10, "µs"),
    ]


def callbacks() -> list[Limit]:
    """Measure calls into Python."""
    functions = {
        "nothing": wasmedge.Function("() -> ()", lambda: None),
        "sum": wasmedge.Function("(i32, i32) -> i32", lambda a, b: a + b),
    }
    guest = wasmedge.instantiate(wat(CALLER), imports={"env": functions}, run_mode="jit", strict=True).exports
    times = medians_of(
        {
            "a callback () -> ()": lambda count: timeit.timeit(lambda: guest.nothing(count), number=1),
            "a callback (i32, i32) -> i32": lambda count: timeit.timeit(lambda: guest.sum(count), number=1),
        }
    )
    show(times)
    return [
        Limit("a callback () -> ()", 1e9 * times["a callback () -> ()"], 250, "ns"),
        Limit("a callback (i32, i32) -> i32", 1e9 * times["a callback (i32, i32) -> i32"], 400, "ns"),
    ]


def threads(floor: ctypes.CDLL, wasm: bytes) -> list[Limit]:
    """Measure two threads on two instances against one, and the same in C: no more can come of a machine than that."""
    instances = [wasmedge.instantiate(wasm, run_mode="jit", strict=True) for _ in range(2)]

    def run(number: int, count: int) -> None:
        fib = instances[number].exports.fib
        for _ in range(count):
            fib(FIB)

    def run_native(_number: int, count: int) -> None:
        floor.native_seconds(FIB, ctypes.c_uint64(count))

    times = times_of(
        {
            "fib, one thread": lambda count: in_threads(run, 1, count),
            "fib, on each of two threads": lambda count: in_threads(run, 2, count),
            "fib in C, one thread": lambda count: in_threads(run_native, 1, count),
            "fib in C, on each of two threads": lambda count: in_threads(run_native, 2, count),
        },
        rounds=51,
        seconds=0.05,
    )
    show({name: statistics.median(found) for name, found in times.items()})
    speed = 2 * median_ratio(times["fib, one thread"], times["fib, on each of two threads"])
    native = 2 * median_ratio(times["fib in C, one thread"], times["fib in C, on each of two threads"])
    return [
        Limit("the throughput of two threads", speed, 1.9, "x", is_most=False),
        Limit("... against that of two in C", speed / native, 0.95, "x", is_most=False),
    ]


def in_threads(work: Callable[[int, int], None], number: int, count: int) -> float:
    """Return how long it takes until each of so many threads has done its work."""
    works = [functools.partial(work, which, count) for which in range(number)]
    return timeit.timeit(lambda: run_together(works), number=1)


async def awaited(wasm: bytes) -> list[Limit]:
    """Measure calls that are awaited."""
    guest = wasmedge.instantiate(wasm, run_mode="jit", strict=True).exports
    store = wasmtime.Store()
    peer: Any = wasmtime.Instance(store, wasmtime.Module(store.engine, wasm), []).exports(store)
    loop = asyncio.get_running_loop()

    async def timed(make: Callable[[], Any]) -> float:
        begin = loop.time()
        await make()
        return loop.time() - begin

    found: dict[str, list[float]] = {"await noop": [], "gathered": [], "gathered on the peer": []}
    with concurrent.futures.ThreadPoolExecutor() as pool:
        loop.set_default_executor(pool)
        for _ in range(15):
            singles = [await timed(guest.noop.call_async) for _ in range(200)]
            found["await noop"].append(sorted(singles)[100])
            found["gathered"].append(
                await timed(lambda: asyncio.gather(*(guest.noop.call_async() for _ in range(GATHERED))))
            )
            found["gathered on the peer"].append(
                await timed(lambda: asyncio.gather(*(asyncio.to_thread(peer["noop"], store) for _ in range(GATHERED))))
            )
    times = {name: statistics.median(each) for name, each in found.items()}
    show(times)
    gathered = median_ratio(found["gathered on the peer"], found["gathered"])
    return [
        Limit("an awaited no-op", 1e6 * times["await noop"], 60, "µs"),
        Limit("1,000 gathered calls", gathered, 5, "x", is_most=False),
    ]


def wat(text: str) -> bytes:
    """Return a module in the binary format."""
    return bytes(wasmtime.wat2wasm(text))


def show(times: dict[str, float]) -> None:
    """Print what was measured."""
    for name, seconds in times.items():
        print(f"{name:32} {1e9 * seconds:14,.0f} ns", flush=True)


def main() -> int:
    """Print all figures and what they may be; return 1 when one is missed."""
    wasm = wat(GUEST)
    with tempfile.TemporaryDirectory() as directory:
        floor = compile_floor(Path(directory))
        limits = calls(floor_of(floor, Path(directory), wasm), wasm)
        limits += threads(floor, wasm)
    limits += callbacks()
    limits += asyncio.run(awaited(wasm))
    print()
    for limit in limits:
        bound = "at most" if limit.is_most else "at least"
        verdict = "ok" if limit.is_kept else "MISSED"
        print(f"{limit.name:32} {limit.found:8.1f} {limit.unit:2} ({bound} {limit.limit:g})  {verdict}")
    return int(not all(limit.is_kept for limit in limits))


if __name__ == "__main__":
    sys.exit(main())
