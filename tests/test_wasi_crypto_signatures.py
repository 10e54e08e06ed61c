# SPDX-License-Identifier: Apache-2.0
"""Signatures of wasi-crypto: messages that go on, encodings, and what is refused."""

from __future__ import annotations

import pytest

pytest.importorskip("cryptography", reason="the package cryptography, of the extra crypto, is not installed")

from crypto_guests import DER, KEY_EXCHANGE, OUT, PEM, RAW, SIGNATURES, CryptoCalls, make_calls
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from wasmedge.hosts.crypto import Errno

pytestmark = pytest.mark.extras


calls = pytest.fixture(scope="module")(make_calls)


def sign(calls: CryptoCalls, algorithm: str, *messages: bytes) -> tuple[int, int, int]:
    """Sign messages by a new key; return the handles of the public key, the state and the last signature."""
    pair = calls("keypair_generate", SIGNATURES, algorithm, None, OUT)
    state, signature = calls("signature_state_open", pair, OUT), 0
    for message in messages:
        calls("signature_state_update", state, message)
        signature = calls("signature_state_sign", state, OUT)
    return calls("keypair_publickey", pair, OUT), state, signature


@pytest.mark.parametrize("algorithm", ["Ed25519", "ECDSA_P256_SHA256", "ECDSA_P384_SHA384", "ECDSA_K256_SHA256"])
def test_signing_and_verifying_go_on(calls: CryptoCalls, algorithm: str) -> None:
    public, state, signature = sign(calls, algorithm, b"one", b", two")
    verification = calls("signature_verification_state_open", public, OUT)
    verify = ("signature_verification_state_verify", verification, signature)
    assert calls.refused(*verify) == Errno.VERIFICATION_FAILED
    calls("signature_verification_state_update", verification, b"one, two")
    calls(*verify)
    calls(*verify)
    calls("signature_verification_state_update", verification, b"!")
    assert calls.refused(*verify) == Errno.VERIFICATION_FAILED
    for name, args in (
        ("signature_state_update", (b"",)),
        ("signature_state_sign", (OUT,)),
        ("signature_state_close", ()),
    ):
        expected = Errno.CLOSED if "close" in name else Errno.INVALID_HANDLE
        assert calls.refused(name, verification, *args) == expected
    assert calls.refused("signature_verification_state_update", state, b"") == Errno.INVALID_HANDLE


@pytest.mark.parametrize(("algorithm", "size"), [("P256_SHA256", 32), ("K256_SHA256", 32), ("P384_SHA384", 48)])
def test_signatures_of_ecdsa_in_their_encodings(calls: CryptoCalls, algorithm: str, size: int) -> None:
    algorithm = f"ECDSA_{algorithm}"
    _, _, signature = sign(calls, algorithm, b"message")
    raw, der = (calls.pull(calls("signature_export", signature, encoding, OUT)) for encoding in (RAW, DER))
    assert len(raw) == 2 * size
    for encoded, encoding in ((raw, RAW), (der, DER)):
        again = calls("signature_import", algorithm, encoded, encoding, OUT)
        assert calls.pull(calls("signature_export", again, RAW, OUT)) == raw
        assert calls.pull(calls("signature_export", again, DER, OUT)) == der
    for bad in (b"", raw[:-1], raw + b"\0", b"\0" * 70000):
        assert calls.refused("signature_import", algorithm, bad, RAW, OUT) == Errno.INVALID_SIGNATURE
    large = bytes([2, size + 2, 1]) + bytes(size + 1)  # an integer that a raw signature has no room for
    negative = bytes([2, 1, 0xFF])
    for bad in (b"", der[:-1], der + b"\0", raw, b"\x30\0", bytes([0x30, len(large) + 3]) + large + b"\2\1\1"):
        assert calls.refused("signature_import", algorithm, bad, DER, OUT) == Errno.INVALID_SIGNATURE
    bad = bytes([0x30, 2 * len(negative)]) + 2 * negative
    assert calls.refused("signature_import", algorithm, bad, DER, OUT) == Errno.INVALID_SIGNATURE
    for function, args in (("signature_import", (algorithm, raw)), ("signature_export", (signature,))):
        assert calls.refused(function, *args, 2, OUT) == Errno.UNSUPPORTED_ENCODING


