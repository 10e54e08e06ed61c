# SPDX-License-Identifier: Apache-2.0
"""What guests do wrong with wasi-crypto: they get an error number, and the host goes on."""

from __future__ import annotations

import gc
import logging
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import CheckPython, InThreads, Wat

pytest.importorskip("cryptography", reason="the package cryptography, of the extra crypto, is not installed")

from crypto_guests import KEY_EXCHANGE, OUT, PEM, PKCS8, RAW, SEC, SIGNATURES, SYMMETRIC, CryptoCalls, Room, Some
from hypothesis import given, settings
from hypothesis import strategies as st

from wasmedge.hosts import WasiCryptoContext
from wasmedge.hosts.crypto import Errno

pytestmark = pytest.mark.extras

PAGE = 65536
TYPES = ["array_output", "options", "verification", "publickey", "secretkey", "keypair"]
TYPES += ["signature", "signing", "state", "key", "tag"]
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


@pytest.fixture
def calls(wat: Wat) -> CryptoCalls:
    """Return a guest."""
    return CryptoCalls(wat)


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


@pytest.mark.parametrize(
    "pointer", [(4 * PAGE - 3, 4), (4 * PAGE, 1), (0, 4 * PAGE + 1), (0xFFFFFFFF, 1), (8, 0xFFFFFFFF), (0xFFFFFFFF, 0)]
)
def test_pointers_outside_of_the_memory(calls: CryptoCalls, pointer: tuple[int, int]) -> None:
    """Each pointer of each function, while all others are right."""
    handles = open_all(calls)
    for handle in handles.values():
        for each in uses(handle).values():
            for name, *args in each:
                buffers = [i for i, arg in enumerate(args) if not isinstance(arg, int)]
                for wrong in buffers:
                    numbers: list[int] = []
                    for i, arg in enumerate(args):
                        has_size = isinstance(arg, bytes | str | Room)
                        address = pointer[0] if i == wrong else 0
                        size = pointer[1] if i == wrong else 8
                        if isinstance(arg, int):
                            numbers.append(arg)
                        elif has_size:
                            numbers += [address, size]
                        else:
                            numbers.append(0xFFFFFFFD if i == wrong else 0)
                    calls.memory.fill(1, 0, 8)  # as an optional handle: none
                    assert calls.raw(name, *numbers) == Errno.ALGORITHM_FAILURE, (name, numbers)
    assert calls.context.open_handles == len(handles)


def test_optional_handles_with_unknown_tags(calls: CryptoCalls) -> None:
    for tag in (2, 255):
        calls.memory.write(0, bytes([tag]) + bytes(7))
        calls.memory.write(16, b"SHA-256")
        for pointers in ((0, 100), (100, 0)):
            calls.memory.write(100, b"\1" + bytes(7))
            assert calls.raw("symmetric_state_open", 16, 7, *pointers, 200) == Errno.ALGORITHM_FAILURE


def test_guests_without_a_memory(wat: Wat) -> None:
    import wasmedge  # noqa: PLC0415

    code = """(module
      (import "wasi_ephemeral_crypto_common" "options_open" (func $open (param i32 i32) (result i32)))
      (import "wasi_ephemeral_crypto_common" "options_close" (func $close (param i32) (result i32)))
      (func (export "open") (result i32) (call $open (i32.const 1) (i32.const 0)))
      (func (export "close") (result i32) (call $close (i32.const 257))))"""
    common = wasmedge.WasiCryptoCommonModule()
    exports = wasmedge.instantiate(wat(code), imports={common.name: common}).exports
    assert (exports.open(), exports.close()) == (Errno.ALGORITHM_FAILURE, Errno.CLOSED)


@pytest.fixture(scope="module")
def fuzzed(wat: Wat) -> CryptoCalls:
    """Return a guest with handles of all types."""
    calls = CryptoCalls(wat, WasiCryptoContext(max_handles=2000, max_bytes=1_000_000))
    calls.memory.write(0, b"\1" + bytes(7) + b"AES-256-GCM\0\0\0\0\0HKDF-EXTRACT/SHA-256\0\0\0\0nonce")
    open_all(calls)
    return calls


class Kept(logging.Handler):
    """Keeps what is logged as errors."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record."""
        self.messages.append(record.getMessage())


@settings(max_examples=60)
@given(st.data())
def test_any_arguments_get_an_error_number(fuzzed: CryptoCalls, data: st.DataObject) -> None:
    """And nothing else: no exception comes out, and nothing unexpected happens in the host."""
    handler = Kept()
    logging.getLogger("wasmedge.hosts").addHandler(handler)
    i32 = st.one_of(
        st.integers(0, 40),
        st.integers(0, 3).flatmap(lambda n: st.integers(0, 10).map(lambda type_: n << 8 | type_)),
        st.integers(0, 2**32 - 1),
    )
    try:
        name = data.draw(st.sampled_from(sorted(set(fuzzed.functions) - {"keypair_generate"})))
        args = [data.draw(i32) for _ in fuzzed.functions[name].type.params]
        assert Errno(fuzzed.raw(name, *args)) != Errno.INTERNAL_ERROR
    finally:
        logging.getLogger("wasmedge.hosts").removeHandler(handler)
    assert handler.messages == []


@settings(max_examples=100)
@given(st.data())
def test_changed_keys_are_no_keys_or_other_keys(fuzzed: CryptoCalls, data: st.DataObject) -> None:
    kind, type_, algorithm, form = data.draw(
        st.sampled_from(
            [
                ("keypair", SIGNATURES, "ECDSA_P256_SHA256", PKCS8),
                ("secretkey", SIGNATURES, "ECDSA_P384_SHA384", PEM),
                ("publickey", KEY_EXCHANGE, "P256-SHA256", PKCS8),
                ("publickey", KEY_EXCHANGE, "P384-SHA384", SEC),
                ("keypair", SIGNATURES, "Ed25519", RAW),
                ("publickey", SIGNATURES, "ECDSA_K256_SHA256", PEM),
            ]
        )
    )
    handle = pair = fuzzed("keypair_generate", type_, algorithm, None, OUT)
    if kind != "keypair":
        handle = fuzzed(f"keypair_{kind}", pair, OUT)
        fuzzed("keypair_close", pair)
    encoded = bytearray(fuzzed.pull(fuzzed(f"{kind}_export", handle, form, OUT)))
    fuzzed(f"{kind}_close", handle)
    for _ in range(data.draw(st.integers(1, 3))):
        i = data.draw(st.integers(0, len(encoded) - 1))
        encoded[i : i + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=2))
        if not encoded:
            break
    fuzzed.memory.write(1024, b"\0" * 8)
    name, number = algorithm.encode(), 0
    fuzzed.memory.write(2048, name)
    fuzzed.memory.write(4096, bytes(encoded))
    number = fuzzed.raw(f"{kind}_import", type_, 2048, len(name), 4096, len(encoded), form, 1024)
    assert number in {Errno.SUCCESS, Errno.INVALID_KEY}
    if number == Errno.SUCCESS:
        fuzzed(f"{kind}_close", int.from_bytes(fuzzed.memory.read(1024, 4), "little"))


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
