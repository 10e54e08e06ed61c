# SPDX-License-Identifier: Apache-2.0
"""All the ways to learn of the end of a call in another thread, and all moments to begin to listen."""

from __future__ import annotations

import asyncio
import concurrent.futures
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
    from tests.conftest import CheckPython, InThreads, Wat


@pytest.fixture(params=["interpreter", "aot"])
def guest(request: pytest.FixtureRequest, wat: Wat) -> Instance:
    """Return an instance with functions that end, and some that do not."""
    return wasmedge.instantiate(wat(ENDLESS), imports={"env": {"callback": lambda: None}}, run_mode=request.param)


def occupy_pool(guest: Instance) -> list[Async[Any]]:
    """Begin calls that do not end, until no thread is left for more."""
    calls: list[Async[Any]] = []
    while len(calls) < 2000:
        calls.append(guest.exports.spin.call_async())
        patience = time.monotonic() + 1
        while not calls[-1].running():
            if time.monotonic() > patience:
                return calls
            time.sleep(0.001)
    raise AssertionError("the pool has no limit")


def test_async_every_listener_is_told(guest: Instance) -> None:
    for count in (1, 1_000, 100_000):
        call = guest.exports.sum.call_async(count)
        seen: list[object] = []
        told = threading.Event()
        call.add_done_callback(seen.append)
        call.add_done_callback(lambda _call: told.set())  # noqa: B023 - it is called in this round
        results = [threading.Thread(target=lambda: seen.append(call.result(60))) for _ in range(4)]  # noqa: B023
        for each in results:
            each.start()
        assert concurrent.futures.wait([call], 60).done == {call}
        assert next(concurrent.futures.as_completed([call], 60)) is call
        for each in results:
            each.join(60)
        assert told.wait(60)
        assert sorted(seen, key=str) == sorted([call] + [count * (count + 1) // 2] * 4, key=str)


def test_async_listening_begins_at_any_moment(guest: Instance) -> None:
    # Each call takes a little longer than the one before, so that some end just as somebody begins to listen.
    add = guest.exports.sum.call_async
    for size in range(1, 3000):
        assert add(size).result(60) == size * (size + 1) // 2

    async def main() -> None:
        for size in range(1, 3000):
            assert await asyncio.wait_for(add(size), 60) == size * (size + 1) // 2

    asyncio.run(main())


def test_async_awaited_in_many_loops(guest: Instance, in_threads: InThreads) -> None:
    shared = guest.exports.sum.call_async(3_000_000)

    async def gathered(size: int) -> list[int]:
        calls = [guest.exports.sum.call_async(n) for n in range(1, size)]
        assert await shared == 4_500_001_500_000
        found: list[int] = await asyncio.gather(*calls)
        return found

    def work(number: int) -> None:
        for size in range(10, 200, 10):
            found = asyncio.run(gathered(size + number))
            assert found == [n * (n + 1) // 2 for n in range(1, size + number)]

    in_threads(6, work)


def test_async_awaited_twice_and_by_two(guest: Instance) -> None:
    async def main() -> None:
        call = guest.exports.sum.call_async(200_000)
        first, second = await asyncio.gather(_await(call), _await(call))
        assert first == second == await call == call.result()
        failed = guest.exports.divide.call_async(1, 0)
        for _ in range(2):
            with pytest.raises(wasmedge.Trap):
                await failed
        stopped = guest.exports.spin.call_async()
        stopped.cancel()
        for _ in range(2):
            with pytest.raises(asyncio.CancelledError):
                await stopped

    asyncio.run(main())


async def _await(call: Async[Any]) -> Any:
    return await call


def test_async_loop_that_is_closed_before_the_end(guest: Instance) -> None:
    call = guest.exports.spin.call_async()
    loop = asyncio.new_event_loop()
    task = loop.create_task(_await(call))
    loop.run_until_complete(asyncio.sleep(0.01))
    loop.close()
    assert not task.done()
    assert call.cancel()
    assert call.wait(60)
    task._log_destroy_pending = False  # type: ignore[attr-defined]  # it is, and on purpose
    dead = weakref.ref(loop)
    del loop, task, call
    gc.collect()
    assert dead() is None
    assert asyncio.run(_await(guest.exports.answer.call_async())) == 42


def test_async_cancelled_before_it_begins(guest: Instance) -> None:
    occupying = occupy_pool(guest)
    seen: list[concurrent.futures.Future[Any]] = []
    try:
        queued = occupying[-1]
        queued.add_done_callback(seen.append)
        waiting = guest.exports.answer.call_async()
        found: list[BaseException | None] = []
        thread = threading.Thread(target=lambda: found.append(_failure_of(waiting)))
        thread.start()
        for call in (queued, waiting):
            assert not call.done()
            assert call.cancel()
            assert call.cancel()
            assert (call.done(), call.cancelled(), call.running()) == (True, True, False)
            with pytest.raises(concurrent.futures.CancelledError):
                call.result()
            assert concurrent.futures.wait([call], 60).done == {call}
        thread.join(60)
        assert isinstance(found[0], concurrent.futures.CancelledError)
        assert seen == [queued]
        with pytest.raises(asyncio.CancelledError):
            asyncio.run(_await(queued))
    finally:
        for call in occupying:
            call.cancel()
    assert concurrent.futures.wait(occupying, 60).not_done == set()
    assert guest.exports.answer.call_async().result(60) == 42


def _failure_of(call: Async[Any]) -> BaseException | None:
    try:
        call.result(60)
    except concurrent.futures.CancelledError as error:
        return error
    return None


def test_async_callbacks_that_fail_are_reported(guest: Instance, caplog: pytest.LogCaptureFixture) -> None:
    call = guest.exports.sum.call_async(1_000_000)
    call.add_done_callback(lambda _call: 1 / 0)
    after = threading.Event()
    call.add_done_callback(lambda _call: after.set())
    assert after.wait(60)
    assert call.result() == 500_000_500_000
    assert "exception calling callback" in caplog.text


def test_async_results_are_not_kept(guest: Instance) -> None:
    calls = [guest.exports.answer.call_async() for _ in range(5000)]
    dead = [weakref.ref(call) for call in calls]
    del calls
    patience = time.monotonic() + 60
    while any(each() for each in dead) and time.monotonic() < patience:
        time.sleep(0.01)
    assert not any(each() for each in dead), "calls that nobody asks for are kept"


def test_async_failures_wait_until_they_are_asked_for(guest: Instance) -> None:
    call = guest.exports.answer.call_async(1)
    assert isinstance(call.exception(60), TypeError)
    call = guest.exports.sum.call_async(2**70)
    assert call.done()
    for _ in range(3):
        with pytest.raises(OverflowError):
            call.result()


def test_async_made_by_hand() -> None:
    call: Async[int] = Async()
    assert (call.done(), call.running(), call.cancelled()) == (False, False, False)
    assert "pending" in repr(call)

    async def main() -> int:
        threading.Timer(0.01, call.set_result, (5,)).start()
        return await call

    assert asyncio.run(main()) == 5
    with pytest.raises(concurrent.futures.InvalidStateError):
        call.set_result(6)
    other: Async[int] = Async()
    assert other.set_running_or_notify_cancel()
    other.set_exception(KeyError("x"))
    with pytest.raises(KeyError):
        other.result()


def test_async_values_of_all_number_types(wat: Wat) -> None:
    source = wat("""(module (func (export "all") (param i32 i64 f32 f64 v128) (result v128 f64 f32 i64 i32)
        local.get 4 local.get 3 local.get 2 local.get 1 local.get 0))""")
    guest = wasmedge.instantiate(source)
    vector = wasmedge.V128(2**64 - 3, 5)
    assert guest.exports.all.call_async(-1, 2**63 - 1, 0.5, -0.25, vector).result(60) == (
        vector,
        -0.25,
        0.5,
        2**63 - 1,
        -1,
    )


def test_async_calls_after_the_end_has_begun(check_python: CheckPython, wat: Wat) -> None:
    code = """
        import atexit

        def at_end():
            try:
                guest.exports.answer.call_async()
            except RuntimeError as error:
                print(error, flush=True)
            print([call.cancelled() for call in calls[-3:]])

        atexit.register(at_end)
        import wasmedge
        guest = wasmedge.instantiate(source, imports={"env": {"callback": lambda: None}})
        calls = [guest.exports.spin.call_async() for _ in range(100)]
    """
    found = check_python(code, source=wat(ENDLESS))
    assert found == "cannot begin calls after the interpreter's end has begun\n[True, True, True]\n"


def test_async_fork_in_a_host_function_of_a_call(check_python: CheckPython, wat: Wat) -> None:
    code = """
        import os, warnings
        import wasmedge
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads and fork, which is what is tried

        def fork():
            child = os.fork()
            if child == 0:
                assert other.exports.answer.call_async().result(60) == 42
                os._exit(7)
            print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))

        other = wasmedge.instantiate(source, imports={"env": {"callback": lambda: None}})
        guest = wasmedge.instantiate(source, imports={"env": {"callback": fork}})
        guest.exports.call_back_once.call_async().result(60)
        assert other.exports.answer.call_async().result(60) == 42
    """
    assert check_python(code, source=wat(ENDLESS)) == "7\n"
