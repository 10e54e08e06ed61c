# SPDX-License-Identifier: Apache-2.0
"""The descriptors of a guest's standard streams: pipes, and who closes them when."""

from __future__ import annotations

import contextlib
import fcntl
import io
import os
import weakref

from wasmedge.locks import make_lock

__all__ = ["CHUNK", "GuestEnd", "PipeEnd", "is_open", "make_pipe", "pipe_size"]

CHUNK = 1 << 20
_F_SETPIPE_SZ, _F_GETPIPE_SZ = 1031, 1032  # Python 3.10 has no names for them


class PipeEnd(io.FileIO):
    """The host's end of a pipe, which closes itself when nobody holds it any more."""

    def __del__(self) -> None:
        self.close()

    def _dealloc_warn(self, _source: object) -> None:
        """Say nothing: there is no need to close this end."""


class GuestEnd:
    """The descriptor that a guest reads or writes.

    The runtime borrows its number, so the number stays taken until the runtime's instance is gone. Before that the
    stream can only be ended, by putting an end of file in its place.
    """

    def __init__(self, descriptor: int) -> None:
        self.descriptor: int | None = descriptor
        self._lock = make_lock()
        _live.add(self)

    def end(self) -> None:
        """Let the other side of the pipe see its end; the guest gets an error or an end of file."""
        with self._lock:
            if self.descriptor is None:
                return
            nothing = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
            os.dup2(nothing, self.descriptor, inheritable=False)
            os.close(nothing)

    def close(self) -> None:
        """Close the descriptor, once no guest can use it any more."""
        with self._lock:
            if self.descriptor is None:
                return
            descriptor, self.descriptor = self.descriptor, None  # first: a child of a fork ends what is written here
            os.close(descriptor)

    def after_fork(self) -> None:
        """End the stream in the child of a fork: the pipe belongs to the parent, and so do the threads."""
        self.end()


def is_open(descriptor: int) -> bool:
    """Return whether this process has a file by that number."""
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def make_pipe() -> tuple[int, int]:
    """Make a pipe that no other program inherits, with room for a chunk if the system grants it."""
    reader, writer = os.pipe2(os.O_CLOEXEC)
    with contextlib.suppress(OSError):  # the user's pipes have used up their share: it stays as it is
        fcntl.fcntl(writer, _F_SETPIPE_SZ, CHUNK)
    return reader, writer


def pipe_size(descriptor: int) -> int:
    """Return how much can be written to an empty pipe at once."""
    return fcntl.fcntl(descriptor, _F_GETPIPE_SZ)


_live: weakref.WeakSet[GuestEnd] = weakref.WeakSet()


def _after_fork() -> None:
    for end in list(_live):
        end.after_fork()


os.register_at_fork(after_in_child=_after_fork)
