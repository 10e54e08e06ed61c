# SPDX-License-Identifier: Apache-2.0
"""Signatures, and the states in which messages are signed and verified."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from wasmedge.hosts.calls import GuestError
from wasmedge.hosts.crypto.errno import Errno
from wasmedge.hosts.crypto.keys import AsymmetricAlgorithm
from wasmedge.locks import make_lock

if TYPE_CHECKING:
    from wasmedge.hosts.crypto.encodings import Encoding
    from wasmedge.hosts.crypto.keys import KeyPair, PublicKey
    from wasmedge.hosts.crypto.objects import Objects
    from wasmedge.hosts.pointers import Slice

__all__ = ["Message", "Signature", "SignatureAlgorithm", "SigningState", "VerificationState"]


class Message(Protocol):
    """What is signed, as far as it is known."""

    def update(self, data: Slice) -> None:
        """Append to the message."""

    @abstractmethod
    def digest(self) -> bytes:
        """Return what the library signs: the hash of the message so far, or the message itself."""


class SignatureAlgorithm(AsymmetricAlgorithm):
    """A signature algorithm; a base class."""

    def probe(self) -> None:
        """Try it.

        Raises:
            cryptography.exceptions.UnsupportedAlgorithm: The library does not have it.
        """
        raise NotImplementedError

    def start(self, objects: Objects) -> Message:
        """Return an empty message."""
        raise NotImplementedError

    def sign(self, key: Any, digest: bytes) -> bytes:
        """Return the raw signature of a message."""
        raise NotImplementedError

    def verify(self, key: Any, digest: bytes, raw: bytes) -> None:
        """Verify a raw signature of a message.

        Raises:
            cryptography.exceptions.InvalidSignature: It is none.
        """
        raise NotImplementedError

    def import_signature(self, encoded: bytes, encoding: Encoding) -> bytes:
        """Return the raw form of a signature.

        Raises:
            GuestError: It has no such form.
        """
        raise NotImplementedError

    def export_signature(self, raw: bytes, encoding: Encoding) -> bytes:
        """Write a raw signature."""
        raise NotImplementedError


class Signature:
    """A signature.

    Attributes:
        algorithm: Its algorithm.
        raw: Its raw form.
    """

    type_id: ClassVar[int] = 6

    def __init__(self, algorithm: SignatureAlgorithm, raw: bytes) -> None:
        self.algorithm = algorithm
        self.raw = raw


class _State:
    """A message that somebody's key is applied to."""

    def __init__(self, key: KeyPair | PublicKey, objects: Objects) -> None:
        if not isinstance(key.algorithm, SignatureAlgorithm):
            raise GuestError(Errno.INVALID_HANDLE, f"the key is one of {key.algorithm.name}, which does not sign")
        self._algorithm = key.algorithm
        self._key = key.key
        self._message = key.algorithm.start(objects)
        self._lock = make_lock()

    def update(self, data: Slice) -> None:
        """Append to the message."""
        with self._lock:
            self._message.update(data)

    def _digest(self) -> bytes:
        with self._lock:
            return self._message.digest()


class SigningState(_State):
    """A message that is signed."""

    type_id: ClassVar[int] = 7

    def sign(self) -> Signature:
        """Return the signature of the message so far."""
        return Signature(self._algorithm, self._algorithm.sign(self._key, self._digest()))


class VerificationState(_State):
    """A message whose signature is verified."""

    type_id: ClassVar[int] = 2

    def verify(self, signature: Signature) -> None:
        """Verify the signature of the message so far.

        Raises:
            GuestError: It is not the signature of the message by this key.
        """
        if signature.algorithm is not self._algorithm:
            raise GuestError(
                Errno.INVALID_SIGNATURE, f"it is one of {signature.algorithm.name}, not {self._algorithm.name}"
            )
        self._algorithm.verify(self._key, self._digest(), signature.raw)
