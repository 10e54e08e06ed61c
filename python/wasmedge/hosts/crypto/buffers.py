# SPDX-License-Identifier: Apache-2.0
"""Bytes that the host keeps for a guest: counted, limited, and overwritten when they are not needed any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wasmedge.hosts.calls import GuestError
from wasmedge.hosts.crypto.errno import Errno
from wasmedge.locks import make_lock

if TYPE_CHECKING:
    from wasmedge.hosts.pointers import Slice

__all__ = ["Buffer", "Room", "readable"]

_SHORT = 4096  # bytes that are copied in less time than it takes to make a view


class Room:
    """How many bytes may be kept, all buffers together.

    Args:
        limit: The number of bytes.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._taken = 0
        self._lock = make_lock()

    @property
    def taken(self) -> int:
        """How many bytes are kept."""
        return self._taken

    def take(self, size: int) -> None:
        """Count bytes that are going to be kept.

        Raises:
            GuestError: They would be more than the limit.
        """
        with self._lock:
            if self._taken + size > self._limit:
                raise GuestError(Errno.OVERFLOW, f"more than {self._limit} bytes would be kept for the guest")
            self._taken += size

    def give(self, size: int) -> None:
        """Count bytes that are not kept any more."""
        with self._lock:
            self._taken -= size


class Buffer:
    """Bytes of a guest, such as a key, which other bytes can be appended to.

    Args:
        room: Where they are counted.
        data: The first bytes.

    Raises:
        GuestError: There is no room.
    """

    __slots__ = ("_data", "_room", "_size")

    def __init__(self, room: Room, data: Slice | bytes = b"") -> None:
        self._room = room
        self._data = bytearray()
        self._size = 0
        self.append(data)

    def append(self, data: Slice | bytes) -> None:
        """Append bytes.

        Raises:
            GuestError: There is no room.
        """
        self._room.take(len(data))
        self._size += len(data)  # given back with the rest, should there be no memory for them
        self._data += bytes(data)

    @property
    def data(self) -> bytearray:
        """The bytes themselves, not to be changed."""
        return self._data

    def __len__(self) -> int:
        return self._size

    def __bytes__(self) -> bytes:
        return bytes(self._data)

    def __del__(self) -> None:
        self._data[:] = bytes(len(self._data))
        self._room.give(self._size)


def readable(data: Slice) -> bytes | memoryview:
    """Return bytes of a guest for the library to read, without a copy if they are many."""
    if len(data) <= _SHORT:
        return bytes(data)
    return memoryview(data.view())  # type: ignore[arg-type] # numpy's arrays are buffers
