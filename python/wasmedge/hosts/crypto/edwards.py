# SPDX-License-Identifier: Apache-2.0
"""Keys on the curves of RFC 7748 and RFC 8032, which have raw encodings and no others."""

from __future__ import annotations

from typing import Any

from wasmedge.hosts.calls import GuestError
from wasmedge.hosts.crypto.encodings import Encoding, unsupported
from wasmedge.hosts.crypto.errno import Errno
from wasmedge.hosts.crypto.keys import Keys
from wasmedge.hosts.crypto.serialization import decode

__all__ = ["EdwardsKeys", "MontgomeryKeys"]


class _RawKeys(Keys):
    """Keys that are strings of bytes.

    Args:
        private_class: The library's class of secret keys.
        public_class: Its class of public keys.
        size: The size of either in bytes.
    """

    def __init__(self, private_class: Any, public_class: Any, size: int) -> None:
        self._private_class = private_class
        self._public_class = public_class
        self._size = size

    def generate(self) -> Any:
        return self._private_class.generate()

    def import_public(self, encoded: bytes, encoding: Encoding) -> Any:
        _check_raw(encoding)
        return decode(self._public_class.from_public_bytes, encoded)

    def export_public(self, key: Any, encoding: Encoding) -> bytes:
        _check_raw(encoding)
        raw: bytes = key.public_bytes_raw()
        return raw

    def import_secret(self, encoded: bytes, encoding: Encoding) -> Any:
        _check_raw(encoding)
        return decode(self._private_class.from_private_bytes, encoded)

    def export_secret(self, key: Any, encoding: Encoding) -> bytes:
        _check_raw(encoding)
        raw: bytes = key.private_bytes_raw()
        return raw

    def import_pair(self, encoded: bytes, encoding: Encoding) -> Any:
        _check_raw(encoding)
        secret, public = self._split(encoded)
        key = self.import_secret(secret, encoding)
        # A signature made with another's public key would give the secret key away.
        if key.public_key().public_bytes_raw() != public:
            raise GuestError(Errno.INVALID_KEY, "the public key is not that of the secret key")
        return key

    def _split(self, encoded: bytes) -> tuple[bytes, bytes]:
        """Return the secret and the public half of a pair."""
        raise NotImplementedError


class EdwardsKeys(_RawKeys):
    """Keys of EdDSA. A pair is the secret key, and then the public key."""

    def _split(self, encoded: bytes) -> tuple[bytes, bytes]:
        return encoded[: self._size], encoded[self._size :]

    def export_pair(self, key: Any, encoding: Encoding) -> bytes:
        return self.export_secret(key, encoding) + self.export_public(key.public_key(), encoding)

    def verify_public(self, key: Any) -> None:
        # Whether it is on the curve is found out when something is verified with it, and not before.
        raise GuestError(Errno.NOT_IMPLEMENTED)


class MontgomeryKeys(_RawKeys):
    """Keys of X25519 and X448. A pair is the public key, and then the secret key."""

    def _split(self, encoded: bytes) -> tuple[bytes, bytes]:
        return encoded[self._size :], encoded[: self._size]

    def export_pair(self, key: Any, encoding: Encoding) -> bytes:
        return self.export_public(key.public_key(), encoding) + self.export_secret(key, encoding)

    def verify_public(self, key: Any) -> None:
        # What is agreed on with a point of a small order is no secret: the library refuses it.
        decode(self.generate().exchange, key)


def _check_raw(encoding: Encoding) -> None:
    if encoding is not Encoding.RAW:
        raise unsupported(encoding)
