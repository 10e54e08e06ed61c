# SPDX-License-Identifier: Apache-2.0
"""What moves bytes between a guest's pipes and Python: a thread for each."""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import select
import signal
import struct
import termios
import threading
import weakref
from typing import TYPE_CHECKING, Any

from wasmedge.descriptors import CHUNK, GuestEnd, make_pipe
from wasmedge.locks import make_lock

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Feeder", "Pump"]

_EXIT_PATIENCE = 1.0  # seconds that the end of the process waits for a consumer that is busy


class Pump:
    """Moves what a guest writes to a consumer. The guest waits when the consumer is slow.

    The thread holds no reference while it waits: a consumer may refer to the guest, and both have to be collected.
    """

    def __init__(self, consume: Callable[[bytes], object], end: Callable[[], object] | None = None) -> None:
        self.error: BaseException | None = None
        self._consume = consume
        self._end = end
        self._lock = make_lock()
        reader, writer = make_pipe()
        os.set_blocking(reader, False)
        self._reader: int | None = reader
        self.guest_end = GuestEnd(writer)
        try:
            self._thread = _start(_pump, reader, weakref.ref(self))
        except RuntimeError:
            self._reader = None
            self.guest_end.close()
            raise
        _live.add(self)

    def move_some(self) -> bool:
        """Move what is there; called by the thread. Return whether there may be more."""
        with self._lock:
            return self._reader is not None and self._move(CHUNK) != 0

    def _move(self, limit: int) -> int | None:
        """Move at most `limit` bytes. Return how many; 0 at the end, None when there are none at present."""
        assert self._reader is not None, "the caller has looked"
        try:
            data = os.read(self._reader, min(limit, CHUNK))
        except BlockingIOError:
            return None
        if data:
            self._carry_out(self._consume, data)
            return len(data)
        reader, self._reader = self._reader, None  # first: a child of a fork closes what is written here
        os.close(reader)
        if self._end is not None:
            self._carry_out(self._end)
        return 0

    def _carry_out(self, action: Callable[..., object], *args: bytes) -> None:
        """Call the consumer. After its first failure the stream is ended, and what still comes is dropped."""
        if self.error is not None:
            return
        try:
            action(*args)
        except BaseException as error:  # for whoever ends the stream, in another thread
            self.error = error
            self.guest_end.end()

    def sync(self, timeout: float = -1) -> None:
        """Wait until the consumer has got all that the guest has written so far."""
        if not self._lock.acquire(timeout=timeout):
            return
        try:
            if self._reader is None:
                return
            waiting = struct.unpack("i", fcntl.ioctl(self._reader, termios.FIONREAD, bytes(4)))[0]
            while waiting > 0 and self._reader is not None:
                waiting -= self._move(waiting) or waiting
        finally:
            self._lock.release()

    def finish(self) -> None:
        """End the stream, and wait until the consumer has got everything."""
        self.guest_end.end()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def after_fork(self) -> None:
        """Forget the parent's end of the pipe."""
        if self._reader is not None:
            os.close(self._reader)
        self._reader = None


class Feeder:
    """Moves what a producer gives into a guest's stdin, no further ahead than a pipe holds."""

    def __init__(self, produce: Callable[[], bytes]) -> None:
        self.error: BaseException | None = None
        self._produce = produce
        reader, writer = make_pipe()
        os.set_blocking(writer, False)
        self.guest_end = GuestEnd(reader)
        _writers.add(writer)
        try:
            _start(_feed, writer, weakref.ref(self))
        except RuntimeError:
            self.guest_end.close()
            raise

    def next(self) -> bytes:
        """Return the next bytes; none at the end, or when the producer has failed."""
        try:
            return self._produce()
        except BaseException as error:  # for whoever ends the stream, in another thread
            self.error = error
            return b""

    def finish(self) -> None:
        """End the stream. The producer may be waiting for whatever it waits for, and is left alone."""
        self.guest_end.end()


def _start(work: Callable[..., None], descriptor: int, owner: weakref.ref[Any]) -> threading.Thread:
    thread = threading.Thread(target=work, args=(descriptor, owner), name="wasmedge-stream", daemon=True)
    try:
        thread.start()
    except RuntimeError:  # no more threads, or the interpreter is at its end
        _writers.discard(descriptor)
        os.close(descriptor)
        raise
    return thread


def _pump(reader: int, owner: weakref.ref[Pump]) -> None:
    poll = select.poll()
    poll.register(reader, select.POLLIN)
    while True:
        poll.poll()
        pump = owner()
        if pump is None:
            os.close(reader)
            return
        if not pump.move_some():
            return
        del pump


def _feed(writer: int, owner: weakref.ref[Feeder]) -> None:
    # A guest that is gone is no reason for a signal; this one goes to the thread that writes.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGPIPE})
    poll = select.poll()
    poll.register(writer, select.POLLOUT)
    pending = memoryview(b"")
    while not any(state & select.POLLERR for _, state in poll.poll()):  # which means that nobody can read any more
        if not pending:
            feeder = owner()
            pending = memoryview(b"" if feeder is None else feeder.next())
            del feeder
            if not pending:
                break
        with contextlib.suppress(BlockingIOError, BrokenPipeError):  # then the poll waits, or ends this
            pending = pending[os.write(writer, pending) :]
    _writers.discard(writer)
    os.close(writer)


_live: weakref.WeakSet[Pump] = weakref.WeakSet()
_writers: set[int] = set()


def _after_fork() -> None:
    for pump in list(_live):
        pump.after_fork()
    for writer in _writers:
        os.close(writer)
    _writers.clear()


def _at_exit() -> None:
    """Hand on what guests have written: the threads do not live to see the end of the interpreter."""
    for pump in list(_live):
        pump.sync(_EXIT_PATIENCE)


os.register_at_fork(after_in_child=_after_fork)
atexit.register(_at_exit)
