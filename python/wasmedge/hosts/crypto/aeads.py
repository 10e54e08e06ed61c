# SPDX-License-Identifier: Apache-2.0
"""Authenticated encryption with additional data."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

from cryptography.exceptions import InvalidTag

from wasmedge.hosts.calls import GuestError
from wasmedge.hosts.crypto.buffers import readable
from wasmedge.hosts.crypto.errno import Errno
from wasmedge.hosts.crypto.states import SymmetricAlgorithm, SymmetricState

if TYPE_CHECKING:
    from collections.abc import Callable

    from wasmedge.hosts.crypto.buffers import Buffer
    from wasmedge.hosts.crypto.objects import Objects
    from wasmedge.hosts.crypto.options import Options
    from wasmedge.hosts.crypto.states import SymmetricKey
    from wasmedge.hosts.pointers import Slice

__all__ = ["Aead"]

_NONCE_SIZE = 12
_TAG_SIZE = 16
_MOST_DATA = 2**31 - 1 - _TAG_SIZE  # what the library takes at once


class _Cipher(Protocol):
    """A cipher of the library with its key."""

    def encrypt(
        self, nonce: bytes, data: bytes | memoryview, associated_data: bytes | bytearray | None, /
    ) -> bytes: ...

    def decrypt(
        self, nonce: bytes, data: bytes | memoryview, associated_data: bytes | bytearray | None, /
    ) -> bytes: ...


class Aead(SymmetricAlgorithm):
    """An authenticated cipher with nonces of 12 bytes and tags of 16.

    Args:
        name: Its name.
        key_size: The size of its keys in bytes.
        cipher: Makes the library's cipher of a key.
    """

    def __init__(self, name: str, key_size: int, cipher: Callable[[bytes], _Cipher]) -> None:
        super().__init__(name)
        self._key_size = key_size
        self._cipher = cipher

    def probe(self) -> None:
        self._cipher(os.urandom(self._key_size))

    def generate(self) -> bytes:
        return os.urandom(self._key_size)

    def check_key(self, size: int) -> None:
        # A key of another size is found out by open(), as the native plug-in does.
        pass

    def open(self, key: SymmetricKey | None, options: Options | None, objects: Objects) -> SymmetricState:
        raw = self.own_key(key)
        if options is None:
            raise GuestError(Errno.NONCE_REQUIRED, f"{self.name} needs the option nonce")
        nonce = options.get("nonce")
        if nonce is None or len(nonce) != _NONCE_SIZE:
            raise GuestError(Errno.INVALID_NONCE, f"nonces of {self.name} have {_NONCE_SIZE} bytes")
        if len(raw) != self._key_size:
            raise GuestError(Errno.INVALID_KEY, f"keys of {self.name} have {self._key_size} bytes, not {len(raw)}")
        return AeadState(self._cipher(bytes(raw)), nonce, objects.keep(b""))


class AeadState(SymmetricState):
    """A key, a nonce, and additional data.

    It encrypts one message: a second with the same nonce would give both away.
    """

    def __init__(self, cipher: _Cipher, nonce: bytes, additional: Buffer) -> None:
        super().__init__()
        self._cipher = cipher
        self._nonce = nonce
        self._additional = additional
        self._is_used = False

    def option(self, name: str) -> bytes:
        return self._nonce if name == "nonce" else super().option(name)

    def absorb(self, data: Slice) -> None:
        self._additional.append(data)

    def max_tag_len(self) -> int:
        return _TAG_SIZE

    def encrypt(self, data: Slice) -> bytes:
        _check_size(len(data))
        if self._is_used:
            raise GuestError(Errno.ALGORITHM_FAILURE, "the nonce of this state is used up")
        self._is_used = True
        return self._cipher.encrypt(self._nonce, readable(data), self._additional.data)

    def decrypt(self, data: Slice | bytes) -> bytes:
        _check_size(len(data))
        whole = data if isinstance(data, bytes) else readable(data)
        try:
            return self._cipher.decrypt(self._nonce, whole, self._additional.data)
        except InvalidTag:
            raise GuestError(Errno.INVALID_TAG) from None


def _check_size(size: int) -> None:
    if size > _MOST_DATA:
        raise GuestError(Errno.ALGORITHM_FAILURE, f"{size} bytes are more than can be encrypted at once")
