# SPDX-License-Identifier: Apache-2.0
"""Keys and key exchange of wasi-crypto: encodings, and what is refused."""

from __future__ import annotations

import pytest
from asymmetric_vectors import AGREEMENTS, SIGNED

pytest.importorskip("cryptography", reason="the package cryptography, of the extra crypto, is not installed")

from crypto_guests import (
    KEY_EXCHANGE,
    LOCAL,
    OUT,
    PEM,
    PKCS8,
    RAW,
    SEC,
    SIGNATURES,
    SYMMETRIC,
    CryptoCalls,
    Some,
    make_calls,
)
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from wasmedge.hosts.crypto import Errno

pytestmark = pytest.mark.extras

ELLIPTIC = {
    "ECDSA_P256_SHA256": (SIGNATURES, 32, ec.SECP256R1()),
    "ECDSA_K256_SHA256": (SIGNATURES, 32, ec.SECP256K1()),
    "ECDSA_P384_SHA384": (SIGNATURES, 48, ec.SECP384R1()),
    "P256-SHA256": (KEY_EXCHANGE, 32, ec.SECP256R1()),
    "P384-SHA384": (KEY_EXCHANGE, 48, ec.SECP384R1()),
}
ORDERS = {
    "secp256r1": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    "secp256k1": 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141,
    "secp384r1": 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
}
RAW_KEYS = {"Ed25519": (SIGNATURES, 32), "X25519": (KEY_EXCHANGE, 32)}
ENCODINGS = {
    "elliptic": {"keypair": {RAW, PKCS8, PEM}, "secretkey": {RAW, PKCS8, PEM}, "publickey": {PKCS8, PEM, SEC}},
    "raw": {"keypair": {RAW}, "secretkey": {RAW}, "publickey": {RAW}},
    "rsa": {"keypair": {PKCS8, PEM}, "secretkey": {PKCS8, PEM}, "publickey": {PKCS8, PEM}},
}


calls = pytest.fixture(scope="module")(make_calls)


@pytest.fixture(scope="module")
def rsa_key() -> rsa.RSAPrivateKey:
    """Return a key of 2048 bits."""
    return rsa.generate_private_key(65537, 2048)


def pkcs8(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, encoding: Encoding = Encoding.DER) -> bytes:
    """Encode a secret key."""
    encoded: bytes = key.private_bytes(encoding, PrivateFormat.PKCS8, NoEncryption())
    return encoded


@pytest.mark.parametrize("algorithm", [*ELLIPTIC, *RAW_KEYS])
def test_generated_keys_in_all_encodings(calls: CryptoCalls, algorithm: str) -> None:
    kind = "elliptic" if algorithm in ELLIPTIC else "raw"
    type_ = (ELLIPTIC.get(algorithm) or RAW_KEYS[algorithm])[0]
    pair = calls("keypair_generate", type_, algorithm, None, OUT)
    handles = {"keypair": pair}
    for name in ("publickey", "secretkey"):
        handles[name] = calls(f"keypair_{name}", pair, OUT)
    for name, encodings in ENCODINGS[kind].items():
        for encoding in (*range(5), 5, 2**32 - 1):
            if encoding not in encodings:
                number = calls.refused(f"{name}_export", handles[name], encoding, OUT)
                assert number == Errno.UNSUPPORTED_ENCODING
                number = calls.refused(f"{name}_import", type_, algorithm, b"key", encoding, OUT)
                assert number == Errno.UNSUPPORTED_ENCODING
                continue
            encoded = calls.pull(calls(f"{name}_export", handles[name], encoding, OUT))
            again = calls(f"{name}_import", type_, algorithm, encoded, encoding, OUT)
            assert calls.pull(calls(f"{name}_export", again, encoding, OUT)) == encoded
            calls(f"{name}_close", again)
    public = calls("publickey_from_secretkey", handles["secretkey"], OUT)
    calls("secretkey_close", handles["secretkey"])
    calls("keypair_close", pair)
    form = SEC if kind == "elliptic" else RAW
    written = [calls.pull(calls("publickey_export", each, form, OUT)) for each in (public, handles["publickey"])]
    assert written[0] == written[1]


