# SPDX-License-Identifier: Apache-2.0
"""Ciphers of wasi-crypto: nonces, rooms, tags, and what was changed on the way."""

from __future__ import annotations

import pytest

pytest.importorskip("cryptography", reason="the package cryptography, of the extra crypto, is not installed")

from crypto_guests import CIPHERS, NONCE, OUT, SYMMETRIC, CryptoCalls, Room, Some, make_calls

from wasmedge.hosts.crypto import Errno

pytestmark = pytest.mark.extras


calls = pytest.fixture(scope="module")(make_calls)


@pytest.mark.parametrize("algorithm", CIPHERS)
def test_ciphers_need_a_nonce_and_a_key_of_their_size(calls: CryptoCalls, algorithm: str) -> None:
    key = Some(calls("symmetric_key_generate", algorithm, None, OUT))
    assert calls.refused("symmetric_state_open", algorithm, key, None, OUT) == Errno.NONCE_REQUIRED
    options = Some(calls("options_open", SYMMETRIC, OUT))
    assert calls.refused("symmetric_state_open", algorithm, key, options, OUT) == Errno.INVALID_NONCE
    for size in (0, 11, 13, 24):
        calls("options_set", options.handle, "nonce", bytes(size))
        assert calls.refused("symmetric_state_open", algorithm, key, options, OUT) == Errno.INVALID_NONCE
    calls("options_set", options.handle, "NONCE", NONCE)
    for size in (0, 15, 17, 24, 31, 33):
        wrong = Some(calls("symmetric_key_import", algorithm, bytes(size), OUT))
        assert calls.refused("symmetric_state_open", algorithm, wrong, options, OUT) == Errno.INVALID_KEY
    state = calls("symmetric_state_open", algorithm, key, options, OUT)
    calls("options_set", options.handle, "nonce", bytes(12))
    assert calls("symmetric_state_options_get", state, "Nonce", Room(20), OUT) == [NONCE + b"\xaa" * 8, 12]
    assert calls.refused("symmetric_state_options_get", state, "nonce", Room(11), OUT) == Errno.OVERFLOW
    assert calls("symmetric_state_max_tag_len", state, OUT) == 16


@pytest.mark.parametrize("algorithm", CIPHERS)
def test_ciphers_want_exactly_room_enough(calls: CryptoCalls, algorithm: str) -> None:
    state = calls.cipher(algorithm)
    for size in (0, 4, 19, 21):
        assert calls.refused("symmetric_state_encrypt", state, Room(size), b"data", OUT) == Errno.INVALID_LENGTH
    for size in (0, 3, 5):
        number = calls.refused("symmetric_state_encrypt_detached", state, Room(size), b"data", OUT)
        assert number == Errno.INVALID_LENGTH
        assert calls.refused("symmetric_state_decrypt", state, Room(size), bytes(20), OUT) == Errno.INVALID_LENGTH
        number = calls.refused("symmetric_state_decrypt_detached", state, Room(size), b"data", bytes(16), OUT)
        assert number == Errno.INVALID_LENGTH
    assert calls.refused("symmetric_state_decrypt", state, Room(0), bytes(15), OUT) == Errno.INVALID_LENGTH


@pytest.mark.parametrize("algorithm", CIPHERS)
def test_ciphers_do_not_decrypt_what_was_changed(calls: CryptoCalls, algorithm: str) -> None:
    state = calls.cipher(algorithm)
    calls("symmetric_state_absorb", state, "addi")
    calls("symmetric_state_absorb", state, "tional")
    encrypted, _ = calls("symmetric_state_encrypt", state, Room(20), b"data", OUT)
    state = calls.cipher(algorithm)
    calls("symmetric_state_absorb", state, "additional")
    for i in range(20):
        changed = encrypted[:i] + bytes([encrypted[i] ^ 0x80]) + encrypted[i + 1 :]
        assert calls.refused("symmetric_state_decrypt", state, Room(4), changed, OUT) == Errno.INVALID_TAG
        assert calls.memory.read(64, 4) == bytes(4)  # where the room is
        number = calls.refused("symmetric_state_decrypt_detached", state, Room(4), changed[:4], changed[4:], OUT)
        assert number == Errno.INVALID_TAG
        assert calls.memory.read(64, 4) == bytes(4)
    for size in (0, 12, 15, 17):
        tag = (encrypted[4:] + b"\0")[:size]
        number = calls.refused("symmetric_state_decrypt_detached", state, Room(4), encrypted[:4], tag, OUT)
        assert number == Errno.INVALID_TAG
    assert calls("symmetric_state_decrypt", state, Room(4), encrypted, OUT) == [b"data", 4]
    calls("symmetric_state_absorb", state, "!")
    assert calls.refused("symmetric_state_decrypt", state, Room(4), encrypted, OUT) == Errno.INVALID_TAG


@pytest.mark.parametrize("algorithm", CIPHERS)
def test_ciphers_use_a_nonce_once(calls: CryptoCalls, algorithm: str) -> None:
    state = calls.cipher(algorithm)
    calls("symmetric_state_encrypt", state, Room(20), b"data", OUT)
    for name, size in (("symmetric_state_encrypt", 20), ("symmetric_state_encrypt_detached", 4)):
        assert calls.refused(name, state, Room(size), b"more", OUT) == Errno.ALGORITHM_FAILURE


@pytest.mark.parametrize("algorithm", CIPHERS)
def test_ciphers_work_in_place(calls: CryptoCalls, algorithm: str) -> None:
    """What is encrypted may lie where it is written, and beside it."""
    message = bytes(range(256)) * 32
    for shift in (0, 1, 16, 5000):
        state = calls.cipher(algorithm)
        calls.memory.write(1000 + shift, message)
        size = len(message)
        assert calls.raw("symmetric_state_encrypt", state, 1000, size + 16, 1000 + shift, size, 0) == 0
        state = calls.cipher(algorithm)
        assert calls.raw("symmetric_state_decrypt", state, 1000 + shift, size, 1000, size + 16, 0) == 0
        assert calls.memory.read(1000 + shift, size) == message
