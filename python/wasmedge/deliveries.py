# SPDX-License-Identifier: Apache-2.0
"""Tells event loops of calls that have ended in other threads: one wake-up for all that have ended by then."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import functools
import weakref
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import concurrent.futures
    from collections.abc import Generator

    Waiter = asyncio.Future[None]

Result = TypeVar("Result")


class _Deliveries:
    """What has ended, on the way to one event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        # The loop keeps this alive, not the other way round.
        self._loop = weakref.ref(loop)
        self._ended: collections.deque[Waiter] = collections.deque()
        self._is_coming = False  # whether the loop has been told, and has not looked since

    def send(self, waiter: Waiter, _call: concurrent.futures.Future[Any]) -> None:
        """Let a waiter know; on any thread."""
        loop = self._loop()
        if loop is None or loop.is_closed():
            return  # nobody waits any more
        self._ended.append(waiter)
        if not self._is_coming:
            self._is_coming = True
            with contextlib.suppress(RuntimeError):  # it was closed just now
                loop.call_soon_threadsafe(self._deliver)

    def _deliver(self) -> None:
        # First, so that what is sent from now on is either found below or tells the loop again.
        self._is_coming = False
        while self._ended:
            waiter = self._ended.popleft()
            if not waiter.done():
                waiter.set_result(None)


_of_loops: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _Deliveries] = weakref.WeakKeyDictionary()


def awaited(call: concurrent.futures.Future[Result]) -> Generator[Any, None, Result]:
    """Wait in the running event loop for what another thread does. Cancelling that cancels the call."""
    loop = asyncio.get_running_loop()
    waiter = loop.create_future()
    if (deliveries := _of_loops.get(loop)) is None:
        deliveries = _of_loops.setdefault(loop, _Deliveries(loop))
    call.add_done_callback(functools.partial(deliveries.send, waiter))
    try:
        yield from waiter
    except BaseException:  # the task is cancelled, or its coroutine is closed
        call.cancel()
        raise
    if call.cancelled():
        raise asyncio.CancelledError  # which is not the one of concurrent.futures
    return call.result()