@pytest.mark.parametrize("algorithm", ELLIPTIC)
def test_elliptic_keys_are_those_of_the_library(calls: CryptoCalls, algorithm: str) -> None:
    type_, size, curve = ELLIPTIC[algorithm]
    secret = (5).to_bytes(size, "big")
    key = ec.derive_private_key(5, curve)
    for name in ("keypair", "secretkey"):
        handle = calls(f"{name}_import", type_, algorithm, secret, RAW, OUT)
        assert calls.pull(calls(f"{name}_export", handle, RAW, OUT)) == secret
        for form, encoding in ((PKCS8, Encoding.DER), (PEM, Encoding.PEM)):
            assert calls.pull(calls(f"{name}_export", handle, form, OUT)) == pkcs8(key, encoding)
        # What the native plug-in writes as PKCS #8 of a pair is the traditional form.
        traditional = key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        handle = calls(f"{name}_import", type_, algorithm, traditional, PKCS8, OUT)
        assert calls.pull(calls(f"{name}_export", handle, RAW, OUT)) == secret
    point = {
        format_: key.public_key().public_bytes(Encoding.X962, format_)
        for format_ in (PublicFormat.CompressedPoint, PublicFormat.UncompressedPoint)
    }
    # The largest secret has the point of the smallest one, upside down.
    largest = int.to_bytes(ORDERS[curve.name] - 1, size, "big")
    found = calls("secretkey_import", type_, algorithm, largest, RAW, OUT)
    mirrored = calls.pull(calls("publickey_export", calls("publickey_from_secretkey", found, OUT), SEC, OUT))
    first = ec.derive_private_key(1, curve).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    assert mirrored[: size + 1] == first[: size + 1]
    assert mirrored != first
    for encoded in point.values():
        public = calls("publickey_import", type_, algorithm, encoded, SEC, OUT)
        assert calls.pull(calls("publickey_export", public, SEC, OUT)) == point[PublicFormat.UncompressedPoint]
        calls("publickey_verify", public)


@pytest.mark.parametrize("algorithm", ELLIPTIC)
def test_elliptic_keys_that_are_none(calls: CryptoCalls, algorithm: str) -> None:
    type_, size, curve = ELLIPTIC[algorithm]
    wrong = ec.derive_private_key(5, ec.SECP521R1())
    other = ec.derive_private_key(5, ec.SECP384R1() if size == 32 else ec.SECP256R1())
    encrypted = ec.derive_private_key(5, curve).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"password")
    )
    order = ORDERS[curve.name].to_bytes(size, "big")
    for name in ("keypair", "secretkey"):
        for secret in (b"", bytes(size), b"\1" * (size - 1), b"\1" * (size + 1), b"\xff" * size, order):
            assert calls.refused(f"{name}_import", type_, algorithm, secret, RAW, OUT) == Errno.INVALID_KEY
        for form, encoding in ((PKCS8, Encoding.DER), (PEM, Encoding.PEM)):
            good = pkcs8(ec.derive_private_key(5, curve), encoding)
            for bad in (b"", b"\0" * 100, good[:-5], pkcs8(wrong, encoding), pkcs8(other, encoding), b"0" * 70000):
                assert calls.refused(f"{name}_import", type_, algorithm, bad, form, OUT) == Errno.INVALID_KEY
        assert calls.refused(f"{name}_import", type_, algorithm, encrypted, PEM, OUT) == Errno.INVALID_KEY
    point = ec.derive_private_key(5, curve).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    off_curve = point[:-1] + bytes([point[-1] ^ 1])
    for bad in (b"", b"\0", point[:-1], point + b"\0", off_curve, b"\5" + point[1:], b"\2" + b"\xff" * size):
        assert calls.refused("publickey_import", type_, algorithm, bad, SEC, OUT) == Errno.INVALID_KEY
    secret_as_public = pkcs8(ec.derive_private_key(5, curve))
    assert calls.refused("publickey_import", type_, algorithm, secret_as_public, PKCS8, OUT) == Errno.INVALID_KEY


@pytest.mark.parametrize("algorithm", RAW_KEYS)
def test_raw_keys_that_are_none(calls: CryptoCalls, algorithm: str) -> None:
    type_, size = RAW_KEYS[algorithm]
    for name in ("secretkey", "publickey"):
        for length in (0, size - 1, size + 1, 2 * size):
            assert calls.refused(f"{name}_import", type_, algorithm, bytes(length), RAW, OUT) == Errno.INVALID_KEY
    pair = calls("keypair_generate", type_, algorithm, None, OUT)
    encoded = calls.pull(calls("keypair_export", pair, RAW, OUT))
    # Too short, too long, and with the public key of another.
    swapped = encoded[size:] + encoded[:size]
    for bad in (b"", encoded[:size], encoded[:-1], encoded + b"\0", swapped, bytes(2 * size)):
        assert calls.refused("keypair_import", type_, algorithm, bad, RAW, OUT) == Errno.INVALID_KEY


@pytest.mark.parametrize("bits", [2048, 3072])
def test_rsa_keys_have_the_size_of_their_algorithm(calls: CryptoCalls, rsa_key: rsa.RSAPrivateKey, bits: int) -> None:
    algorithm = f"RSA_PKCS1_{bits}_SHA384"
    public = rsa_key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    for name, encoded in (("keypair", pkcs8(rsa_key)), ("secretkey", pkcs8(rsa_key)), ("publickey", public)):
        arguments = (SIGNATURES, algorithm, encoded, PKCS8, OUT)
        if bits != rsa_key.key_size:
            assert calls.refused(f"{name}_import", *arguments) == Errno.INVALID_KEY
            continue
        handle = calls(f"{name}_import", *arguments)
        assert calls.pull(calls(f"{name}_export", handle, PKCS8, OUT)) == encoded
        for encoding in (RAW, SEC, LOCAL) if name != "keypair" else (RAW, 3):
            assert calls.refused(f"{name}_export", handle, encoding, OUT) == Errno.UNSUPPORTED_ENCODING
            number = calls.refused(f"{name}_import", SIGNATURES, algorithm, encoded, encoding, OUT)
            assert number == Errno.UNSUPPORTED_ENCODING
        if name == "publickey":
            calls("publickey_verify", handle)
    for bad in (b"", public, public[:-1], pkcs8(rsa_key)[:-1]):
        for name in ("keypair", "secretkey"):
            assert calls.refused(f"{name}_import", SIGNATURES, algorithm, bad, PKCS8, OUT) == Errno.INVALID_KEY