def test_signatures_that_are_none(calls: CryptoCalls) -> None:
    algorithms = ["Ed25519", "ECDSA_P256_SHA256", "ECDSA_K256_SHA256", "ECDSA_P384_SHA384"]
    signed = {name: sign(calls, name, b"message") for name in algorithms}
    for a, (public, _, _) in signed.items():
        state = calls("signature_verification_state_open", public, OUT)
        calls("signature_verification_state_update", state, b"message")
        for b, (_, _, signature) in signed.items():
            if a != b:
                number = calls.refused("signature_verification_state_verify", state, signature)
                assert number == Errno.INVALID_SIGNATURE
        size = 96 if "384" in a else 64
        for raw in (bytes(size), b"\xff" * size):  # of which OpenSSL says that an error has happened
            signature = calls("signature_import", a, raw, RAW, OUT)
            number = calls.refused("signature_verification_state_verify", state, signature)
            assert number == Errno.VERIFICATION_FAILED
    _, _, signature = signed["Ed25519"]
    assert calls.refused("signature_export", signature, DER, OUT) == Errno.UNSUPPORTED_ENCODING
    assert calls.refused("signature_import", "Ed25519", bytes(64), DER, OUT) == Errno.UNSUPPORTED_ENCODING
    assert calls.refused("signature_import", "Ed25519", bytes(63), RAW, OUT) == Errno.INVALID_SIGNATURE
    assert calls.refused("signature_import", "X25519", bytes(64), RAW, OUT) == Errno.UNSUPPORTED_ALGORITHM
    exchange = calls("keypair_generate", KEY_EXCHANGE, "X25519", None, OUT)
    assert calls.refused("signature_state_open", exchange, OUT) == Errno.INVALID_HANDLE
    public = calls("keypair_publickey", exchange, OUT)
    assert calls.refused("signature_verification_state_open", public, OUT) == Errno.INVALID_HANDLE


@pytest.mark.parametrize(
    "salt", [padding.PSS.MAX_LENGTH, padding.PSS.DIGEST_LENGTH, 0], ids=["longest", "digest", "none"]
)
def test_signatures_of_rsa_with_any_salt(calls: CryptoCalls, salt: int) -> None:
    """OpenSSL, and with it the native plug-in, signs with the longest salt."""
    rsa_key = rsa.generate_private_key(65537, 2048)
    raw = rsa_key.sign(b"message", padding.PSS(padding.MGF1(hashes.SHA384()), salt), hashes.SHA384())
    name = "RSA_PSS_2048_SHA384"
    encoded = rsa_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    public = calls("publickey_import", SIGNATURES, name, encoded, PEM, OUT)
    state = calls("signature_verification_state_open", public, OUT)
    calls("signature_verification_state_update", state, b"message")
    signature = calls("signature_import", name, raw, RAW, OUT)
    calls("signature_verification_state_verify", state, signature)
    for function, args in (("signature_export", (signature,)), ("signature_import", (name, raw))):
        assert calls.refused(function, *args, DER, OUT) == Errno.NOT_IMPLEMENTED
    for bad in (b"", raw[:-1], raw + b"\0"):
        assert calls.refused("signature_import", name, bad, RAW, OUT) == Errno.INVALID_SIGNATURE
    for bad in (bytes(256), b"\xff" * 256):
        signature = calls("signature_import", name, bad, RAW, OUT)
        number = calls.refused("signature_verification_state_verify", state, signature)
        assert number == Errno.VERIFICATION_FAILED
    other = calls("signature_import", "RSA_PKCS1_2048_SHA384", raw, RAW, OUT)
    assert calls.refused("signature_verification_state_verify", state, other) == Errno.INVALID_SIGNATURE
