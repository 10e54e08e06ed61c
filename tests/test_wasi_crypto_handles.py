# SPDX-License-Identifier: Apache-2.0
"""Handles of wasi-crypto: each is of one type until it is closed, and there is a limit to what they keep."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import CheckPython, InThreads, Wat

pytest.importorskip("cryptography", reason="the package cryptography, of the extra crypto, is not installed")

from crypto_guests import OUT, SIGNATURES, SYMMETRIC, CryptoCalls, Some, make_calls
from crypto_handles import CLOSING, open_all, uses

from wasmedge.hosts import WasiCryptoContext
from wasmedge.hosts.crypto import Errno

pytestmark = pytest.mark.extras

calls = pytest.fixture(make_calls)


def test_handles_are_of_one_type(calls: CryptoCalls) -> None:
    handles = open_all(calls)
    # The low byte is the type, as in the native plug-in.
    assert [handle & 0xFF for handle in handles.values()] == list(range(11))
    for type_, handle in handles.items():
        for other, each in uses(handle).items():
            for use in each:
                if type_ != other:
                    assert calls.refused(*use) == Errno.INVALID_HANDLE, (type_, use)
        for other, close in CLOSING.items():
            if type_ != other:
                assert calls.refused(close, handle) == Errno.CLOSED
    for type_, handle in handles.items():
        for use in uses(handle)[type_][:1]:
            calls(*use)


@pytest.mark.parametrize("handle", [0, 1, 0x100, 0xFFFFFFFF, 0x80000005, 12, 255])
def test_handles_that_were_never_open(calls: CryptoCalls, handle: int) -> None:
    for each in uses(handle).values():
        for use in each:
            assert calls.refused(*use) == Errno.INVALID_HANDLE, use
    for close in CLOSING.values():
        assert calls.refused(close, handle) == Errno.CLOSED


def test_handles_that_are_closed(calls: CryptoCalls) -> None:
    handles = open_all(calls)
    calls.pull(handles["array_output"])
    for type_, close in CLOSING.items():
        calls(close, handles[type_])
        assert calls.refused(close, handles[type_]) == Errno.CLOSED
    assert (calls.context.open_handles, calls.context.kept_bytes) == (0, 0)
    again = open_all(calls)
    assert not set(again.values()) & set(handles.values())
    for type_, handle in handles.items():
        for use in uses(handle)[type_]:
            assert calls.refused(*use) == Errno.INVALID_HANDLE, use


LEAKING = """(module
  (import "wasi_ephemeral_crypto_common" "options_open" (func $open (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "leak") (param $count i32) (result i32) (local $error i32)
    (loop $again
      (local.set $error (call $open (i32.const 1) (i32.const 0)))
      (br_if $again (i32.and
        (i32.eqz (local.get $error))
        (i32.ne (local.tee $count (i32.sub (local.get $count) (i32.const 1))) (i32.const 0)))))
    (local.get $error)))"""


def test_a_guest_that_leaks_handles(check_python: CheckPython, wat: Wat) -> None:
    code = """
    import wasmedge
    from wasmedge.hosts import *

    context = WasiCryptoContext()
    common = WasiCryptoCommonModule(context)
    leak = wasmedge.instantiate(guest, imports={common.name: common}).exports.leak
    print(leak(100_000), context.open_handles)
    print(leak(1), context.open_handles)
    other = WasiCryptoCommonModule(WasiCryptoContext(max_handles=200_000))
    print(wasmedge.instantiate(guest, imports={common.name: other}).exports.leak(100_000), other.context.open_handles)
    """
    assert check_python(code, guest=wat(LEAKING)) == "18 65536\n18 65536\n0 100000\n"


def test_handles_can_be_opened_again_when_others_are_closed(wat: Wat) -> None:
    calls = CryptoCalls(wat, WasiCryptoContext(max_handles=2))
    first, second = (calls("options_open", SYMMETRIC, OUT) for _ in range(2))
    for name, *args in (("options_open", SYMMETRIC, OUT), ("symmetric_state_open", "SHA-256", None, None, OUT)):
        assert calls.refused(str(name), *args) == Errno.TOO_MANY_HANDLES
    calls("options_close", first)
    third = calls("options_open", SYMMETRIC, OUT)
    assert third not in {first, second}


def test_a_guest_that_has_much_kept(wat: Wat) -> None:
    calls = CryptoCalls(wat, WasiCryptoContext(max_bytes=100_000))
    data = bytes(40_000)
    keys = [calls("symmetric_key_import", "HMAC/SHA-256", data, OUT) for _ in range(2)]
    assert calls.context.kept_bytes == 80_000
    options = calls("options_open", SYMMETRIC, OUT)
    pair = calls("keypair_generate", SIGNATURES, "Ed25519", None, OUT)
    signing = calls("signature_state_open", pair, OUT)
    small = calls("symmetric_key_import", "AES-128-GCM", bytes(16), OUT)
    calls("options_set", options, "nonce", bytes(12))
    state = calls("symmetric_state_open", "AES-128-GCM", Some(small), Some(options), OUT)
    for name, *args in (
        ("symmetric_key_import", "HMAC/SHA-256", data, OUT),
        ("symmetric_key_export", keys[0], OUT),
        ("options_set", options, "salt", data),
        ("signature_state_update", signing, data),
        ("symmetric_state_absorb", state, data),
    ):
        assert calls.refused(str(name), *args) == Errno.OVERFLOW, name
    calls("options_set", options, "nonce", bytes(12))
    calls("signature_state_update", signing, data[:5000])
    calls("symmetric_key_close", keys[0])
    calls("symmetric_state_absorb", state, data)
    assert calls.context.kept_bytes == 80_000 + 12 + 16 + 5000
    for name, handle in (("options", options), ("signature_state", signing), ("symmetric_state", state)):
        calls(f"{name}_close", handle)
    assert calls.context.kept_bytes == 40_016
    calls("symmetric_key_close", keys[1])
    calls("symmetric_key_close", small)
    assert calls.context.kept_bytes == 0


def test_threads_share_a_context(wat: Wat, in_threads: InThreads) -> None:
    context = WasiCryptoContext()
    guests = [CryptoCalls(wat, context) for _ in range(4)]
    state = guests[0].state("SHA-256")

    def work(i: int) -> set[int]:
        seen = set()
        for _ in range(50):
            handle = guests[i]("options_open", SYMMETRIC, OUT)
            guests[i]("options_set", handle, "nonce", bytes(100))
            guests[i]("symmetric_state_absorb", state, b"x" * 5000)
            guests[i]("options_close", handle)
            seen.add(handle)
        return seen

    found = in_threads(4, work)
    assert len(set().union(*found)) == 200
    gc.collect()
    assert (context.open_handles, context.kept_bytes) == (1, 0)
