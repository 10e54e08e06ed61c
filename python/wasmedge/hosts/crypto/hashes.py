# SPDX-License-Identifier: Apache-2.0
"""Hash functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import hashes

from wasmedge.hosts.calls import GuestError
from wasmedge.hosts.crypto.buffers import readable
from wasmedge.hosts.crypto.errno import Errno
from wasmedge.hosts.crypto.states import SymmetricAlgorithm, SymmetricState

if TYPE_CHECKING:
    from wasmedge.hosts.crypto.objects import Objects
    from wasmedge.hosts.crypto.options import Options
    from wasmedge.hosts.crypto.states import SymmetricKey
    from wasmedge.hosts.pointers import Slice

__all__ = ["HashFunction"]


class HashFunction(SymmetricAlgorithm):
    """A hash function.

    Args:
        name: Its name.
        function: The library's.
    """

    def __init__(self, name: str, function: hashes.HashAlgorithm) -> None:
        super().__init__(name)
        self._function = function

    def probe(self) -> None:
        hashes.Hash(self._function)

    def open(self, key: SymmetricKey | None, options: Options | None, objects: Objects) -> SymmetricState:
        if key is not None:
            raise GuestError(Errno.KEY_NOT_SUPPORTED, f"{self.name} takes no key")
        return HashState(hashes.Hash(self._function))


class HashState(SymmetricState):
    """A hash that goes on."""

    def __init__(self, hash_: hashes.Hash) -> None:
        super().__init__()
        self._hash = hash_

    def clone(self) -> HashState:
        return HashState(self._hash.copy())

    def absorb(self, data: Slice) -> None:
        self._hash.update(readable(data))

    def squeeze(self, size: int) -> bytes:
        largest = self._hash.algorithm.digest_size
        if size > largest:
            raise GuestError(Errno.INVALID_LENGTH, f"the hash has {largest} bytes, not {size}")
        digest: bytes = self._hash.copy().finalize()
        return digest[:size]
