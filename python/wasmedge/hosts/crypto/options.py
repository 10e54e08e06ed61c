# SPDX-License-Identifier: Apache-2.0
"""Option sets, which guests fill before they open a state or make a key."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from wasmedge.hosts.calls import GuestError
from wasmedge.hosts.crypto.buffers import Buffer
from wasmedge.hosts.crypto.encodings import AlgorithmType
from wasmedge.hosts.crypto.errno import Errno

if TYPE_CHECKING:
    from wasmedge.hosts.crypto.buffers import Room
    from wasmedge.hosts.pointers import Slice

__all__ = ["Options", "option_name"]

_LONGEST_NAME = 32
_BYTES = frozenset({"context", "salt", "nonce"})
_NUMBERS = frozenset({"memory_limit", "ops_limit", "parallelism"})
_BUFFERS = frozenset({"buffer"})


def option_name(name: Slice) -> str:
    """Return the name of an option, in lower case."""
    if len(name) > _LONGEST_NAME:
        raise GuestError(Errno.UNSUPPORTED_OPTION, f"no option has a name of {len(name)} bytes")
    return bytes(name).decode("ascii", "replace").lower()


class Options:
    """Options of a type of algorithms. Those of signatures and of key exchange have none.

    The numbers and the buffer are for algorithms that stretch passwords, of which there are none here: they are taken,
    and make no difference. A buffer is not kept, since the guest's memory is its own.

    Attributes:
        type: The type.
    """

    type_id: ClassVar[int] = 1

    def __init__(self, type_: AlgorithmType) -> None:
        self.type = type_
        self._values: dict[str, Buffer] = {}
        self._numbers: dict[str, int] = {}

    def set(self, name: Slice, value: Slice, room: Room) -> None:
        """Set an option of bytes."""
        key = self._known(name, _BYTES)
        self._values.pop(key, None)
        self._values[key] = Buffer(room, value)

    def set_u64(self, name: Slice, value: int) -> None:
        """Set an option that is a number."""
        self._numbers[self._known(name, _NUMBERS)] = value

    def set_guest_buffer(self, name: Slice) -> None:
        """Set an option that is a buffer of the guest."""
        self._known(name, _BUFFERS)

    def get(self, name: str) -> bytes | None:
        """Return an option of bytes, None if it is not set."""
        value = self._values.get(name)
        return None if value is None else bytes(value)

    def _known(self, name: Slice, names: frozenset[str]) -> str:
        key = option_name(name)
        if self.type is not AlgorithmType.SYMMETRIC or key not in names:
            raise GuestError(Errno.UNSUPPORTED_OPTION, f"{self.type.name.lower()} has no such option as {key!r}")
        return key
