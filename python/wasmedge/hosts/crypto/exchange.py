# SPDX-License-Identifier: Apache-2.0
"""Key exchange by Diffie and Hellman."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric import ec

from wasmedge.hosts.crypto.keys import KeyExchange
from wasmedge.hosts.crypto.serialization import decode

if TYPE_CHECKING:
    from wasmedge.hosts.crypto.edwards import MontgomeryKeys
    from wasmedge.hosts.crypto.elliptic import EllipticKeys

__all__ = ["Ecdh", "Xdh"]


class Ecdh(KeyExchange):
    """Key exchange on a curve in Weierstrass form: the x coordinate of the point in common."""

    def __init__(self, name: str, keys: EllipticKeys) -> None:
        super().__init__(name, keys)

    def exchange(self, secret: Any, public: Any) -> bytes:
        return bytes(decode(secret.exchange, ec.ECDH(), public))


class Xdh(KeyExchange):
    """X25519 and X448, RFC 7748."""

    def __init__(self, name: str, keys: MontgomeryKeys) -> None:
        super().__init__(name, keys)

    def exchange(self, secret: Any, public: Any) -> bytes:
        return bytes(decode(secret.exchange, public))
