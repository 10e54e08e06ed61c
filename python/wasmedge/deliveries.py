# SPDX-License-Identifier: Apache-2.0
"""Tells event loops of calls that have ended in other threads: one wake-up for all that have ended by then."""

from __future__ import annotations

import asyncio
import collections
import weakref
from typing import TYPE_CHECKING, Any

from wasmedge._core import _LoopSignal, _settle_ended_calls

if TYPE_CHECKING:
    from collections.abc import Generator

    from wasmedge.aio import Async

    Waiter = asyncio.Future[None]


class _Deliveries:
    """What has ended, on the way to one event loop, which keeps this alive until it is closed."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.signal = _LoopSignal()
        self.ended: collections.deque[Waiter] = collections.deque()
        loop.add_reader(self.signal.fileno(), self._deliver)

    def _deliver(self) -> None:
        # Before, so that what this sends does not set the signal again; and after, for what has ended meanwhile.
        _settle_ended_calls()
        self.signal.clear()
        _settle_ended_calls()
        while self.ended:
            waiter = self.ended.popleft()
            if not waiter.done():
                waiter.set_result(None)


# Weak on both sides: what is on its way leads to the loop.
_of_loops: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, weakref.ref[_Deliveries]] = weakref.WeakKeyDictionary()


def _deliveries_of(loop: asyncio.AbstractEventLoop) -> _Deliveries:
    known = _of_loops.get(loop)
    if known is None or (found := known()) is None:
        found = _Deliveries(loop)
        _of_loops[loop] = weakref.ref(found)
    return found


def end_of(call: Async[Any]) -> Generator[Any, None, None]:
    """Wait in the running event loop for what another thread does. Cancelling that cancels the call."""
    loop = asyncio.get_running_loop()
    deliveries = _deliveries_of(loop)
    waiter = loop.create_future()
    if not call._add_waker(deliveries.signal, deliveries.ended.append, waiter):
        return
    try:
        yield from waiter
    except BaseException:  # the task is cancelled, or its coroutine is closed
        call.cancel()
        raise
