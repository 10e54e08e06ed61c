# SPDX-License-Identifier: Apache-2.0
"""What the modules of a context keep for guests."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from wasmedge.hosts.calls import GuestError
from wasmedge.hosts.crypto.buffers import Buffer, Room
from wasmedge.hosts.crypto.encodings import AlgorithmType, find_type
from wasmedge.hosts.crypto.errno import Errno
from wasmedge.hosts.crypto.handles import Handles
from wasmedge.hosts.crypto.options import Options
from wasmedge.hosts.crypto.outputs import ArrayOutput

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wasmedge.hosts.crypto.keys import AsymmetricAlgorithm
    from wasmedge.hosts.crypto.signing import SignatureAlgorithm
    from wasmedge.hosts.crypto.states import SymmetricAlgorithm
    from wasmedge.hosts.pointers import Slice

__all__ = ["Objects"]

Algorithm = TypeVar("Algorithm")

_LONGEST_NAME = 64


class Objects:
    """The objects of a context, by their handles.

    Args:
        max_handles: The most handles that are open at a time.
        max_bytes: How many bytes of guests are kept at a time.

    Attributes:
        handles: The handles.
        room: Where bytes are counted.
    """

    def __init__(self, max_handles: int, max_bytes: int) -> None:
        # Not at the top of the file: the library is imported when there is a context, and not with the package.
        from wasmedge.hosts.crypto import algorithms  # noqa: PLC0415

        self.handles = Handles(max_handles)
        self.room = Room(max_bytes)
        self._symmetric = algorithms.SYMMETRIC
        self._signatures = algorithms.SIGNATURES
        self._key_exchanges = algorithms.KEY_EXCHANGES

    def symmetric(self, name: Slice) -> SymmetricAlgorithm:
        """Return a symmetric algorithm.

        Raises:
            GuestError: There is none of that name.
        """
        return _find(self._symmetric, name)

    def signature(self, name: Slice) -> SignatureAlgorithm:
        """Return a signature algorithm.

        Raises:
            GuestError: There is none of that name.
        """
        return _find(self._signatures, name)

    def asymmetric(self, type_: int, name: Slice) -> AsymmetricAlgorithm:
        """Return an algorithm of signatures or of key exchange.

        Args:
            type_: The number of the type.
            name: The name.

        Raises:
            GuestError: There is none, or the type is that of symmetric ones.
        """
        found = find_type(type_)
        if found is AlgorithmType.SYMMETRIC:
            raise GuestError(Errno.INVALID_OPERATION, "symmetric algorithms have no such keys")
        return _find(self._signatures if found is AlgorithmType.SIGNATURES else self._key_exchanges, name)

    def keep(self, data: Slice | bytes) -> Buffer:
        """Copy bytes of a guest."""
        return Buffer(self.room, data)

    def output(self, data: Buffer | bytes) -> int:
        """Return the handle of a new output."""
        return self.handles.open(ArrayOutput(self.keep(bytes(data))))

    def options(self, handle: int | None, type_: AlgorithmType) -> Options | None:
        """Return the options of a handle, which must be those of a type of algorithms.

        Raises:
            GuestError: They are not, or there are none.
        """
        if handle is None:
            return None
        options = self.handles.get(handle, Options)
        if options.type is not type_:
            raise GuestError(Errno.INVALID_HANDLE, f"these options are for {options.type.name.lower()}")
        return options


def _find(algorithms: Mapping[str, Algorithm], name: Slice) -> Algorithm:
    """Return the algorithm of a name, in capitals or not."""
    text = bytes(name).decode("ascii", "replace") if len(name) <= _LONGEST_NAME else f"({len(name)} bytes)"
    algorithm = algorithms.get(text.upper())
    if algorithm is None:
        raise GuestError(Errno.UNSUPPORTED_ALGORITHM, f"there is no algorithm {text!r}")
    return algorithm
