# SPDX-License-Identifier: Apache-2.0
"""A guest in C that uses every function of wasi-crypto: what it reads back are the known answers."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from asymmetric_vectors import AGREEMENTS, RSA_PKCS1, RSA_PSS, SIGNED, Agreement, RsaSigned, Signed
from symmetric_vectors import DERIVATIONS, HASHES, MACS, SEALED, Derivation, Mac, Sealed

if TYPE_CHECKING:
    from crypto_guests import CryptoProgram
    from tests.conftest import CompileC

pytest.importorskip("cryptography", reason="the package cryptography, of the extra crypto, is not installed")

from crypto_guests import KEY_EXCHANGE, PEM, PKCS8, RAW, SEC, SIGNATURES
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from wasmedge import wasi_crypto_modules
from wasmedge.hosts.crypto import Errno

pytestmark = pytest.mark.extras

EXPONENT = 65537


@pytest.fixture(scope="module")
def program(compile_c: CompileC) -> CryptoProgram:
    """Return the guest."""
    from crypto_guests import CryptoProgram  # noqa: PLC0415

    return CryptoProgram(compile_c("crypto", "--target=wasm32-freestanding", "-nostdlib", "-Wl,--no-entry"))


def rsa_keys(vector: RsaSigned) -> tuple[bytes, bytes]:
    """Return the pair as PKCS #8, and the public key as SubjectPublicKeyInfo."""
    p, q = int.from_bytes(vector.p, "big"), int.from_bytes(vector.q, "big")
    d = pow(EXPONENT, -1, (p - 1) * (q - 1))
    numbers = rsa.RSAPrivateNumbers(
        p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), rsa.RSAPublicNumbers(EXPONENT, p * q)
    )
    key = numbers.private_key()
    return (
        key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
        key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
    )


def public_encoding(algorithm: str) -> int:
    """Return the shortest encoding of public keys that an algorithm has."""
    return RAW if algorithm.startswith(("Ed", "X")) else SEC


def test_program_calls_every_function(program: CryptoProgram) -> None:
    called = {(entry.module, entry.name) for entry in program.source.imports}
    assert called == {(module.name, name) for module in wasi_crypto_modules() for name in module.functions}
    assert len(called) == 72


@pytest.mark.parametrize(("algorithm", "message", "digest"), HASHES, ids=str)
def test_hashes(program: CryptoProgram, algorithm: str, message: bytes, digest: bytes) -> None:
    assert program.run("hash", algorithm.encode(), message, numbers=(len(digest),)) == digest
    assert program.run("hash", algorithm.lower().encode(), message, numbers=(5,)) == digest[:5]


@pytest.mark.parametrize("vector", MACS, ids=lambda vector: vector.algorithm)
def test_macs(program: CryptoProgram, vector: Mac) -> None:
    assert program.run("mac", vector.algorithm.encode(), vector.key, vector.message) == vector.tag


@pytest.mark.parametrize("vector", DERIVATIONS, ids=lambda vector: f"salt of {len(vector.salt)}")
def test_derivations(program: CryptoProgram, vector: Derivation) -> None:
    names = [f"HKDF-{half}/{vector.function}".encode() for half in ("EXTRACT", "EXPAND")]
    inputs = (*names, vector.secret, vector.salt, vector.info)
    assert program.run("derive", *inputs, numbers=(len(vector.key),)) == vector.key


@pytest.mark.parametrize("vector", SEALED, ids=lambda vector: vector.algorithm)
def test_ciphers(program: CryptoProgram, vector: Sealed) -> None:
    inputs = (vector.algorithm.encode(), vector.key, vector.nonce, vector.additional, vector.message)
    assert program.run("seal", *inputs) == vector.encrypted


@pytest.mark.parametrize(
    ("algorithm", "size"),
    [
        ("HMAC/SHA-256", 32),
        ("HMAC/SHA-512", 64),
        ("HKDF-EXTRACT/SHA-256", 32),
        ("HKDF-EXTRACT/SHA-512", 64),
        ("AES-128-GCM", 16),
        ("AES-256-GCM", 32),
        ("CHACHA20-POLY1305", 32),
    ],
)
def test_keys_are_generated(program: CryptoProgram, algorithm: str, size: int) -> None:
    keys = {program.run("generate_key", algorithm.encode()) for _ in range(3)}
    assert len(keys) == 3
    assert {len(key) for key in keys} == {size}


