# SPDX-License-Identifier: Apache-2.0
"""Calls that go on in other threads, and can be awaited, waited for and cancelled."""

from __future__ import annotations

import atexit
import concurrent.futures
import contextvars
import os
from typing import TYPE_CHECKING, Any, TypeVar

from wasmedge._core import _StopSource
from wasmedge.errors import Interrupted
from wasmedge.pool import Pool

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

__all__ = ["Async"]

Result = TypeVar("Result")


class Async(concurrent.futures.Future[Result]):
    """A call that goes on in another thread.

    It is a `concurrent.futures.Future`, which `concurrent.futures.wait`, `as_completed` and `asyncio.wrap_future` take,
    and it can be awaited. An awaiting task that is cancelled cancels the call. Dropping it unread does no harm: the
    call goes on to its end.

    `Function.call_async`, `VM.execute_async`, `VM.execute_registered_async`, `VM.run_async` and `Executor.invoke_async`
    make one; there is nothing to gain from making one by hand.
    """

    def __init__(self) -> None:
        super().__init__()
        self._stop = _StopSource()
        self._was_stopped = False

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the end of the call.

        Args:
            timeout: The most seconds to wait; None for as long as it takes.

        Returns:
            Whether the call has ended, well or not.
        """
        return bool(concurrent.futures.wait([self], timeout).done)

    def cancel(self) -> bool:
        """Stop the call, or keep it from beginning.

        A guest stops at its next branch or call, and compiled code wherever it is; a host function that it has called
        is not stopped, but the guest does not go on when that returns. The guest can be called again afterwards.

        Returns:
            False when the call has ended already; it may end just before it is stopped, too, and has then a result.
        """
        if super().cancel():
            return True
        if self.done():
            return False
        self._stop.stop()
        return True

    def cancelled(self) -> bool:
        """Return whether the call was stopped, or kept from beginning."""
        return super().cancelled() or self._was_stopped

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """Return what the call has raised, or None, after waiting for its end.

        Args:
            timeout: The most seconds to wait; None for as long as it takes.

        Raises:
            CancelledError: The call was cancelled.
            TimeoutError: It goes on still.
        """
        found = super().exception(timeout)
        if self._was_stopped:
            raise concurrent.futures.CancelledError
        return found

    def __await__(self) -> Generator[Any, None, Result]:
        # Here, as only those who await need it, and have imported asyncio already.
        from wasmedge.deliveries import awaited  # noqa: PLC0415

        return awaited(self)

    def _carry_out(self, work: Callable[[], Result]) -> None:
        if not self.set_running_or_notify_cancel():
            return
        _running.add(self)
        try:
            result = self._stop.run(work)
        except BaseException as error:
            if isinstance(error, Interrupted) and self._stop.is_stopped:
                self._was_stopped = True
                error = concurrent.futures.CancelledError()
            _running.discard(self)
            self.set_exception(error)
            # The exception's traceback leads here, and from here to the exception.
            del self
        else:
            _running.discard(self)
            self.set_result(result)


_pool = Pool()
_running: set[Async[Any]] = set()


def _start(callable_: Callable[..., Result], args: tuple[Any, ...], options: dict[str, Any]) -> Async[Result]:
    """Begin a call in another thread; called by the extension."""
    made: Async[Result] = Async()
    context = contextvars.copy_context()

    def work() -> Result:
        return context.run(callable_, *args, **options)

    _pool.submit(lambda: made._carry_out(work))
    return made


def _renew() -> None:
    """Begin anew in the child of a fork, which has none of the threads."""
    global _pool  # noqa: PLW0603
    _pool = Pool()
    _running.clear()


def _stop_all() -> None:
    """Let no guest run on while the interpreter ends."""
    for each in list(_running):
        each._stop.stop()


os.register_at_fork(after_in_child=_renew)
atexit.register(_stop_all)
