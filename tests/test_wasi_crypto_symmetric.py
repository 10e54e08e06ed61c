# SPDX-License-Identifier: Apache-2.0
"""Symmetric functions of wasi-crypto one by one: what each algorithm does, and the numbers of what it does not."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Wat

pytest.importorskip("cryptography", reason="the package cryptography, of the extra crypto, is not installed")

from crypto_guests import (
    CIPHERS,
    KEY_EXCHANGE,
    NONCE,
    OUT,
    SIGNATURES,
    SYMMETRIC,
    CryptoCalls,
    Out,
    Room,
    Some,
    make_calls,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from wasmedge.hosts.crypto import Errno

pytestmark = pytest.mark.extras

HASHES = ["SHA-256", "SHA-512", "SHA-512/256"]
MACS = ["HMAC/SHA-256", "HMAC/SHA-512"]
EXTRACTS = ["HKDF-EXTRACT/SHA-256", "HKDF-EXTRACT/SHA-512"]
EXPANDS = ["HKDF-EXPAND/SHA-256", "HKDF-EXPAND/SHA-512"]


calls = pytest.fixture(scope="module")(make_calls)


def open_state(calls: CryptoCalls, algorithm: str) -> int:
    """Open a state with what its algorithm needs."""
    if algorithm in HASHES:
        return calls.state(algorithm)
    if algorithm in CIPHERS:
        return calls.cipher(algorithm)
    return calls.state(algorithm, bytes(64 if "512" in algorithm else 32))


def test_hashes_go_on_after_they_are_read(calls: CryptoCalls) -> None:
    state = calls.state("sha-256")
    for message in (b"", b"a", b"ab", b"abc"):
        for _ in range(2):
            assert calls("symmetric_state_squeeze", state, Room(32)) == hashlib.sha256(message).digest()
        calls("symmetric_state_absorb", state, "abc"[len(message) :][:1])
    assert calls("symmetric_state_squeeze", state, Room(0)) == b""
    assert calls.refused("symmetric_state_squeeze", state, Room(33)) == Errno.INVALID_LENGTH
    calls("symmetric_state_close", state)


@pytest.mark.parametrize("algorithm", HASHES)
def test_hashes_have_no_keys(calls: CryptoCalls, algorithm: str) -> None:
    assert calls.refused("symmetric_key_generate", algorithm, None, OUT) == Errno.KEY_NOT_SUPPORTED
    assert calls.refused("symmetric_key_import", algorithm, b"key", OUT) == Errno.KEY_NOT_SUPPORTED
    key = Some(calls("symmetric_key_generate", "HMAC/SHA-256", None, OUT))
    assert calls.refused("symmetric_state_open", algorithm, key, None, OUT) == Errno.KEY_NOT_SUPPORTED


def test_long_messages_are_read_without_a_copy(wat: Wat) -> None:
    calls = CryptoCalls(wat, pages=64)
    message = bytes(range(256)) * 8192
    state = calls.state("SHA-512")
    calls("symmetric_state_absorb", state, message)
    assert calls("symmetric_state_squeeze", state, Room(64)) == hashlib.sha512(message).digest()
    state = calls.state("AES-256-GCM", bytes(32), NONCE)
    written, size = calls("symmetric_state_encrypt", state, Room(len(message) + 16, b""), message, OUT)
    assert size == len(message) + 16
    state = calls.state("AES-256-GCM", bytes(32), NONCE)
    assert calls("symmetric_state_decrypt", state, Room(len(message), b""), written, OUT) == [message, len(message)]


def test_clones_go_their_own_ways(calls: CryptoCalls) -> None:
    for algorithm in HASHES + MACS:
        state = open_state(calls, algorithm)
        calls("symmetric_state_absorb", state, "a")
        clone = calls("symmetric_state_clone", state, OUT)
        assert clone != state
        calls("symmetric_state_absorb", clone, "b")
        found = []
        for each in (state, clone):
            if algorithm in HASHES:
                found.append(calls("symmetric_state_squeeze", each, Room(32)))
            else:
                tag = calls("symmetric_state_squeeze_tag", each, OUT)
                found.append(calls("symmetric_tag_pull", tag, Room(calls("symmetric_tag_len", tag, OUT)), OUT)[0])
        assert found[0] != found[1]
        calls("symmetric_state_close", state)
        calls("symmetric_state_absorb", clone, "c")


@pytest.mark.parametrize("algorithm", [*EXTRACTS, *EXPANDS, *CIPHERS])
def test_states_that_have_no_clones(calls: CryptoCalls, algorithm: str) -> None:
    assert calls.refused("symmetric_state_clone", open_state(calls, algorithm), OUT) == Errno.NOT_IMPLEMENTED


@pytest.mark.parametrize("algorithm", [*HASHES, *MACS, *EXTRACTS, *EXPANDS, *CIPHERS])
def test_states_refuse_what_their_algorithm_does_not_do(calls: CryptoCalls, algorithm: str) -> None:
    state = open_state(calls, algorithm)
    other = {
        "symmetric_state_squeeze": (Room(8),),
        "symmetric_state_squeeze_tag": (OUT,),
        "symmetric_state_squeeze_key": ("HKDF-EXPAND/SHA-256", OUT),
        "symmetric_state_max_tag_len": (OUT,),
        "symmetric_state_encrypt": (Room(3), b"data", OUT),
        "symmetric_state_encrypt_detached": (Room(3), b"data", OUT),
        "symmetric_state_decrypt": (Room(3), b"data", OUT),
        "symmetric_state_decrypt_detached": (Room(3), b"data", b"tag", OUT),
        "symmetric_state_ratchet": (),
    }
    if algorithm in HASHES + EXPANDS:
        del other["symmetric_state_squeeze"]
    if algorithm in MACS:
        del other["symmetric_state_squeeze_tag"]
    if algorithm in EXTRACTS:
        del other["symmetric_state_squeeze_key"]
    if algorithm in CIPHERS:
        other = {name: args for name, args in other.items() if "crypt" not in name and "max_tag_len" not in name}
    for name, args in other.items():
        assert calls.refused(name, state, *args) == Errno.INVALID_OPERATION, name
    for option in (b"nonce", b"salt", b"", b"n" * 1000, b"\xff"):
        if not (algorithm in CIPHERS and option == b"nonce"):
            number = calls.refused("symmetric_state_options_get", state, option, Room(64), OUT)
            assert number == Errno.UNSUPPORTED_OPTION
        number = calls.refused("symmetric_state_options_get_u64", state, option, Out(8))
        assert number == Errno.UNSUPPORTED_OPTION
    calls("symmetric_state_close", state)


@pytest.mark.parametrize("algorithm", MACS)
@pytest.mark.parametrize("key", [b"", b"k", bytes(range(200))], ids=len)
def test_macs_take_keys_of_any_size(calls: CryptoCalls, algorithm: str, key: bytes) -> None:
    state = calls.state(algorithm, key)
    expected = hmac.new(key, b"message", algorithm[-7:].replace("-", "").lower())
    for message in (b"mess", b"age"):
        calls("symmetric_state_absorb", state, message)
    for _ in range(2):
        tag = calls("symmetric_state_squeeze_tag", state, OUT)
        size = expected.digest_size
        assert calls("symmetric_tag_len", tag, OUT) == size
        assert calls("symmetric_tag_pull", tag, Room(size), OUT) == [expected.digest(), size]
        assert calls("symmetric_tag_pull", tag, Room(size), OUT) == [expected.digest(), size]
        calls("symmetric_tag_close", tag)
        assert calls.refused("symmetric_tag_close", tag) == Errno.CLOSED


def test_tags_are_compared_as_a_whole(calls: CryptoCalls) -> None:
    state = calls.state("HMAC/SHA-256", b"key")
    right = hmac.digest(b"key", b"", "sha256")
    tag = calls("symmetric_state_squeeze_tag", state, OUT)
    calls("symmetric_tag_verify", tag, right)
    for wrong in (b"", right[:16], right[:-1], right + b"\0", right[:-1] + b"\0", bytes(32)):
        assert calls.refused("symmetric_tag_verify", tag, wrong) == Errno.INVALID_TAG
    assert calls.refused("symmetric_tag_pull", tag, Room(31), OUT) == Errno.OVERFLOW
    assert calls.refused("symmetric_tag_pull", tag, Room(33), OUT) == Errno.INVALID_LENGTH


def test_keys_are_needed_and_of_their_algorithm(calls: CryptoCalls) -> None:
    key = Some(calls("symmetric_key_import", "AES-128-GCM", bytes(16), OUT))
    for algorithm in [*MACS, *EXTRACTS, *EXPANDS, "AES-256-GCM", "CHACHA20-POLY1305"]:
        assert calls.refused("symmetric_state_open", algorithm, None, None, OUT) == Errno.KEY_REQUIRED
        assert calls.refused("symmetric_state_open", algorithm, key, None, OUT) == Errno.INVALID_KEY
    assert calls.pull(calls("symmetric_key_export", key.handle, OUT)) == bytes(16)


@pytest.mark.parametrize("digest", ["sha256", "sha512"])
@settings(max_examples=20)
@given(st.binary(max_size=200), st.binary(max_size=200), st.binary(max_size=200), st.integers(1, 300))
def test_derivation_is_that_of_rfc_5869(
    calls: CryptoCalls, digest: str, secret: bytes, salt: bytes, info: bytes, size: int
) -> None:
    name = digest.upper().replace("SHA", "SHA-")
    state = calls.state(f"HKDF-EXTRACT/{name}", secret)
    for i in range(0, len(salt), 50):
        calls("symmetric_state_absorb", state, salt[i : i + 50])
    key = calls("symmetric_state_squeeze_key", state, f"HKDF-EXPAND/{name}", OUT)
    prk = hmac.digest(salt or b"\0", secret, digest)
    assert calls.pull(calls("symmetric_key_export", key, OUT)) == prk
    expand = calls("symmetric_state_open", f"HKDF-EXPAND/{name}", Some(key), None, OUT)
    calls("symmetric_state_absorb", expand, info)
    block, blocks = b"", b""
    while len(blocks) < size:
        block = hmac.digest(prk, block + info + bytes([len(blocks) // len(prk) + 1]), digest)
        blocks += block
    assert calls("symmetric_state_squeeze", expand, Room(size)) == blocks[:size]
    for name, handle in (("state", state), ("state", expand), ("key", key)):
        calls(f"symmetric_{name}_close", handle)


def test_derivation_has_its_limits(calls: CryptoCalls) -> None:
    assert calls.refused("symmetric_key_generate", "HKDF-EXPAND/SHA-256", None, OUT) == Errno.UNSUPPORTED_FEATURE
    for size in (0, 31, 33, 64):
        assert calls.refused("symmetric_key_import", "HKDF-EXPAND/SHA-256", bytes(size), OUT) == Errno.INVALID_KEY
    state = calls.state("HKDF-EXPAND/SHA-256", bytes(32))
    assert len(calls("symmetric_state_squeeze", state, Room(255 * 32))) == 255 * 32
    assert calls("symmetric_state_squeeze", state, Room(0)) == b""
    assert calls.refused("symmetric_state_squeeze", state, Room(255 * 32 + 1)) == Errno.INVALID_KEY
    state = calls.state("HKDF-EXTRACT/SHA-256", b"")
    for name in ("HKDF-EXPAND/SHA-512", "HKDF-EXTRACT/SHA-256", "HMAC/SHA-256", "AES-256-GCM", "none"):
        assert calls.refused("symmetric_state_squeeze_key", state, name, OUT) == Errno.UNSUPPORTED_ALGORITHM


def test_options_of_each_type(calls: CryptoCalls) -> None:
    options = calls("options_open", SYMMETRIC, OUT)
    for name in ("context", "salt", "nonce", "Salt"):
        calls("options_set", options, name, b"value")
        assert calls.refused("options_set_u64", options, name, 1) == Errno.UNSUPPORTED_OPTION
        assert calls.refused("options_set_guest_buffer", options, name, Room(8)) == Errno.UNSUPPORTED_OPTION
    for name in ("memory_limit", "ops_limit", "parallelism", "OPS_LIMIT"):
        calls("options_set_u64", options, name, 2**64 - 1)
        assert calls.refused("options_set", options, name, b"value") == Errno.UNSUPPORTED_OPTION
    calls("options_set_guest_buffer", options, "buffer", Room(8))
    for unknown in (b"", b"other", b"nonce\0", b"n" * 1000, b"\xff\xfe"):
        assert calls.refused("options_set", options, unknown, b"value") == Errno.UNSUPPORTED_OPTION
    for type_ in (SIGNATURES, KEY_EXCHANGE):
        other = calls("options_open", type_, OUT)
        assert calls.refused("options_set", other, "nonce", b"value") == Errno.UNSUPPORTED_OPTION
        assert calls.refused("options_set_u64", other, "ops_limit", 1) == Errno.UNSUPPORTED_OPTION
        assert calls.refused("options_set_guest_buffer", other, "buffer", Room(8)) == Errno.UNSUPPORTED_OPTION
        for name, args in (("key_generate", ("HMAC/SHA-256",)), ("state_open", ("SHA-256", None))):
            assert calls.refused(f"symmetric_{name}", *args, Some(other), OUT) == Errno.INVALID_HANDLE
    for type_ in (3, 256, 2**32 - 1):
        assert calls.refused("options_open", type_, OUT) == Errno.UNSUPPORTED_ALGORITHM


@pytest.mark.parametrize(
    "name",
    ["", "SHA-1", "MD5", "SHA-256 ", "SHA-256\0", "AES-192-GCM", "XCHACHA20-POLY1305", "Ed25519", "\u017fHA-256"],
)
def test_unknown_algorithms(calls: CryptoCalls, name: str) -> None:
    key = calls("symmetric_key_import", "HKDF-EXTRACT/SHA-256", b"secret", OUT)
    state = calls("symmetric_state_open", "HKDF-EXTRACT/SHA-256", Some(key), None, OUT)
    for function, args in {
        "symmetric_key_generate": (name, None, OUT),
        "symmetric_key_import": (name, b"key", OUT),
        "symmetric_state_open": (name, None, None, OUT),
        "symmetric_state_squeeze_key": (state, name, OUT),
    }.items():
        assert calls.refused(function, *args) == Errno.UNSUPPORTED_ALGORITHM


def test_outputs_are_pulled_piece_by_piece(calls: CryptoCalls) -> None:
    key = calls("symmetric_key_import", "HMAC/SHA-256", bytes(range(10)), OUT)
    output = calls("symmetric_key_export", key, OUT)
    pieces = []
    for size in (0, 4, 5, 0, 3):
        assert calls("array_output_len", output, OUT) == 10
        pieces.append(calls("array_output_pull", output, Room(size), OUT))
    assert [piece[0] for piece in pieces] == [b"", b"\0\1\2\3", b"\4\5\6\7\10", b"", b"\11\xaa\xaa"]
    assert [piece[1] for piece in pieces] == [0, 4, 5, 0, 1]
    for name, args in (("array_output_len", (OUT,)), ("array_output_pull", (Room(4), OUT))):
        assert calls.refused(name, output, *args) == Errno.INVALID_HANDLE
    empty = calls("symmetric_key_import", "HMAC/SHA-256", b"", OUT)
    assert calls.pull(calls("symmetric_key_export", empty, OUT)) == b""
