# SPDX-License-Identifier: Apache-2.0
"""Children of a fork: the calls of their parent's threads are not in them, and do no harm there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from forking import FORKING

if TYPE_CHECKING:
    from tests.conftest import CheckPython, Wat

pytestmark = [
    pytest.mark.quick,
    pytest.mark.usefixtures("cache_directory"),
]
MODES = ["interpreter", "jit"]
GUEST = """
(module
  (import "env" "fork" (func $fork (param i32) (result i32)))
  (func (export "spin") (loop (br 0)))
  (func (export "one") (result i32) (i32.const 1))
  (func (export "fork_and_spin") (drop (call $fork (i32.const 0))) (loop (br 0)))
  (func (export "fork") (param i32) (result i32) (call $fork (local.get 0)))
  (func (export "spin_on") (param i32) (result i32) (loop (br_if 0 (i32.eq (local.get 0) (i32.const 7)))) (local.get 0))
  (func (export "sum") (param i32) (result i32)
    (local $sum i32)
    (loop
      (local.set $sum (i32.add (local.get $sum) (local.get 0)))
      (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (local.get $sum)))
"""
# Begins with guests of a kind, and with a function of theirs that forks where it is told to.
GUESTS = (
    FORKING
    + """
import concurrent.futures
import numpy as np

module = Module.from_bytes(wasm)
child = None
forks_at = ()

def fork(x):
    global child
    if x in forks_at and child is None and threading.current_thread() is threading.main_thread():
        child = os.fork()
        if child == 0:
            signal.alarm(40)
    return x

def make():
    return wasmedge.instantiate(module, imports={"env": {"fork": fork}}, run_mode=mode).exports

def raises(kind, work):
    try:
        work()
    except kind as error:
        return error
    raise AssertionError(f"no {kind}")
"""
)


@pytest.mark.parametrize("mode", MODES)
def test_forks_cancel_what_their_parent_has_begun(check_python: CheckPython, wat: Wat, mode: str) -> None:
    code = (
        GUESTS
        + """
guest = make()
ended = guest.one.call_async()
assert ended.wait(60)
running = [guest.spin.call_async() for _ in range(64)]  # more than threads: some have not begun
shared = [guest.spin.call_async() for _ in range(3)]
heard = []
for each in running:
    each.add_done_callback(heard.append)
time.sleep(0.2)

def work():
    # On stacks that the parent's threads had, most likely.
    mine = [make().sum.call_async(2_000_000) for _ in range(16)]
    for each in running:
        assert each.cancel() and each.cancelled() and each.done() and not each.running()
        assert each.wait()
        raises(concurrent.futures.CancelledError, lambda: each.result(10))
        raises(concurrent.futures.CancelledError, lambda: each.exception(10))
    assert len({each.result(30) for each in mine}) == 1
    assert ended.result(10) == 1
    done, waiting = concurrent.futures.wait(shared, 10)
    assert len(done) == 3 and not waiting
    assert not heard  # they are the parent's

in_child(work)
in_child(lambda: in_child(work))
for each in [*running, *shared]:
    assert each.cancel()
assert all(each.wait(60) for each in running)
assert len(heard) == 64
"""
    )
    assert check_python(code, wasm=wat(GUEST), mode=mode, timeout=120) == ""


@pytest.mark.parametrize("mode", MODES)
def test_forks_in_a_call_keep_its_time_limit(check_python: CheckPython, wat: Wat, mode: str) -> None:
    code = (
        GUESTS
        + """
forks_at = (0,)
raises(TimeoutError, lambda: make().fork_and_spin(timeout=1))
assert child is not None
if child == 0:
    raises(TimeoutError, lambda: make().spin(timeout=0.1))
    assert make().one(timeout=10) == 1
    os._exit(7)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
"""
    )
    assert check_python(code, wasm=wat(GUEST), mode=mode, timeout=60) == ""


@pytest.mark.parametrize("threads", [1, 3])
def test_forks_in_array_functions(check_python: CheckPython, wat: Wat, threads: int) -> None:
    code = (
        GUESTS
        + """
kept = wasmedge.vectorize(wasm, "fork", imports={"env": {"fork": fork}}, threads=threads, run_mode=mode)
x = np.arange(100_000, dtype="i4")
forks_at = range(1, 100_000)
if threads == 1:
    assert np.array_equal(kept(x), x)
else:
    try:
        assert np.array_equal(kept(x), x)
        assert child != 0
    except RuntimeError as error:
        assert child == 0 and "fork" in str(error), error
assert child is not None
assert np.array_equal(kept(x), x)
if child == 0:
    os._exit(7)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
"""
    )
    assert check_python(code, wasm=wat(GUEST), mode="interpreter", threads=threads, timeout=120) == ""


def test_forks_use_array_functions_that_threads_wait_for(check_python: CheckPython, wat: Wat) -> None:
    code = (
        GUESTS
        + """
spin = wasmedge.vectorize(wasm, "spin_on", imports={"env": {"fork": fork}}, threads=1, timeout=3, run_mode=mode)

def use(x):
    try:
        return spin(np.array([x], "i4")).tolist()
    except TimeoutError:
        return None

def in_threads(values):
    threads = [threading.Thread(target=use, args=(x,)) for x in values]
    for each in threads:
        each.start()
    return threads

def work():
    assert use(5) == [5]
    for _ in range(3):
        for each in in_threads([5] * 8):
            each.join(30)
            assert not each.is_alive()

threads = in_threads([7, 7, 7])
time.sleep(0.3)
in_child(work)
for each in threads:
    each.join(30)
work()
"""
    )
    assert check_python(code, wasm=wat(GUEST), mode="interpreter", timeout=120) == ""


def test_forks_do_not_have_the_programs_of_their_parent(check_python: CheckPython, wat: Wat) -> None:
    code = (
        FORKING
        + """
program = wasmedge.WasiProcess(wasm, name="endless", stdout=wasmedge.PIPE)

def work():
    for wait in (program.wait, program.poll, lambda: program.communicate(timeout=10)):
        try:
            wait()
        except RuntimeError as error:
            assert str(error) == "endless runs in the parent of this process"
        else:
            raise AssertionError
    program.kill()
    with wasmedge.WasiProcess(wasm) as other:
        other.kill()
        try:
            other.wait(30)
        except wasmedge.Interrupted:
            pass

time.sleep(0.1)
in_child(work)
assert program.poll() is None
program.kill()
try:
    program.wait(30)
except wasmedge.Interrupted:
    print("killed")
"""
    )
    guest = '(module (memory (export "memory") 1) (func (export "_start") (loop (br 0))))'
    assert check_python(code, wasm=wat(guest), timeout=60) == "killed\n"


def test_forks_do_not_hold_what_other_threads_held(check_python: CheckPython) -> None:
    code = (
        FORKING
        + """
from wasmedge.locks import make_lock

locks = [make_lock() for _ in range(3)]
held, released = threading.Event(), threading.Event()

def hold():
    with locks[0], locks[1]:
        held.set()
        released.wait()

def work():
    for lock in locks[:2]:
        assert lock.acquire(timeout=10)

thread = threading.Thread(target=hold)
thread.start()
held.wait()
assert not locks[0].acquire(blocking=False)
with locks[2]:
    in_child(work)
    child = os.fork()
if child == 0:
    assert locks[2].acquire(timeout=10)
    os._exit(7)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
released.set()
thread.join()
"""
    )
    assert check_python(code, timeout=60) == ""


def test_forks_have_plugins_that_their_parent_looks_for(check_python: CheckPython) -> None:
    code = (
        FORKING
        + """
forked(wasmedge.Plugin.load_default_paths, 60, wasmedge.Plugin.load_default_paths)
"""
    )
    assert check_python(code, timeout=60) == ""
