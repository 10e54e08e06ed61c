# SPDX-License-Identifier: Apache-2.0
"""Numbers for the host's objects, which guests hold."""

from __future__ import annotations

import contextlib
import heapq
from typing import Generic, TypeVar

from wasmedge.hosts.calls import GuestError
from wasmedge.locks import make_lock

__all__ = ["HandleTable"]

Item = TypeVar("Item")
Kind = TypeVar("Kind")


class HandleTable(Generic[Item]):
    """Objects by small numbers. Numbers of closed handles are given out again, the smallest first.

    Threads may use a table at the same time.

    Args:
        unknown: The error number that a guest gets for a handle that is not open, or is of another type.
        full: The error number that it gets when it has as many handles as it may have.
        limit: The most handles that are open at a time.
        first: The first number.
    """

    def __init__(self, *, unknown: int, full: int, limit: int = 65536, first: int = 0) -> None:
        self._unknown = unknown
        self._full = full
        self._limit = limit
        self._next = first
        self._free: list[int] = []
        self._items: dict[int, Item] = {}
        self._lock = make_lock()

    def open(self, item: Item) -> int:
        """Give an object a number.

        Raises:
            GuestError: Too many handles are open.
        """
        with self._lock:
            if len(self._items) >= self._limit:
                raise GuestError(self._full, f"{self._limit} handles are open already")
            if self._free:
                handle = heapq.heappop(self._free)
            else:
                handle, self._next = self._next, self._next + 1
            self._items[handle] = item
            return handle

    def get(self, handle: int) -> Item:
        """Return the object of a handle.

        Raises:
            GuestError: No such handle is open.
        """
        try:
            return self._items[handle]
        except KeyError:
            raise GuestError(self._unknown, f"the handle {handle} is not open") from None

    def get_as(self, handle: int, kind: type[Kind]) -> Kind:
        """Return the object of a handle, which must be of a class.

        Raises:
            GuestError: No such handle is open, or its object is of another class.
        """
        item = self.get(handle)
        if not isinstance(item, kind):
            raise GuestError(self._unknown, f"the handle {handle} is of a {type(item).__name__}, not {kind.__name__}")
        return item

    def close(self, handle: int) -> Item:
        """Close a handle, and return what was its object.

        Raises:
            GuestError: No such handle is open.
        """
        with self._lock:
            if handle not in self._items:
                raise GuestError(self._unknown, f"the handle {handle} is not open")
            heapq.heappush(self._free, handle)
            return self._items.pop(handle)

    def discard(self, handle: int) -> None:
        """Close a handle, unless it is closed already."""
        with contextlib.suppress(GuestError):
            self.close(handle)

    def __len__(self) -> int:
        return len(self._items)
