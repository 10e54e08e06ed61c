# SPDX-License-Identifier: Apache-2.0
"""Arguments that guests get wrong with wasi-crypto: they get an error number, and the host goes on."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Wat

pytest.importorskip("cryptography", reason="the package cryptography, of the extra crypto, is not installed")

from crypto_guests import KEY_EXCHANGE, OUT, PEM, PKCS8, RAW, SEC, SIGNATURES, CryptoCalls, Room, make_calls
from crypto_handles import open_all, uses
from hypothesis import given, settings
from hypothesis import strategies as st

from wasmedge.hosts import WasiCryptoContext
from wasmedge.hosts.crypto import Errno

pytestmark = pytest.mark.extras

PAGE = 65536

calls = pytest.fixture(make_calls)


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
