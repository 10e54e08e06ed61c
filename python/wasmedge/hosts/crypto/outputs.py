# SPDX-License-Identifier: Apache-2.0
"""Outputs of any size, which guests pull piece by piece."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from wasmedge.locks import make_lock

if TYPE_CHECKING:
    from wasmedge.hosts.crypto.buffers import Buffer
    from wasmedge.hosts.pointers import Slice

__all__ = ["ArrayOutput"]


class ArrayOutput:
    """Bytes that a guest has not pulled yet.

    Args:
        content: All bytes.
    """

    type_id: ClassVar[int] = 0

    def __init__(self, content: Buffer) -> None:
        self._content = content
        self._position = 0
        self._lock = make_lock()

    def __len__(self) -> int:
        return len(self._content)

    def pull(self, target: Slice) -> tuple[int, bool]:
        """Copy the next bytes.

        Returns:
            How many, and whether there are no more.
        """
        with self._lock:
            rest = memoryview(self._content.data)[self._position :]
            size = target.write(rest, truncate=True)
            self._position += size
            return size, self._position == len(self._content)