@pytest.mark.parametrize("vector", SIGNED, ids=lambda vector: vector.algorithm)
def test_signatures(program: CryptoProgram, vector: Signed) -> None:
    name = vector.algorithm.encode()
    encoding = public_encoding(vector.algorithm)
    inputs = (name, vector.public, vector.message)
    assert program.try_run("verify", *inputs, vector.signature, numbers=(encoding, RAW)) == 0
    wrong = bytes([vector.signature[0] ^ 1]) + vector.signature[1:]
    assert program.try_run("verify", *inputs, wrong, numbers=(encoding, RAW)) == Errno.VERIFICATION_FAILED
    pair = vector.secret + vector.public if vector.algorithm.startswith("Ed") else vector.secret
    signature = program.run("sign", name, pair, vector.message, numbers=(RAW, RAW))
    if vector.algorithm.startswith("Ed"):
        assert signature == vector.signature
    assert program.try_run("verify", *inputs, signature, numbers=(encoding, RAW)) == 0
    assert program.run("public_of_secret", name, vector.secret, numbers=(SIGNATURES, RAW, encoding)) == vector.public


@pytest.mark.parametrize(("name", "vector"), [("RSA_PKCS1", RSA_PKCS1), ("RSA_PSS", RSA_PSS)])
def test_signatures_of_rsa(program: CryptoProgram, name: str, vector: RsaSigned) -> None:
    pair, public = rsa_keys(vector)
    algorithm = f"{name}_2048_SHA256".encode()
    inputs = (algorithm, public, vector.message)
    assert program.try_run("verify", *inputs, vector.signature, numbers=(PKCS8, RAW)) == 0
    wrong = vector.signature[:-1] + bytes([vector.signature[-1] ^ 1])
    assert program.try_run("verify", *inputs, wrong, numbers=(PKCS8, RAW)) == Errno.VERIFICATION_FAILED
    signature = program.run("sign", algorithm, pair, vector.message, numbers=(PKCS8, RAW))
    assert program.try_run("verify", *inputs, signature, numbers=(PKCS8, RAW)) == 0
    if name == "RSA_PKCS1":
        assert signature == vector.signature
    else:
        # RFC 8017, 9.1: the last byte, and a salt as long as the hash, found without the library.
        modulus = int.from_bytes(vector.p, "big") * int.from_bytes(vector.q, "big")
        encoded = pow(int.from_bytes(signature, "big"), EXPONENT, modulus).to_bytes(256, "big")
        masked, digest = encoded[:-33], encoded[-33:-1]
        mask = b"".join(hashlib.sha256(digest + i.to_bytes(4, "big")).digest() for i in range(7))[: len(masked)]
        block = bytes(a ^ b for a, b in zip(masked, mask, strict=True))
        assert encoded[-1] == 0xBC
        assert block[-33] == 1
        hashed = hashlib.sha256(bytes(8) + hashlib.sha256(vector.message).digest() + block[-32:]).digest()
        assert hashed == digest


@pytest.mark.parametrize("vector", AGREEMENTS, ids=lambda vector: vector.algorithm)
def test_key_exchanges(program: CryptoProgram, vector: Agreement) -> None:
    name = vector.algorithm.encode()
    encoding = public_encoding(vector.algorithm)
    assert program.run("agree", name, vector.public, vector.secret, numbers=(encoding, RAW)) == vector.shared
    assert len(program.run("agree_anew", name)) == len(vector.shared)


@pytest.mark.parametrize("to", [RAW, PKCS8, PEM], ids=["raw", "pkcs8", "pem"])
@pytest.mark.parametrize("vector", SIGNED[3:], ids=lambda vector: vector.algorithm)
def test_keys_in_their_encodings(program: CryptoProgram, vector: Signed, to: int) -> None:
    name = vector.algorithm.encode()
    for function in ("convert_secret", "convert_pair"):
        encoded = program.run(function, name, vector.secret, numbers=(SIGNATURES, RAW, to))
        assert program.run(function, name, encoded, numbers=(SIGNATURES, to, RAW)) == vector.secret
    if to != RAW:
        encoded = program.run("convert_public", name, vector.public, numbers=(SIGNATURES, SEC, to))
        assert program.run("convert_public", name, encoded, numbers=(SIGNATURES, to, SEC)) == vector.public
        assert encoded.startswith(b"-----BEGIN PUBLIC KEY-----\n") == (to == PEM)


@pytest.mark.parametrize("vector", [*SIGNED[:3], *AGREEMENTS[:2]], ids=lambda vector: vector.algorithm)
def test_raw_keys(program: CryptoProgram, vector: Signed | Agreement) -> None:
    name = vector.algorithm.encode()
    type_ = SIGNATURES if isinstance(vector, Signed) else KEY_EXCHANGE
    public = program.run("public_of_secret", name, vector.secret, numbers=(type_, RAW, RAW))
    pair = vector.secret + public if isinstance(vector, Signed) else public + vector.secret
    assert program.run("convert_pair", name, pair, numbers=(type_, RAW, RAW)) == pair
    assert program.run("convert_secret", name, vector.secret, numbers=(type_, RAW, RAW)) == vector.secret
    assert program.run("convert_public", name, public, numbers=(type_, RAW, RAW)) == public


def test_managed_keys_are_not_implemented(program: CryptoProgram) -> None:
    assert program.try_run("managed") == 13
