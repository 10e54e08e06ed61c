# SPDX-License-Identifier: Apache-2.0
"""Calls that go on in other threads, and can be awaited, waited for and cancelled."""

from __future__ import annotations

import atexit
import concurrent.futures
import os
import threading
from typing import TYPE_CHECKING, Any, TypeVar

from wasmedge._core import _AsyncState, _close_pool, _renew_pool, _work

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = ["Async"]

Result = TypeVar("Result")


class Async(_AsyncState, concurrent.futures.Future[Result]):
    """A call that goes on in another thread.

    It is a `concurrent.futures.Future`, which `concurrent.futures.wait`, `as_completed` and `asyncio.wrap_future` take,
    and it can be awaited. An awaiting task that is cancelled cancels the call. Dropping it unread does no harm: the
    call goes on to its end.

    `Function.call_async`, `VM.execute_async`, `VM.execute_registered_async`, `VM.run_async` and `Executor.invoke_async`
    make one; there is nothing to gain from making one by hand.
    """

    def __init__(self) -> None:
        # The extension makes what a future has, and only when somebody asks for it.
        pass

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the end of the call.

        Args:
            timeout: The most seconds to wait; None for as long as it takes.

        Returns:
            Whether the call has ended, well or not.
        """
        return self._is_done or bool(concurrent.futures.wait([self], timeout).done)

    def cancel(self) -> bool:
        """Stop the call, or keep it from beginning.

        A guest stops at its next branch or call, and compiled code wherever it is; a host function that it has called
        is not stopped, but the guest does not go on when that returns. The guest can be called again afterwards.

        Returns:
            False when the call has ended already; it may end just before it is stopped, too, and has then a result.
        """
        with self._condition:
            was_pending = self._cancel_pending()
            if was_pending:
                self._tell_waiters()
        if was_pending:
            self._invoke_callbacks()  # type: ignore[attr-defined]  # typeshed has all but this one
        elif not self._is_done:
            self._stop()
        elif not super().cancelled():
            return False
        return True

    def cancelled(self) -> bool:
        """Return whether the call was stopped, or kept from beginning."""
        return self._is_done and (self._was_stopped or super().cancelled())

    def done(self) -> bool:
        """Return whether the call has ended, well or not, or was kept from beginning."""
        return self._is_done

    def result(self, timeout: float | None = None) -> Result:
        """Return what the call has returned, after waiting for its end.

        Args:
            timeout: The most seconds to wait; None for as long as it takes.

        Raises:
            CancelledError: The call was cancelled.
            TimeoutError: It goes on still.
            Exception: Whatever the call has raised.
        """
        try:
            result: Result = self._outcome(False) if self._is_done else super().result(timeout)
            return result
        finally:
            # The exception's traceback leads here, and from here to the exception.
            del self

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
        try:
            if not self._is_done:
                # Here, as only those who await need it, and have imported asyncio already.
                from wasmedge.deliveries import end_of  # noqa: PLC0415

                yield from end_of(self)
            result: Result = self._outcome(True)
            return result
        finally:
            # The exception's traceback leads here, and from here to the exception.
            del self

    def _publish(self) -> None:
        """End the call for those who wait for its condition; called by the extension when there may be some."""
        with self._condition:
            self._state = "FINISHED"
            self._tell_waiters()
        self._invoke_callbacks()  # type: ignore[attr-defined]  # typeshed has all but this one

    def _tell_waiters(self) -> None:
        """Do for `concurrent.futures.wait` and `as_completed` what their own futures do."""
        for waiter in self._waiters:
            if super().cancelled():
                waiter.add_cancelled(self)
            elif self._exception is None:
                waiter.add_result(self)
            else:
                waiter.add_exception(self)
        self._condition.notify_all()


def _start_thread() -> None:
    """Start a thread of the pool; called by the extension."""
    threading.Thread(target=_work, name="wasmedge", daemon=True).start()


os.register_at_fork(after_in_child=_renew_pool)
# No guest runs on while the interpreter ends.
atexit.register(_close_pool)
