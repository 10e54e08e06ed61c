# SPDX-License-Identifier: Apache-2.0
"""The pieces of work: each makes what it needs, checks all that comes back, and leaves nothing."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import gc
import os
import signal
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.soak.guests import unlike_any_other, worker

import wasmedge
from wasmedge import Configure, Instance, OptimizationLevel, RunMode, TrapCode

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
MODES = ("interpreter", "jit")
TRAPS: list[tuple[str, tuple[int, ...], TrapCode]] = [
    ("unreachable", (), TrapCode.UNREACHABLE),
    ("divide", (1, 0), TrapCode.INTEGER_DIVIDE_BY_ZERO),
    ("divide", (-(2**31), -1), TrapCode.INTEGER_OVERFLOW),
    ("load", (-4,), TrapCode.OUT_OF_BOUNDS_MEMORY_ACCESS),
    ("indirect", (0,), TrapCode.INDIRECT_CALL_TYPE_MISMATCH),
    ("indirect", (9,), TrapCode.UNDEFINED_ELEMENT),
]


class GuestError(Exception):
    """Raised in a host function, to be found again on the other side of the guest."""


def _double(number: int) -> int:
    if number < 0:
        raise GuestError(number)
    return 2 * number


def _make(dice: random.Random) -> Instance:
    settings = Configure(optimization_level=OptimizationLevel.O1, cache=False)
    mode = dice.choice(MODES)
    return wasmedge.instantiate(worker(), imports={"env": {"double": _double}}, configure=settings, run_mode=mode)


def calls(dice: random.Random) -> None:
    exports = _make(dice).exports
    for _ in range(200):
        a, b = dice.randrange(-(2**62), 2**62), dice.randrange(-(2**62), 2**62)
        assert exports.add(a, b) == a + b
        assert exports.swap(a, float(b)) == (float(b), a)
    assert [exports.next() for _ in range(50)] == list(range(1, 51))
    assert exports.twice(21) == 42


def traps(dice: random.Random) -> None:
    exports = _make(dice).exports
    for name, args, code in dice.sample(TRAPS, 4):
        with pytest.raises(wasmedge.Trap) as caught:
            exports[name](*args)
        assert caught.value.trap is code, (name, caught.value)
    assert exports.add(2, 3) == 5


def exhausted_stacks(dice: random.Random) -> None:
    # The interpreter's stack takes a gigabyte until it is full, and the load has several threads.
    settings = Configure(optimization_level=OptimizationLevel.O0, cache=False)
    instance = wasmedge.instantiate(
        worker(), imports={"env": {"double": _double}}, configure=settings, run_mode=RunMode.JIT
    )
    with pytest.raises(wasmedge.StackExhausted):
        instance.exports.deep()
    assert instance.exports.fib(dice.randrange(5)) > 0


def exceptions(dice: random.Random) -> None:
    exports = _make(dice).exports
    number = dice.randrange(1, 1000)
    with pytest.raises(GuestError) as caught:
        exports.twice(-number)
    assert caught.value.args == (-number,)


def cancels(dice: random.Random) -> None:
    instance = _make(dice)
    running = [instance.exports.endless.call_async() for _ in range(dice.randrange(1, 4))]
    for call in running:
        call.wait(dice.random() / 50)
        assert call.cancel()
    for call in running:
        assert call.wait(60), "a cancelled call goes on"
        assert call.cancelled()
    assert instance.exports.add(1, 2) == 3


def timeouts(dice: random.Random) -> None:
    exports = _make(dice).exports
    with pytest.raises(TimeoutError):
        exports.endless(timeout=dice.random() / 50)
    assert exports.add(1, 2) == 3


def fuel(dice: random.Random) -> None:
    settings = Configure(measure_cost=True)
    exports = wasmedge.instantiate(worker(), imports={"env": {"double": _double}}, configure=settings).exports
    with pytest.raises(wasmedge.CostLimitExceeded):
        exports.fib(25, fuel=dice.randrange(100, 5000))
    assert exports.fib(8, fuel=1_000_000) == 34


def growth(dice: random.Random) -> None:
    """Memories grow under views, and tables get objects; what was there stays."""
    instance = _make(dice)
    memory, table = instance.exports.memory, instance.exports.table
    before = memory.view("u1")
    for pages in range(1, dice.randrange(2, 20)):
        assert instance.exports.grow(1) == pages
        assert memory.pages == pages + 1
    value = dice.randrange(256)
    instance.exports.fill(value, memory.size)
    assert before.size == 65536
    assert int(before.min()) == int(before.max()) == value
    assert int(np.asarray(memory)[-1]) == value
    table.grow(dice.randrange(1, 50))
    thing = object()
    table[-1] = thing
    assert instance.exports.kept(len(table) - 1) is thing


def drops(dice: random.Random) -> None:
    """What is kept of an instance outlives all else of it."""
    instance = _make(dice)
    memory = instance.exports.memory
    memory.write(100, b"still here")
    kept: list[Any] = [memory.view("u1", 100, 10), instance.exports.add, memory]
    dice.shuffle(kept)
    if dice.random() < 0.5:
        instance.close()
    del instance, memory
    if dice.random() < 0.05:
        gc.collect()
    for each in kept:
        if isinstance(each, np.ndarray):
            assert each.tobytes() == b"still here"
        elif isinstance(each, wasmedge.Memory):
            assert each.read(100, 10) == b"still here"
        else:
            assert each(20, 22) == 42


def batches(dice: random.Random) -> None:
    """Of many calls that go on at once each gives its own result."""
    exports = _make(dice).exports
    numbers = [dice.randrange(10**6) for _ in range(60)]
    running = {exports.add.call_async(number, 1): number for number in numbers}
    done = concurrent.futures.as_completed(running, timeout=120)
    assert sorted(call.result() - 1 for call in done) == sorted(numbers)
    assert all(call.result() == number + 1 for call, number in running.items())


def loops(dice: random.Random) -> None:
    """The same in an event loop."""
    exports = _make(dice).exports

    async def gather() -> list[Any]:
        return await asyncio.gather(*(exports.fib.call_async(number) for number in range(15)))

    assert asyncio.run(gather()) == [1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610]


def references(dice: random.Random) -> None:
    exports = _make(dice).exports
    things = [object() for _ in range(4)]
    for index, thing in enumerate(things):
        exports.keep(index, thing)
    assert all(exports.kept(index) is thing for index, thing in enumerate(things))
    index = dice.randrange(4)
    exports.keep(index, None)
    assert exports.kept(index) is None


def programs(dice: random.Random) -> None:
    words = [dice.choice(("sea", "wind", "round")) for _ in range(dice.randrange(1, 200))]
    done = wasmedge.run_wasi(
        EXAMPLES / "wordfreq.wasm",
        ["-n", "0"],
        stdin=" ".join(words),
        capture_output=True,
        run_mode="interpreter",
    )
    assert done.returncode == 0
    assert done.stdout.split()[2:4] == [b"words", str(len(words)).encode()]


def compilations(dice: random.Random) -> None:
    """Machine code is made, run and given back."""
    number = dice.randrange(10**6)
    settings = Configure(optimization_level=OptimizationLevel.O0, cache=False)
    instance = wasmedge.instantiate(unlike_any_other(number), configure=settings, run_mode=RunMode.JIT)
    assert instance.run_mode is RunMode.JIT
    assert instance.exports.f() % 64 == number % 64


def failures(dice: random.Random) -> None:
    data = bytearray(unlike_any_other(dice.randrange(100)))
    data[dice.randrange(8, len(data))] ^= 1 << dice.randrange(8)
    with contextlib.suppress(wasmedge.WasmEdgeError):
        wasmedge.instantiate(bytes(data), run_mode="interpreter")
    with pytest.raises(wasmedge.LinkError):
        wasmedge.instantiate(worker(), imports={"env": {"double": wasmedge.Global("i64", 3)}}, run_mode="interpreter")


def forks(dice: random.Random) -> None:
    """A child can do it all, whatever the other threads of its parent were at."""
    child = os.fork()
    if child == 0:
        try:
            for piece in dice.sample((calls, traps, exceptions, timeouts, compilations, loops, drops), 4):
                piece(dice)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    end = time.monotonic() + 60
    ended, status = os.waitpid(child, os.WNOHANG)
    while not ended and time.monotonic() < end:
        time.sleep(0.01)
        ended, status = os.waitpid(child, os.WNOHANG)
    if not ended:
        os.kill(child, signal.SIGABRT)
        os.waitpid(child, 0)
    assert ended, "a child of a fork does not end"
    assert status == 0


# How often each is done, against the others.
WORK: dict[Callable[[random.Random], None], int] = {
    calls: 6,
    traps: 4,
    exhausted_stacks: 1,
    exceptions: 4,
    cancels: 3,
    timeouts: 3,
    fuel: 2,
    growth: 4,
    drops: 6,
    batches: 3,
    loops: 2,
    references: 3,
    programs: 1,
    compilations: 1,
    forks: 1,
    failures: 3,
}
