# SPDX-License-Identifier: Apache-2.0
"""Keys on elliptic curves in Weierstrass form: P-256, P-384, secp256k1."""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from wasmedge.hosts.calls import GuestError
from wasmedge.hosts.crypto.encodings import Encoding
from wasmedge.hosts.crypto.errno import Errno
from wasmedge.hosts.crypto.serialization import SerializedKeys, decode

__all__ = ["EllipticKeys"]

# SEC 2: secrets are below the order of the curve, which not every version of the library makes sure of.
_ORDERS = {
    "secp256r1": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    "secp256k1": 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141,
    "secp384r1": 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
}


class EllipticKeys(SerializedKeys):
    """Keys on a curve.

    Args:
        curve: The curve.

    Attributes:
        size: The size of a coordinate and of a secret in bytes.
    """

    def __init__(self, curve: ec.EllipticCurve) -> None:
        super().__init__(ec.EllipticCurvePrivateKey, ec.EllipticCurvePublicKey)
        self._curve = curve
        self.size = (curve.key_size + 7) // 8

    def generate(self) -> Any:
        return ec.generate_private_key(self._curve)

    def import_public(self, encoded: bytes, encoding: Encoding) -> Any:
        if encoding is Encoding.SEC:
            return decode(ec.EllipticCurvePublicKey.from_encoded_point, self._curve, encoded)
        return super().import_public(encoded, encoding)

    def export_public(self, key: Any, encoding: Encoding) -> bytes:
        if encoding is Encoding.SEC:
            point: bytes = key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
            return point
        return super().export_public(key, encoding)

    def verify_public(self, key: Any) -> None:
        # No point that is not on the curve is imported; here once more. There are no others of a small order.
        decode(key.public_numbers().public_key)

    def import_secret(self, encoded: bytes, encoding: Encoding) -> Any:
        if encoding is not Encoding.RAW:
            return super().import_secret(encoded, encoding)
        if len(encoded) != self.size:
            raise GuestError(Errno.INVALID_KEY, f"secrets on {self._curve.name} have {self.size} bytes")
        secret = int.from_bytes(encoded, "big")
        if not 0 < secret < _ORDERS[self._curve.name]:
            raise GuestError(Errno.INVALID_KEY, f"the secret is not below the order of {self._curve.name}")
        return decode(ec.derive_private_key, secret, self._curve)

    def export_secret(self, key: Any, encoding: Encoding) -> bytes:
        if encoding is not Encoding.RAW:
            return super().export_secret(key, encoding)
        secret: int = key.private_numbers().private_value
        return secret.to_bytes(self.size, "big")

    def check(self, key: Any) -> None:
        if key.curve.name != self._curve.name:
            raise GuestError(Errno.INVALID_KEY, f"the key is on the curve {key.curve.name}, not {self._curve.name}")