def test_rsa_keys_are_generated(calls: CryptoCalls) -> None:
    pair = calls("keypair_generate", SIGNATURES, "rsa_pss_2048_sha512", None, OUT)
    key = serialization.load_pem_private_key(calls.pull(calls("keypair_export", pair, PEM, OUT)), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    assert (key.key_size, key.public_key().public_numbers().e) == (2048, 65537)


def test_public_keys_are_verified(calls: CryptoCalls) -> None:
    for raw in (bytes(32), b"\1" + bytes(31)):  # points of a small order
        public = calls("publickey_import", KEY_EXCHANGE, "X25519", raw, RAW, OUT)
        assert calls.refused("publickey_verify", public) == Errno.INVALID_KEY
        secret = calls("secretkey_import", KEY_EXCHANGE, "X25519", bytes(range(32)), RAW, OUT)
        assert calls.refused("kx_dh", public, secret, OUT) == Errno.INVALID_KEY
    public = calls("publickey_import", KEY_EXCHANGE, "X25519", AGREEMENTS[0].public, RAW, OUT)
    calls("publickey_verify", public)
    public = calls("publickey_import", SIGNATURES, "Ed25519", SIGNED[0].public, RAW, OUT)
    assert calls.refused("publickey_verify", public) == Errno.NOT_IMPLEMENTED


def test_types_and_names_of_algorithms(calls: CryptoCalls) -> None:
    for type_, name, number in (
        (SYMMETRIC, "AES-128-GCM", Errno.INVALID_OPERATION),
        (SYMMETRIC, "none", Errno.INVALID_OPERATION),
        (3, "Ed25519", Errno.UNSUPPORTED_ALGORITHM),
        (2**32 - 1, "Ed25519", Errno.UNSUPPORTED_ALGORITHM),
        (KEY_EXCHANGE, "Ed25519", Errno.UNSUPPORTED_ALGORITHM),
        (SIGNATURES, "X25519", Errno.UNSUPPORTED_ALGORITHM),
        (SIGNATURES, "RSA_PKCS1_1024_SHA256", Errno.UNSUPPORTED_ALGORITHM),
        (SIGNATURES, "RSA_PKCS1_3072_SHA256", Errno.UNSUPPORTED_ALGORITHM),
        (SIGNATURES, "", Errno.UNSUPPORTED_ALGORITHM),
        (KEY_EXCHANGE, b"\xff", Errno.UNSUPPORTED_ALGORITHM),
    ):
        assert calls.refused("keypair_generate", type_, name, None, OUT) == number
        for kind in ("keypair", "publickey", "secretkey"):
            assert calls.refused(f"{kind}_import", type_, name, bytes(32), RAW, OUT) == number
    for type_, other in ((SIGNATURES, KEY_EXCHANGE), (KEY_EXCHANGE, SYMMETRIC)):
        name = "ed25519" if type_ == SIGNATURES else "x25519"
        options = calls("options_open", other, OUT)
        assert calls.refused("keypair_generate", type_, name, Some(options), OUT) == Errno.INVALID_HANDLE
        calls("keypair_generate", type_, name, Some(calls("options_open", type_, OUT)), OUT)


def test_key_exchange_wants_keys_of_one_algorithm(calls: CryptoCalls) -> None:
    publics, secrets = {}, {}
    for type_, name in (
        (2, "X25519"),
        (2, "P256-SHA256"),
        (2, "P384-SHA384"),
        (0, "Ed25519"),
        (0, "ECDSA_P256_SHA256"),
    ):
        pair = calls("keypair_generate", type_, name, None, OUT)
        publics[name], secrets[name] = (calls(f"keypair_{half}", pair, OUT) for half in ("publickey", "secretkey"))
    exchanges = list(publics)[:3]
    for a, public in publics.items():
        for b, secret in secrets.items():
            number = calls.refused("keypair_from_pk_and_sk", public, secret, OUT)
            assert number == (Errno.NOT_IMPLEMENTED if a == b else Errno.INVALID_KEY)
            if {a, b} <= set(exchanges):
                if a == b:
                    assert len(calls.pull(calls("kx_dh", public, secret, OUT))) == (48 if "384" in a else 32)
                else:
                    assert calls.refused("kx_dh", public, secret, OUT) == Errno.INVALID_KEY
            else:
                assert calls.refused("kx_dh", public, secret, OUT) == Errno.INVALID_HANDLE
        number = Errno.NOT_IMPLEMENTED if a in exchanges else Errno.INVALID_HANDLE
        assert calls.refused("kx_encapsulate", public, OUT, OUT) == number
        assert calls.refused("kx_decapsulate", secrets[a], b"secret", OUT) == number
