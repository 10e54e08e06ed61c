# SPDX-License-Identifier: Apache-2.0
"""Keys as PKCS #8 and SubjectPublicKeyInfo, in DER and in PEM."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import NoEncryption, PrivateFormat, PublicFormat

from wasmedge.hosts.calls import GuestError
from wasmedge.hosts.crypto.encodings import Encoding, unsupported
from wasmedge.hosts.crypto.errno import Errno
from wasmedge.hosts.crypto.keys import Keys

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["SerializedKeys", "decode"]

Key = TypeVar("Key")

_ENCODINGS = {Encoding.PKCS8: serialization.Encoding.DER, Encoding.PEM: serialization.Encoding.PEM}


def decode(make: Callable[..., Key], *args: Any) -> Key:
    """Make a key of what a guest gives.

    Raises:
        GuestError: The library makes none of it: it is malformed, encrypted, on another curve, or not safe.
    """
    try:
        return make(*args)
    except (ValueError, TypeError, OverflowError, UnsupportedAlgorithm, UserWarning) as error:
        raise GuestError(Errno.INVALID_KEY, str(error)) from None


class SerializedKeys(Keys):
    """Keys that are written in structures of ASN.1; a base class.

    Args:
        private_class: The library's class of secret keys.
        public_class: Its class of public keys.
    """

    def __init__(self, private_class: type[Any], public_class: type[Any]) -> None:
        self._private_class = private_class
        self._public_class = public_class

    def import_public(self, encoded: bytes, encoding: Encoding) -> Any:
        is_pem = self._serialization(encoding) is serialization.Encoding.PEM
        load = serialization.load_pem_public_key if is_pem else serialization.load_der_public_key
        return self._own(decode(load, encoded), self._public_class)

    def export_public(self, key: Any, encoding: Encoding) -> bytes:
        written: bytes = key.public_bytes(self._serialization(encoding), PublicFormat.SubjectPublicKeyInfo)
        return written

    def import_secret(self, encoded: bytes, encoding: Encoding) -> Any:
        is_pem = self._serialization(encoding) is serialization.Encoding.PEM
        load = serialization.load_pem_private_key if is_pem else serialization.load_der_private_key
        return self._own(decode(load, encoded, None), self._private_class)

    def export_secret(self, key: Any, encoding: Encoding) -> bytes:
        written: bytes = key.private_bytes(self._serialization(encoding), PrivateFormat.PKCS8, NoEncryption())
        return written

    def check(self, key: Any) -> None:
        """Make sure that a key is one of these.

        Raises:
            GuestError: It is on another curve or of another size.
        """
        raise NotImplementedError

    def _own(self, key: object, class_: type[Any]) -> Any:
        if not isinstance(key, class_):
            raise GuestError(Errno.INVALID_KEY, f"the key is a {type(key).__name__}, not a {class_.__name__}")
        self.check(key)
        return key

    def _serialization(self, encoding: Encoding) -> serialization.Encoding:
        if encoding not in _ENCODINGS:
            raise unsupported(encoding)
        return _ENCODINGS[encoding]
