# SPDX-License-Identifier: Apache-2.0
"""The algorithms by their names: those of WasmEdge's plug-in, and others of the specification that the library has."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, x448, x25519
from cryptography.hazmat.primitives.ciphers import aead

from wasmedge.hosts.crypto.aeads import Aead
from wasmedge.hosts.crypto.edwards import EdwardsKeys, MontgomeryKeys
from wasmedge.hosts.crypto.elliptic import EllipticKeys
from wasmedge.hosts.crypto.exchange import Ecdh, Xdh
from wasmedge.hosts.crypto.hashes import HashFunction
from wasmedge.hosts.crypto.kdfs import HkdfExpand, HkdfExtract
from wasmedge.hosts.crypto.macs import Cmac, Hmac
from wasmedge.hosts.crypto.rsa import RsaKeys
from wasmedge.hosts.crypto.schemes import Ecdsa, Eddsa, Rsa

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wasmedge.hosts.crypto.keys import KeyExchange
    from wasmedge.hosts.crypto.signing import SignatureAlgorithm
    from wasmedge.hosts.crypto.states import SymmetricAlgorithm

__all__ = ["KEY_EXCHANGES", "SIGNATURES", "SYMMETRIC"]

Algorithm = TypeVar("Algorithm", "SymmetricAlgorithm", "SignatureAlgorithm", "KeyExchange")


def _symmetric() -> Iterator[SymmetricAlgorithm]:
    yield HashFunction("SHA-256", hashes.SHA256())
    yield HashFunction("SHA-512", hashes.SHA512())
    yield HashFunction("SHA-512/256", hashes.SHA512_256())
    yield HashFunction("BLAKE2B-512", hashes.BLAKE2b(64))
    for name, function in (("SHA-256", hashes.SHA256()), ("SHA-512", hashes.SHA512())):
        yield Hmac(f"HMAC/{name}", function)
        expand = HkdfExpand(f"HKDF-EXPAND/{name}", function)
        yield expand
        yield HkdfExtract(f"HKDF-EXTRACT/{name}", function, expand)
    for bits in (128, 256):
        yield Aead(f"AES-{bits}-GCM", bits // 8, aead.AESGCM)
        yield Aead(f"AES-{bits}-GCM-SIV", bits // 8, aead.AESGCMSIV)
        yield Cmac(f"AES-{bits}-CMAC", bits // 8)
    yield Aead("CHACHA20-POLY1305", 32, aead.ChaCha20Poly1305)


def _signatures() -> Iterator[SignatureAlgorithm]:
    yield Ecdsa("ECDSA_P256_SHA256", EllipticKeys(ec.SECP256R1()), hashes.SHA256())
    yield Ecdsa("ECDSA_K256_SHA256", EllipticKeys(ec.SECP256K1()), hashes.SHA256())
    yield Ecdsa("ECDSA_P384_SHA384", EllipticKeys(ec.SECP384R1()), hashes.SHA384())
    yield Eddsa("ED25519", EdwardsKeys(ed25519.Ed25519PrivateKey, ed25519.Ed25519PublicKey, 32), 64)
    yield Eddsa("ED448", EdwardsKeys(ed448.Ed448PrivateKey, ed448.Ed448PublicKey, 57), 114)
    sha256, sha384, sha512 = hashes.SHA256(), hashes.SHA384(), hashes.SHA512()
    sizes = ((2048, sha256), (2048, sha384), (2048, sha512), (3072, sha384), (3072, sha512), (4096, sha512))
    for bits, function in sizes:
        suffix = f"{bits}_SHA{function.digest_size * 8}"
        yield Rsa(f"RSA_PKCS1_{suffix}", RsaKeys(bits), function, padding.PKCS1v15(), padding.PKCS1v15())
        mask = padding.MGF1(function)
        # Any length of salt is taken: OpenSSL, and so the native plug-in, signs with the longest there is room for.
        salted, any_salt = padding.PSS(mask, padding.PSS.DIGEST_LENGTH), padding.PSS(mask, padding.PSS.AUTO)
        yield Rsa(f"RSA_PSS_{suffix}", RsaKeys(bits), function, salted, any_salt)


def _key_exchanges() -> Iterator[KeyExchange]:
    yield Xdh("X25519", MontgomeryKeys(x25519.X25519PrivateKey, x25519.X25519PublicKey, 32))
    yield Xdh("X448", MontgomeryKeys(x448.X448PrivateKey, x448.X448PublicKey, 56))
    yield Ecdh("P256-SHA256", EllipticKeys(ec.SECP256R1()))
    yield Ecdh("P384-SHA384", EllipticKeys(ec.SECP384R1()))


def _available(algorithms: Iterator[Algorithm]) -> dict[str, Algorithm]:
    """Return those that the library has on this machine."""
    found = {}
    for algorithm in algorithms:
        try:
            algorithm.probe()
        except UnsupportedAlgorithm:
            continue
        found[algorithm.name] = algorithm
    return found


SYMMETRIC = _available(_symmetric())
SIGNATURES = _available(_signatures())
KEY_EXCHANGES = _available(_key_exchanges())
