# SPDX-License-Identifier: Apache-2.0
"""Handles of wasi-crypto of all types, what uses them, and what closes them."""

from __future__ import annotations

from typing import Any

from crypto_guests import OUT, RAW, SIGNATURES, SYMMETRIC, CryptoCalls, Room, Some

CLOSING = {
    "options": "options_close",
    "verification": "signature_verification_state_close",
    "publickey": "publickey_close",
    "secretkey": "secretkey_close",
    "keypair": "keypair_close",
    "signature": "signature_close",
    "signing": "signature_state_close",
    "state": "symmetric_state_close",
    "key": "symmetric_key_close",
    "tag": "symmetric_tag_close",
}


def open_all(calls: CryptoCalls) -> dict[str, int]:
    """Open a handle of each type."""
    keypair = calls("keypair_generate", SIGNATURES, "Ed25519", None, OUT)
    publickey = calls("keypair_publickey", keypair, OUT)
    key = calls("symmetric_key_generate", "HMAC/SHA-256", None, OUT)
    signing = calls("signature_state_open", keypair, OUT)
    state = calls("symmetric_state_open", "HMAC/SHA-256", Some(key), None, OUT)
    return {
        "array_output": calls("symmetric_key_export", key, OUT),
        "options": calls("options_open", SYMMETRIC, OUT),
        "verification": calls("signature_verification_state_open", publickey, OUT),
        "publickey": publickey,
        "secretkey": calls("keypair_secretkey", keypair, OUT),
        "keypair": keypair,
        "signature": calls("signature_state_sign", signing, OUT),
        "signing": signing,
        "state": state,
        "key": key,
        "tag": calls("symmetric_state_squeeze_tag", state, OUT),
    }


def uses(handle: int) -> dict[str, list[tuple[Any, ...]]]:
    """Return, for each type, calls that use a handle of it."""
    signed = [(f"signature_{name}update", handle, b"data") for name in ("state_", "verification_state_")]
    return {
        "array_output": [("array_output_len", handle, OUT), ("array_output_pull", handle, Room(4), OUT)],
        "options": [
            ("options_set", handle, "nonce", b"value"),
            ("options_set_u64", handle, "ops_limit", 3),
            ("options_set_guest_buffer", handle, "buffer", Room(8)),
            ("symmetric_state_open", "SHA-256", None, Some(handle), OUT),
            ("symmetric_key_generate", "HMAC/SHA-256", Some(handle), OUT),
        ],
        "verification": [signed[1]],
        "publickey": [("publickey_export", handle, RAW, OUT), ("signature_verification_state_open", handle, OUT)],
        "secretkey": [("secretkey_export", handle, RAW, OUT), ("publickey_from_secretkey", handle, OUT)],
        "keypair": [
            ("keypair_export", handle, RAW, OUT),
            ("keypair_publickey", handle, OUT),
            ("keypair_secretkey", handle, OUT),
            ("signature_state_open", handle, OUT),
        ],
        "signature": [("signature_export", handle, RAW, OUT)],
        "signing": [signed[0], ("signature_state_sign", handle, OUT)],
        "state": [
            ("symmetric_state_clone", handle, OUT),
            ("symmetric_state_absorb", handle, b"data"),
            ("symmetric_state_squeeze_tag", handle, OUT),
        ],
        "key": [
            ("symmetric_key_export", handle, OUT),
            ("symmetric_state_open", "HMAC/SHA-256", Some(handle), None, OUT),
        ],
        "tag": [("symmetric_tag_len", handle, OUT), ("symmetric_tag_pull", handle, Room(32), OUT)],
    }
