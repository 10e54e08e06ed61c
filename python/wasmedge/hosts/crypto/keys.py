# SPDX-License-Identifier: Apache-2.0
"""Keys of signatures and of key exchange."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from wasmedge.hosts.crypto.encodings import Encoding

__all__ = ["AsymmetricAlgorithm", "KeyExchange", "KeyPair", "Keys", "PublicKey", "SecretKey"]


class Keys:
    """A kind of keys: how they are made, read and written; a base class.

    The keys themselves are objects of the library. What cannot be read is a `GuestError` invalid_key, and an encoding
    that the kind does not have is unsupported_encoding.
    """

    def generate(self) -> Any:
        """Make a secret key."""
        raise NotImplementedError

    def import_public(self, encoded: bytes, encoding: Encoding) -> Any:
        """Read a public key."""
        raise NotImplementedError

    def export_public(self, key: Any, encoding: Encoding) -> bytes:
        """Write a public key."""
        raise NotImplementedError

    def verify_public(self, key: Any) -> None:
        """Make sure that a public key is safe to use."""
        raise NotImplementedError

    def import_secret(self, encoded: bytes, encoding: Encoding) -> Any:
        """Read a secret key."""
        raise NotImplementedError

    def export_secret(self, key: Any, encoding: Encoding) -> bytes:
        """Write a secret key."""
        raise NotImplementedError

    def import_pair(self, encoded: bytes, encoding: Encoding) -> Any:
        """Read a secret key that may have its public key beside it."""
        return self.import_secret(encoded, encoding)

    def export_pair(self, key: Any, encoding: Encoding) -> bytes:
        """Write a secret key and what goes with it."""
        return self.export_secret(key, encoding)


class AsymmetricAlgorithm:
    """An algorithm of signatures or of key exchange; a base class.

    Attributes:
        name: Its name, in upper case.
        keys: Its keys.
    """

    def __init__(self, name: str, keys: Keys) -> None:
        self.name = name
        self.keys = keys


class KeyExchange(AsymmetricAlgorithm):
    """A key exchange; a base class."""

    def probe(self) -> None:
        """Try it.

        Raises:
            cryptography.exceptions.UnsupportedAlgorithm: The library does not have it.
        """
        self.keys.generate()

    def exchange(self, secret: Any, public: Any) -> bytes:
        """Return what both sides have in common.

        Raises:
            GuestError: There is nothing secret about it.
        """
        raise NotImplementedError


class _Key:
    """A key with the only algorithm that it is for."""

    def __init__(self, algorithm: AsymmetricAlgorithm, key: Any) -> None:
        self.algorithm = algorithm
        self.key = key


class PublicKey(_Key):
    """A public key."""

    type_id: ClassVar[int] = 3


class SecretKey(_Key):
    """A secret key, of which the library's object knows the public key too."""

    type_id: ClassVar[int] = 4

    def public(self) -> PublicKey:
        """Return the public key."""
        return PublicKey(self.algorithm, self.key.public_key())


class KeyPair(SecretKey):
    """A secret key that is used with its public key."""

    type_id: ClassVar[int] = 5

    def secret(self) -> SecretKey:
        """Return the secret key."""
        return SecretKey(self.algorithm, self.key)
