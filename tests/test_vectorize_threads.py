# SPDX-License-Identifier: Apache-2.0
"""Functions over arrays in threads: their own, and those of programs that share one."""

from __future__ import annotations

import io
import threading
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from array_guests import NUMBERS, STATE

import wasmedge

if TYPE_CHECKING:
    from tests.conftest import CheckPython, InThreads, Wat

MODES = ["interpreter", "jit"]


def state(wat: Wat, name: str, mode: str = "interpreter", **options: Any) -> np.ufunc:
    given = {"imports": {"env": {"f": lambda x: x + 1}}, "run_mode": mode, **options}
    return wasmedge.vectorize(wat(STATE), name, **given)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("threads", [None, 1, 2, 5])
def test_threads_compute_the_same(wat: Wat, mode: str, threads: int | None) -> None:
    add = wasmedge.vectorize(wat(NUMBERS), "add_f64", threads=threads, run_mode=mode, strict=True)
    x = np.arange(300_001.0)
    assert np.array_equal(add(x, 0.5), x + 0.5)
    assert np.array_equal(add(x[::-3], x[::3]), x[::-3] + x[::3])
    assert np.array_equal(add.accumulate(x), x.cumsum())


def test_threads_have_instances_of_their_own(wat: Wat) -> None:
    counted = state(wat, "count_up", threads=4)(np.zeros(500_000, "i4"))
    # Each instance counts from 11 on, and no number comes up more often than there are instances.
    numbers, times = np.unique(counted, return_counts=True)
    assert numbers[0] == 11
    assert times.max() <= 4
    assert np.array_equal(numbers, np.arange(11, 11 + len(numbers)))


@pytest.mark.parametrize("mode", MODES)
def test_threads_raise_what_comes_first(wat: Wat, mode: str) -> None:
    divide = wasmedge.vectorize(wat(NUMBERS), "divide", threads=3, run_mode=mode)
    x, y = np.arange(200_000, dtype="i4"), np.ones(200_000, "i4")
    y[[30_000, 90_000, 150_000, 199_999]] = 0
    for _ in range(20):
        out = np.full(len(x), -1, "i4")
        with pytest.raises(wasmedge.Trap) as caught:
            divide(x, y, out=out)
        assert caught.value.index == 30_000
        assert np.array_equal(out[:30_000], x[:30_000])
        assert out[30_000] == -1


@pytest.mark.parametrize("mode", MODES)
def test_threads_that_fail_stop_the_others(wat: Wat, mode: str) -> None:
    # The third element traps, and a later one does not end.
    text = """(module (func (export "f") (param i32) (result i32)
      (loop $again (br_if $again (i32.eq (local.get 0) (i32.const 7))))
      (i32.div_s (i32.const 8) (local.get 0))))"""
    f = wasmedge.vectorize(wat(text), "f", threads=2, run_mode=mode)
    x = np.ones(50_000, "i4")
    x[2], x[30_000] = 0, 7
    with pytest.raises(wasmedge.Trap) as caught:
        f(x)
    assert caught.value.index == 2


def test_threads_call_python(wat: Wat) -> None:
    seen = set()

    def f(x: float) -> float:
        seen.add(threading.get_ident())
        return x + 1

    x = np.arange(60_000.0)
    assert np.array_equal(state(wat, "call_f", threads=3, imports={"env": {"f": f}})(x), x + 1)
    assert len(seen) >= 1

    def fail(x: float) -> float:
        if x >= 40_000:
            raise KeyError(x)
        return x

    call = state(wat, "call_f", threads=3, imports={"env": {"f": fail}})
    with pytest.raises(KeyError) as caught:
        call(x)
    assert caught.value.index == 40_000  # type: ignore[attr-defined]


def test_threads_report_progress(wat: Wat) -> None:
    for threads in (1, 2):
        done: list[int] = []
        add = wasmedge.vectorize(wat(NUMBERS), "add_f64", threads=threads, progress=done.append)
        add(np.zeros(1_000_000), 1)
        assert sum(done) == 1_000_000
        assert len(done) > 1 or threads == 2

        def fail(count: int) -> None:
            raise StopIteration(count)

        with pytest.raises(StopIteration):
            wasmedge.vectorize(wat(NUMBERS), "add_f64", threads=threads, progress=fail)(np.zeros(1_000_000), 1)


def test_threads_with_tqdm(wat: Wat) -> None:
    tqdm = pytest.importorskip("tqdm")
    with tqdm.tqdm(total=600_000, file=io.StringIO()) as bar:
        wasmedge.vectorize(wat(NUMBERS), "add_f64", progress=bar.update)(np.zeros(600_000), 1)
        assert bar.n == 600_000


@pytest.mark.parametrize("mode", MODES)
def test_threads_share_a_ufunc(wat: Wat, in_threads: InThreads, mode: str) -> None:
    add = wasmedge.vectorize(wat(NUMBERS), "add_f64", run_mode=mode)
    count = state(wat, "count_up", mode)
    x = np.arange(20_000.0)

    def work(number: int) -> Any:
        for _ in range(10):
            assert np.array_equal(add(x, number), x + number)
        return count(np.zeros(1000, "i4"))

    together = np.concatenate(in_threads(6, work))
    assert np.array_equal(np.sort(together), np.arange(11, 6011))


def test_threads_let_others_run(wat: Wat) -> None:
    spin = state(wat, "spin", timeout=1.0)
    ticks = 0
    ended = threading.Event()

    def tick() -> None:
        nonlocal ticks
        while not ended.wait(0.01):
            ticks += 1

    thread = threading.Thread(target=tick)
    thread.start()
    with pytest.raises(TimeoutError):
        spin(np.full(10, 7, "i4"))
    ended.set()
    thread.join()
    assert ticks > 10


def test_threads_and_forks(check_python: CheckPython, wat: Wat) -> None:
    code = """
import os, threading, numpy as np, wasmedge
add = wasmedge.vectorize(numbers, "add_f64", threads=2)
spin = wasmedge.vectorize(state, "spin", imports={"env": {"f": abs}}, timeout=2)
x = np.arange(50_000.0)
assert (add(x, 1) == x + 1).all()
def busy():
    try:
        spin(np.array([7], "i4"))
    except TimeoutError:
        pass
thread = threading.Thread(target=busy)
thread.start()
import time; time.sleep(0.3)
import warnings; warnings.simplefilter("ignore")
pid = os.fork()
if pid == 0:
    good = (add(x, 1) == x + 1).all() and spin(5) == 5
    os._exit(0 if good else 1)
assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
thread.join()
print("done")
"""
    assert check_python(code, numbers=wat(NUMBERS), state=wat(STATE)) == "done\n"
