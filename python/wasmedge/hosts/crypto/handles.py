# SPDX-License-Identifier: Apache-2.0
"""Handles of wasi-crypto: their low byte tells the type, and the 24 bits above it count up."""

from __future__ import annotations

from typing import ClassVar, Protocol, TypeVar, cast

from wasmedge.hosts.calls import GuestError
from wasmedge.hosts.crypto.errno import Errno
from wasmedge.locks import make_lock

__all__ = ["Handles"]

_COUNTS = 1 << 24


class Handled(Protocol):
    """What has handles.

    Attributes:
        type_id: The low byte of the handles of this type.
    """

    type_id: ClassVar[int]


Item = TypeVar("Item", bound=Handled)


class Handles:
    """The handles that are open, of all types.

    A number is given out again only after all others of its type, so that a handle that a guest has closed is not
    soon that of another key. Threads may use them at the same time.

    Args:
        limit: The most handles that are open at a time.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._last: dict[int, int] = {}
        self._items: dict[int, Handled] = {}
        self._lock = make_lock()

    def open(self, item: Handled) -> int:
        """Give an object a handle.

        Raises:
            GuestError: Too many handles are open.
        """
        type_id = item.type_id
        with self._lock:
            if len(self._items) >= self._limit:
                raise GuestError(Errno.TOO_MANY_HANDLES, f"{self._limit} handles are open already")
            handle = self._after(type_id, self._last.get(type_id, type_id))
            while handle in self._items:
                handle = self._after(type_id, handle)
            self._last[type_id] = handle
            self._items[handle] = item
            return handle

    @staticmethod
    def _after(type_id: int, handle: int) -> int:
        return ((handle >> 8) + 1) % _COUNTS << 8 | type_id

    def get(self, handle: int, class_: type[Item]) -> Item:
        """Return the object of a handle.

        Args:
            handle: The handle, as a number without a sign.
            class_: What it must be.

        Raises:
            GuestError: No such handle is open, or its object is something else.
        """
        item = self._items.get(handle)
        if item is None or item.type_id != class_.type_id:
            raise GuestError(Errno.INVALID_HANDLE, f"{handle:#x} is no open handle of a {class_.__name__}")
        return cast("Item", item)

    def close(self, handle: int, class_: type[Handled]) -> None:
        """Close a handle.

        Raises:
            GuestError: No such handle is open, or its object is something else.
        """
        with self._lock:
            item = self._items.get(handle)
            if item is None or item.type_id != class_.type_id:
                raise GuestError(Errno.CLOSED, f"{handle:#x} is no open handle of a {class_.__name__}")
            del self._items[handle]  # the object itself is freed outside of the lock

    def __len__(self) -> int:
        return len(self._items)
