# SPDX-License-Identifier: Apache-2.0
"""Message authentication codes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import cmac, hmac
from cryptography.hazmat.primitives.ciphers import algorithms

from wasmedge.hosts.calls import GuestError
from wasmedge.hosts.crypto.errno import Errno
from wasmedge.hosts.crypto.states import SymmetricAlgorithm, SymmetricState, Tag

if TYPE_CHECKING:
    from cryptography.hazmat.primitives import hashes

    from wasmedge.hosts.crypto.objects import Objects
    from wasmedge.hosts.crypto.options import Options
    from wasmedge.hosts.crypto.states import SymmetricKey
    from wasmedge.hosts.pointers import Slice

__all__ = ["Cmac", "Hmac"]


class Hmac(SymmetricAlgorithm):
    """HMAC, RFC 2104. Its keys may have any size.

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
        return os.urandom(self._function.digest_size)

    def check_key(self, size: int) -> None:
        pass

    def open(self, key: SymmetricKey | None, options: Options | None, objects: Objects) -> SymmetricState:
        return MacState(hmac.HMAC(bytes(self.own_key(key)), self._function))


class Cmac(SymmetricAlgorithm):
    """AES-CMAC, RFC 4493.

    Args:
        name: Its name.
        key_size: The size of its keys in bytes.
    """

    def __init__(self, name: str, key_size: int) -> None:
        super().__init__(name)
        self._key_size = key_size

    def probe(self) -> None:
        cmac.CMAC(algorithms.AES(bytes(self._key_size)))

    def generate(self) -> bytes:
        return os.urandom(self._key_size)

    def check_key(self, size: int) -> None:
        pass

    def open(self, key: SymmetricKey | None, options: Options | None, objects: Objects) -> SymmetricState:
        raw = self.own_key(key)
        if len(raw) != self._key_size:
            raise GuestError(Errno.INVALID_KEY, f"keys of {self.name} have {self._key_size} bytes, not {len(raw)}")
        return MacState(cmac.CMAC(algorithms.AES(bytes(raw))))


class MacState(SymmetricState):
    """A message authentication code that goes on."""

    def __init__(self, mac: hmac.HMAC | cmac.CMAC) -> None:
        super().__init__()
        self._mac = mac

    def clone(self) -> MacState:
        return MacState(self._mac.copy())

    def absorb(self, data: Slice) -> None:
        self._mac.update(bytes(data))

    def squeeze_tag(self) -> Tag:
        return Tag(self._mac.copy().finalize())
