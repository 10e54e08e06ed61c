# SPDX-License-Identifier: Apache-2.0
"""Calls in other threads: awaited, waited for, cancelled, dropped."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
import gc
import threading
import time
import weakref
from typing import TYPE_CHECKING, Any

import pytest
from endless import ENDLESS

import wasmedge
from wasmedge import Async, Instance

if TYPE_CHECKING:
    from tests.conftest import CheckPython, Wat


@pytest.fixture(params=["interpreter", "aot"])
def guest(request: pytest.FixtureRequest, wat: Wat) -> Instance:
    """Return an instance with functions that end, and some that do not."""
    return wasmedge.instantiate(wat(ENDLESS), imports={"env": {"callback": lambda: None}}, run_mode=request.param)


def test_async_is_a_future(guest: Instance) -> None:
    call = guest.exports.sum.call_async(100)
    assert isinstance(call, Async)
    assert isinstance(call, concurrent.futures.Future)
    assert call.result(timeout=60) == 5050
    assert (call.done(), call.cancelled(), call.cancel(), call.exception()) == (True, False, False, None)
    calls = [guest.exports.sum.call_async(n) for n in range(1, 20)]
    assert {each.result() for each in concurrent.futures.as_completed(calls, 60)} == {
        n * (n + 1) // 2 for n in range(1, 20)
    }


def test_async_wait(guest: Instance) -> None:
    call = guest.exports.spin.call_async()
    assert not call.wait(0.02)
    assert call.cancel()
    assert call.wait(60)
    assert call.wait()


def test_async_raises_what_the_call_raises(guest: Instance) -> None:
    with pytest.raises(wasmedge.Trap):
        guest.exports.divide.call_async(1, 0).result(60)
    with pytest.raises(TypeError, match="takes 1 argument"):
        guest.exports.sum.call_async().result(60)
    call: Any = guest.exports.sum.call_async
    with pytest.raises(TypeError, match="fuel and timeout"):
        call(1, other=2)
    with pytest.raises(ValueError, match="timeout must not be negative"):
        call(1, timeout=-1)


def test_async_cancel_stops_the_guest(guest: Instance) -> None:
    for function in ("spin", "count", "call_back", "grow"):
        call = guest.exports[function].call_async()
        while not call.running():
            time.sleep(0.001)
        assert call.cancel()
        with pytest.raises(concurrent.futures.CancelledError):
            call.result(60)
        with pytest.raises(concurrent.futures.CancelledError):
            call.exception(60)
        assert call.cancelled()
        assert guest.exports.answer() == 42


def test_async_many_calls(guest: Instance) -> None:
    calls = [guest.exports.sum.call_async(n + 1) for n in range(10_000)]
    assert sum(call.result(60) for call in calls) == sum((n + 1) * (n + 2) // 2 for n in range(10_000))
    assert threading.active_count() < 80


def test_async_calls_back_into_python(wat: Wat) -> None:
    seen: list[str] = []
    variable = contextvars.ContextVar("variable", default="unset")

    def callback() -> None:
        seen.append(variable.get())
        assert threading.current_thread() is not threading.main_thread()

    guest = wasmedge.instantiate(wat(ENDLESS), imports={"env": {"callback": callback}})
    variable.set("caller's")
    guest.exports.call_back_once.call_async().result(60)
    assert seen == ["caller's"]


def test_async_dropped_unread(wat: Wat) -> None:
    done = threading.Event()
    guest = wasmedge.instantiate(wat(ENDLESS), imports={"env": {"callback": done.set}})
    call = guest.exports.call_back_once.call_async()
    dead = weakref.ref(call)
    del call
    assert done.wait(60)
    for _ in range(1000):
        gc.collect()
        if dead() is None:
            break
        time.sleep(0.01)
    assert dead() is None


def test_async_exceptions_make_no_cycles(wat: Wat) -> None:
    class Failure(Exception):
        pass

    def callback() -> None:
        raise Failure

    guest = wasmedge.instantiate(wat(ENDLESS), imports={"env": {"callback": callback}})
    call = guest.exports.call_back_once.call_async()
    with pytest.raises(Failure):
        call.result(60)


async def _await(call: Async[Any]) -> Any:
    return await call


def test_async_await(guest: Instance) -> None:
    assert asyncio.run(_await(guest.exports.sum.call_async(10))) == 55

    async def gathered() -> list[Any]:
        return await asyncio.gather(*(guest.exports.sum.call_async(n) for n in range(1, 100)))

    assert asyncio.run(gathered()) == [n * (n + 1) // 2 for n in range(1, 100)]


def test_async_await_leaves_the_loop_free(guest: Instance) -> None:
    async def main() -> int:
        call = guest.exports.spin.call_async()
        ticks = 0
        for _ in range(20):
            await asyncio.sleep(0.005)
            ticks += 1
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        return ticks

    assert asyncio.run(main()) == 20


def test_async_cancelled_task_cancels_the_guest(guest: Instance) -> None:
    call = guest.exports.count.call_async()

    async def main() -> None:
        task = asyncio.ensure_future(_await(call))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert call.wait(60)
    assert call.cancelled()
    rounds = guest.exports.rounds.value
    time.sleep(0.05)
    assert guest.exports.rounds.value == rounds


def test_async_wait_for(guest: Instance) -> None:
    async def main() -> None:
        with pytest.raises((asyncio.TimeoutError, TimeoutError)):
            await asyncio.wait_for(guest.exports.spin.call_async(), 0.05)
        with pytest.raises(TimeoutError):
            await guest.exports.spin.call_async(timeout=0.05)
        assert await asyncio.wait_for(guest.exports.answer.call_async(), 60) == 42

    asyncio.run(main())


def test_async_of_vm_and_executor(wat: Wat) -> None:
    source = wat('(module (func (export "double") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2))))')
    vm = wasmedge.VM()
    assert vm.run_async(source, "double", 21).result(60) == 42
    vm.register(source, "other")
    vm.instantiate()
    assert vm.execute_async("double", 4).result(60) == 8
    assert vm.execute_registered_async("other", "double", 5).result(60) == 10
    executor = wasmedge.Executor()
    assert executor.invoke_async(vm.active_instance.exports.double, 6).result(60) == 12  # type: ignore[union-attr]
    with pytest.raises(wasmedge.FunctionNotFoundError):
        vm.execute_async("none")
    with pytest.raises(TypeError):
        executor.invoke_async(5)  # type: ignore[arg-type]
    with pytest.raises(wasmedge.LoadError):
        vm.run_async(b"no module", "f").result(60)


@pytest.mark.parametrize("mode", ["interpreter", "aot"])
@pytest.mark.parametrize("end", ["pass", "raise SystemExit(0)", "import os; os._exit(0)"])
def test_async_running_at_exit(check_python: CheckPython, wat: Wat, mode: str, end: str) -> None:
    code = f"""
        import time
        import wasmedge
        guest = wasmedge.instantiate(source, imports={{"env": {{"callback": lambda: None}}}}, run_mode={mode!r})
        calls = [guest.exports[name].call_async() for name in ("spin", "count", "call_back") for _ in range(3)]
        calls += [guest.exports.sum.call_async(1) for _ in range(100)]
        time.sleep(0.1)
        print("end", flush=True)
        {end}
    """
    assert check_python(code, source=wat(ENDLESS)) == "end\n"


def test_async_after_fork(check_python: CheckPython, wat: Wat) -> None:
    code = """
        import os, warnings
        import wasmedge
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads and fork, which is what is tried
        guest = wasmedge.instantiate(source, imports={"env": {"callback": lambda: None}}, run_mode="aot")
        assert guest.exports.sum.call_async(10).result(60) == 55
        child = os.fork()
        if child == 0:
            assert guest.exports.sum.call_async(10).result(60) == 55
            try:
                guest.exports.spin(timeout=0.05)
            except TimeoutError:
                os._exit(7)
            os._exit(8)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        assert guest.exports.sum.call_async(10).result(60) == 55
    """
    assert check_python(code, source=wat(ENDLESS)) == "7\n"


def test_async_after_more_calls_than_threads(check_python: CheckPython, wat: Wat) -> None:
    code = """
        import threading, time
        import wasmedge
        wait = {"env": {"callback": lambda: time.sleep(0.01)}}
        guest = wasmedge.instantiate(wasm, imports=wait)
        for _ in range(2):
            for call in [guest.exports.g.call_async() for _ in range(200)]:
                call.result(60)
            deadline = time.monotonic() + 60
            while any(each.name == "wasmedge" for each in threading.enumerate()):
                assert time.monotonic() < deadline
                time.sleep(0.01)
            assert guest.exports.g.call_async().result(60) is None
        print("all")
    """
    source = wat('(module (import "env" "callback" (func $f)) (func (export "g") call $f))')
    assert check_python(code, wasm=source) == "all\n"
