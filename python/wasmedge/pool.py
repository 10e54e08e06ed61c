# SPDX-License-Identifier: Apache-2.0
"""The threads that calls go on in."""

from __future__ import annotations

import collections
import contextlib
import os
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Task = Callable[[], None]

_CORES = os.cpu_count() or 1
# Guests compute, and more threads than cores only help those that wait in host functions or in WASI.
_MOST_THREADS = max(32, 2 * _CORES)
_IDLE_SECONDS = 10.0
# How long nobody must have taken a task before more threads than cores do: short calls are not worth a thread each.
_PATIENCE = 0.001


class Pool:
    """As many threads as there is work for, up to a limit, for as long as there is any.

    They are daemons: the end of the program does not wait for a guest.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()  # guards all that follows
        self._tasks: collections.deque[Task] = collections.deque()
        self._arriving = 0  # threads that are started, but have not looked for a task yet
        self._threads = 0  # the others
        self._busy = 0  # of them, those that carry out a task
        self._waiting = 0
        self._watching = 0  # of those that wait, the ones that look whether a task is left lying
        self._taken_at = 0.0  # when the last task was taken

    def submit(self, task: Task) -> None:
        """Carry out a task, as soon as a thread has time for it."""
        with self._changed:
            self._tasks.append(task)
            if self._arriving or (self._watching and self._busy >= _CORES):
                return
            if self._waiting:
                self._changed.notify()
                return
            if self._threads == _MOST_THREADS:
                return
            self._arriving += 1
        try:
            self._start()
        except (RuntimeError, MemoryError):  # there are too many threads already, of others
            with self._changed:
                if self._threads + self._arriving > 0 or task not in self._tasks:
                    return
                self._tasks.remove(task)
            raise

    def _start(self) -> None:
        """Start the thread that is counted as arriving."""
        try:
            threading.Thread(target=self._work, name="wasmedge", daemon=True).start()
        except (RuntimeError, MemoryError):
            with self._changed:
                self._arriving -= 1
            raise

    def _work(self) -> None:
        with self._changed:
            self._arriving -= 1
            self._threads += 1
        while (task := self._next()) is not None:
            try:
                task()
            finally:
                with self._changed:
                    self._busy -= 1
            del task

    def _next(self) -> Task | None:
        """Return a task, or None for a thread that has waited long enough for one."""
        with self._changed:
            while not self._may_take():
                if not self._wait() and not self._tasks:
                    self._threads -= 1
                    return None
            task = self._tasks.popleft()
            self._busy += 1
            self._taken_at = time.monotonic()
            lacks_thread = bool(self._tasks) and not self._waiting and not self._arriving
            lacks_thread = lacks_thread and self._threads < _MOST_THREADS
            self._arriving += lacks_thread
        if lacks_thread:
            # Without another thread this one comes back for what is left.
            with contextlib.suppress(RuntimeError, MemoryError):
                self._start()
        return task

    def _may_take(self) -> bool:
        if not self._tasks:
            return False
        return self._busy < _CORES or time.monotonic() - self._taken_at >= _PATIENCE

    def _wait(self) -> bool:
        """Wait for news, and return whether there are any."""
        watches = bool(self._tasks)
        self._waiting += 1
        self._watching += watches
        try:
            return self._changed.wait(_PATIENCE if watches else _IDLE_SECONDS)
        finally:
            self._waiting -= 1
            self._watching -= watches
