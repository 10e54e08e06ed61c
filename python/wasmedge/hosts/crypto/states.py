# SPDX-License-Identifier: Apache-2.0
"""What symmetric algorithms have in common: keys, tags, and states that are fed and asked."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, ClassVar

from wasmedge.hosts.calls import GuestError
from wasmedge.hosts.crypto.errno import Errno
from wasmedge.locks import make_lock

if TYPE_CHECKING:
    from wasmedge.hosts.crypto.buffers import Buffer
    from wasmedge.hosts.crypto.objects import Objects
    from wasmedge.hosts.crypto.options import Options
    from wasmedge.hosts.pointers import Slice

__all__ = ["SymmetricAlgorithm", "SymmetricKey", "SymmetricState", "Tag"]


class SymmetricKey:
    """A key of a symmetric algorithm.

    Attributes:
        algorithm: The only algorithm that it is for.
        raw: The key.
    """

    type_id: ClassVar[int] = 9

    def __init__(self, algorithm: SymmetricAlgorithm, raw: Buffer) -> None:
        self.algorithm = algorithm
        self.raw = raw


class Tag:
    """What authenticates a message.

    Attributes:
        raw: The bytes.
    """

    type_id: ClassVar[int] = 10

    def __init__(self, raw: bytes) -> None:
        self.raw = raw

    def verify(self, expected: Slice) -> None:
        """Compare all of it, in a time that does not depend on where the difference is.

        Raises:
            GuestError: There is a difference.
        """
        if len(expected) != len(self.raw) or not hmac.compare_digest(self.raw, bytes(expected)):
            raise GuestError(Errno.INVALID_TAG)


class SymmetricState:
    """Something in the middle of a computation; a base class that can do nothing.

    Attributes:
        lock: Held by whoever uses the state, of which a guest's threads may be several.
    """

    type_id: ClassVar[int] = 8

    def __init__(self) -> None:
        self.lock = make_lock()

    def option(self, name: str) -> bytes:
        """Return an option that the state was opened with."""
        raise GuestError(Errno.UNSUPPORTED_OPTION, f"the state has no option {name!r}")

    def clone(self) -> SymmetricState:
        """Return another state that goes on from here."""
        raise GuestError(Errno.NOT_IMPLEMENTED)

    def absorb(self, data: Slice) -> None:
        """Take data in."""
        raise GuestError(Errno.INVALID_OPERATION)

    def squeeze(self, size: int) -> bytes:
        """Return so many bytes of output."""
        raise GuestError(Errno.INVALID_OPERATION)

    def squeeze_tag(self) -> Tag:
        """Return what authenticates the data absorbed so far."""
        raise GuestError(Errno.INVALID_OPERATION)

    def squeeze_key(self, algorithm: SymmetricAlgorithm) -> SymmetricKey:
        """Return a key for another algorithm."""
        raise GuestError(Errno.INVALID_OPERATION)

    def max_tag_len(self) -> int:
        """Return how much longer a message is when it is encrypted."""
        raise GuestError(Errno.INVALID_OPERATION)

    def encrypt(self, data: Slice) -> bytes:
        """Return the data encrypted, and the tag after it."""
        raise GuestError(Errno.INVALID_OPERATION)

    def decrypt(self, data: Slice | bytes) -> bytes:
        """Return what is encrypted in data that has the tag after it."""
        raise GuestError(Errno.INVALID_OPERATION)


class SymmetricAlgorithm:
    """A symmetric algorithm; a base class.

    Args:
        name: Its name, in upper case.

    Attributes:
        name: Its name.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def probe(self) -> None:
        """Try it.

        Raises:
            cryptography.exceptions.UnsupportedAlgorithm: The library does not have it.
        """
        raise NotImplementedError

    def generate(self) -> bytes:
        """Return the bytes of a new key."""
        raise GuestError(Errno.KEY_NOT_SUPPORTED, f"{self.name} has no keys")

    def check_key(self, size: int) -> None:
        """Check the size of a key that is imported."""
        raise GuestError(Errno.KEY_NOT_SUPPORTED, f"{self.name} has no keys")

    def open(self, key: SymmetricKey | None, options: Options | None, objects: Objects) -> SymmetricState:
        """Return a new state."""
        raise NotImplementedError

    def own_key(self, key: SymmetricKey | None) -> Buffer:
        """Return a key that must be one of this algorithm.

        Raises:
            GuestError: There is no key, or it is of another algorithm.
        """
        if key is None:
            raise GuestError(Errno.KEY_REQUIRED, f"{self.name} needs a key")
        if key.algorithm is not self:
            raise GuestError(Errno.INVALID_KEY, f"the key is one of {key.algorithm.name}, not {self.name}")
        return key.raw
