# SPDX-License-Identifier: Apache-2.0
"""Keys of RSA."""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa

from wasmedge.hosts.calls import GuestError
from wasmedge.hosts.crypto.errno import Errno
from wasmedge.hosts.crypto.serialization import SerializedKeys, decode

__all__ = ["RsaKeys"]

_EXPONENT = 65537


class RsaKeys(SerializedKeys):
    """Keys with a modulus of one size.

    Args:
        bits: The size of the modulus.

    Attributes:
        bits: That.
    """

    def __init__(self, bits: int) -> None:
        super().__init__(rsa.RSAPrivateKey, rsa.RSAPublicKey)
        self.bits = bits

    def generate(self) -> Any:
        return rsa.generate_private_key(_EXPONENT, self.bits)

    def verify_public(self, key: Any) -> None:
        numbers = key.public_numbers()
        decode(rsa.RSAPublicNumbers(numbers.e, numbers.n).public_key)

    def check(self, key: Any) -> None:
        if key.key_size != self.bits:
            raise GuestError(Errno.INVALID_KEY, f"the modulus has {key.key_size} bits, not {self.bits}")
