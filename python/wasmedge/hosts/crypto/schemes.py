# SPDX-License-Identifier: Apache-2.0
"""The signature algorithms: ECDSA, EdDSA, RSA."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from wasmedge.hosts.calls import GuestError
from wasmedge.hosts.crypto.buffers import readable
from wasmedge.hosts.crypto.encodings import Encoding, unsupported
from wasmedge.hosts.crypto.errno import Errno
from wasmedge.hosts.crypto.signing import SignatureAlgorithm

if TYPE_CHECKING:
    from collections.abc import Callable

    from cryptography.hazmat.primitives.asymmetric.padding import AsymmetricPadding

    from wasmedge.hosts.crypto.buffers import Buffer
    from wasmedge.hosts.crypto.edwards import EdwardsKeys
    from wasmedge.hosts.crypto.elliptic import EllipticKeys
    from wasmedge.hosts.crypto.objects import Objects
    from wasmedge.hosts.crypto.rsa import RsaKeys
    from wasmedge.hosts.pointers import Slice

__all__ = ["Ecdsa", "Eddsa", "Rsa"]


class _HashedMessage:
    """A message of which the hash is signed."""

    def __init__(self, function: hashes.HashAlgorithm) -> None:
        self._hash = hashes.Hash(function)

    def update(self, data: Slice) -> None:
        self._hash.update(readable(data))

    def digest(self) -> bytes:
        digest: bytes = self._hash.copy().finalize()
        return digest


class _WholeMessage:
    """A message that has to be there as a whole to be signed."""

    def __init__(self, buffer: Buffer) -> None:
        self._buffer = buffer

    def update(self, data: Slice) -> None:
        self._buffer.append(data)

    def digest(self) -> bytes:
        return bytes(self._buffer)


class Ecdsa(SignatureAlgorithm):
    """ECDSA, FIPS 186. Raw signatures are r and s, each as long as a coordinate.

    Args:
        name: Its name.
        keys: Its keys.
        function: The hash function.
    """

    def __init__(self, name: str, keys: EllipticKeys, function: hashes.HashAlgorithm) -> None:
        super().__init__(name, keys)
        self._size = keys.size
        self._function = function
        self._scheme = ec.ECDSA(utils.Prehashed(function))

    def probe(self) -> None:
        self.sign(self.keys.generate(), bytes(self._function.digest_size))

    def start(self, objects: Objects) -> _HashedMessage:
        return _HashedMessage(self._function)

    def sign(self, key: Any, digest: bytes) -> bytes:
        return self._raw(key.sign(digest, self._scheme))

    def verify(self, key: Any, digest: bytes, raw: bytes) -> None:
        _verify(key.verify, self._der(raw), digest, self._scheme)

    def import_signature(self, encoded: bytes, encoding: Encoding) -> bytes:
        if encoding is Encoding.RAW:
            _check_size(encoded, 2 * self._size)
            return encoded
        try:
            return self._raw(encoded)
        except (ValueError, OverflowError) as error:
            raise GuestError(Errno.INVALID_SIGNATURE, str(error)) from None

    def export_signature(self, raw: bytes, encoding: Encoding) -> bytes:
        return raw if encoding is Encoding.RAW else self._der(raw)

    def _raw(self, der: bytes) -> bytes:
        r, s = utils.decode_dss_signature(der)
        raw: bytes = r.to_bytes(self._size, "big") + s.to_bytes(self._size, "big")
        return raw

    def _der(self, raw: bytes) -> bytes:
        r, s = raw[: self._size], raw[self._size :]
        der: bytes = utils.encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
        return der


class Eddsa(SignatureAlgorithm):
    """EdDSA, RFC 8032.

    Args:
        name: Its name.
        keys: Its keys.
        size: The size of signatures in bytes.
    """

    def __init__(self, name: str, keys: EdwardsKeys, size: int) -> None:
        super().__init__(name, keys)
        self._size = size

    def probe(self) -> None:
        self.keys.generate()

    def start(self, objects: Objects) -> _WholeMessage:
        return _WholeMessage(objects.keep(b""))

    def sign(self, key: Any, digest: bytes) -> bytes:
        return bytes(key.sign(digest))

    def verify(self, key: Any, digest: bytes, raw: bytes) -> None:
        _verify(key.verify, raw, digest)

    def import_signature(self, encoded: bytes, encoding: Encoding) -> bytes:
        if encoding is not Encoding.RAW:
            raise unsupported(encoding)
        _check_size(encoded, self._size)
        return encoded

    def export_signature(self, raw: bytes, encoding: Encoding) -> bytes:
        if encoding is not Encoding.RAW:
            raise unsupported(encoding)
        return raw


class Rsa(SignatureAlgorithm):
    """RSA, RFC 8017. Raw signatures are as long as the modulus.

    Args:
        name: Its name.
        keys: Its keys.
        function: The hash function.
        signing: The padding of signatures that are made.
        verifying: The padding of those that are verified.
    """

    def __init__(
        self,
        name: str,
        keys: RsaKeys,
        function: hashes.HashAlgorithm,
        signing: AsymmetricPadding,
        verifying: AsymmetricPadding,
    ) -> None:
        super().__init__(name, keys)
        self._size = keys.bits // 8
        self._function = function
        self._signing = signing
        self._verifying = verifying

    def probe(self) -> None:
        hashes.Hash(self._function)  # keys take too long to be made for a trial

    def start(self, objects: Objects) -> _HashedMessage:
        return _HashedMessage(self._function)

    def sign(self, key: Any, digest: bytes) -> bytes:
        return bytes(key.sign(digest, self._signing, utils.Prehashed(self._function)))

    def verify(self, key: Any, digest: bytes, raw: bytes) -> None:
        _verify(key.verify, raw, digest, self._verifying, utils.Prehashed(self._function))

    def import_signature(self, encoded: bytes, encoding: Encoding) -> bytes:
        if encoding is not Encoding.RAW:
            raise GuestError(Errno.NOT_IMPLEMENTED, "signatures of RSA have no other form than the raw one")
        _check_size(encoded, self._size)
        return encoded

    def export_signature(self, raw: bytes, encoding: Encoding) -> bytes:
        if encoding is not Encoding.RAW:
            raise GuestError(Errno.NOT_IMPLEMENTED, "signatures of RSA have no other form than the raw one")
        return raw


def _check_size(encoded: bytes, size: int) -> None:
    if len(encoded) != size:
        raise GuestError(Errno.INVALID_SIGNATURE, f"raw signatures have {size} bytes, not {len(encoded)}")


def _verify(verify: Callable[..., None], *args: Any) -> None:
    try:
        verify(*args)
    except InvalidSignature:
        raise GuestError(Errno.VERIFICATION_FAILED) from None
