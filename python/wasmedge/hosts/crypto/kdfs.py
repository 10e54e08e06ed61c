# SPDX-License-Identifier: Apache-2.0
"""Key derivation by extract-and-expand, RFC 5869."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import hmac
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from wasmedge.hosts.calls import GuestError
from wasmedge.hosts.crypto.errno import Errno
from wasmedge.hosts.crypto.states import SymmetricAlgorithm, SymmetricKey, SymmetricState

if TYPE_CHECKING:
    from cryptography.hazmat.primitives import hashes

    from wasmedge.hosts.crypto.buffers import Buffer
    from wasmedge.hosts.crypto.objects import Objects
    from wasmedge.hosts.crypto.options import Options
    from wasmedge.hosts.pointers import Slice

__all__ = ["HkdfExpand", "HkdfExtract"]

_MOST_BLOCKS = 255


class HkdfExpand(SymmetricAlgorithm):
    """The second half. Its keys come out of the first.

    Args:
        name: Its name.
        function: The hash function.
    """

    def __init__(self, name: str, function: hashes.HashAlgorithm) -> None:
        super().__init__(name)
        self._function = function

    def probe(self) -> None:
        hmac.HMAC(bytes(self._function.digest_size), self._function)

    def generate(self) -> bytes:
        raise GuestError(Errno.UNSUPPORTED_FEATURE, f"keys of {self.name} are derived, not generated")

    def check_key(self, size: int) -> None:
        if size != self._function.digest_size:
            raise GuestError(
                Errno.INVALID_KEY, f"keys of {self.name} have {self._function.digest_size} bytes, not {size}"
            )

    def open(self, key: SymmetricKey | None, options: Options | None, objects: Objects) -> SymmetricState:
        return ExpandState(self._function, self.own_key(key), objects.keep(b""))


class HkdfExtract(SymmetricAlgorithm):
    """The first half, which makes a key of whatever is secret.

    Args:
        name: Its name.
        function: The hash function.
        expand: The second half.
    """

    def __init__(self, name: str, function: hashes.HashAlgorithm, expand: HkdfExpand) -> None:
        super().__init__(name)
        self._function = function
        self._expand = expand

    def probe(self) -> None:
        self._expand.probe()

    def generate(self) -> bytes:
        return os.urandom(self._function.digest_size)

    def check_key(self, size: int) -> None:
        pass

    def open(self, key: SymmetricKey | None, options: Options | None, objects: Objects) -> SymmetricState:
        return ExtractState(self._function, self._expand, self.own_key(key), objects)


class ExpandState(SymmetricState):
    """A key and what it is to be expanded for."""

    def __init__(self, function: hashes.HashAlgorithm, key: Buffer, info: Buffer) -> None:
        super().__init__()
        self._function = function
        self._key = key
        self._info = info

    def absorb(self, data: Slice) -> None:
        self._info.append(data)

    def squeeze(self, size: int) -> bytes:
        if size > _MOST_BLOCKS * self._function.digest_size:
            raise GuestError(Errno.INVALID_KEY, f"{size} bytes are more than {_MOST_BLOCKS} hashes")
        if not size:
            return b""
        key: bytes = HKDFExpand(self._function, size, bytes(self._info)).derive(bytes(self._key))
        return key


class ExtractState(SymmetricState):
    """A secret and its salt."""

    def __init__(self, function: hashes.HashAlgorithm, expand: HkdfExpand, key: Buffer, objects: Objects) -> None:
        super().__init__()
        self._function = function
        self._expand = expand
        self._key = key
        self._objects = objects
        self._salt = objects.keep(b"")

    def absorb(self, data: Slice) -> None:
        self._salt.append(data)

    def squeeze_key(self, algorithm: SymmetricAlgorithm) -> SymmetricKey:
        if algorithm is not self._expand:
            raise GuestError(Errno.UNSUPPORTED_ALGORITHM, f"the key is one for {self._expand.name}")
        # An empty key of HMAC is one of zeros, as the salt is by default.
        extract = hmac.HMAC(bytes(self._salt), self._function)
        extract.update(bytes(self._key))
        return SymmetricKey(algorithm, self._objects.keep(extract.finalize()))
