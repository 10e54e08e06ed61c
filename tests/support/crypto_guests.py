# SPDX-License-Identifier: Apache-2.0
"""Guests of wasi-crypto: a program in C, and one that calls whatever function it is told to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import wasmedge
from wasmedge.hosts import WasiCryptoContext, wasi_crypto_modules
from wasmedge.hosts.crypto import Errno

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Wat

SIGNATURES, SYMMETRIC, KEY_EXCHANGE = 0, 1, 2
RAW, PKCS8, PEM, SEC, LOCAL = range(5)
DER = 1
CIPHERS = {"AES-128-GCM": 16, "AES-256-GCM": 32, "CHACHA20-POLY1305": 32}  # with the bytes of their keys
NONCE = bytes(range(12))


class CryptoProgram:
    """The guest in C.

    Attributes:
        context: The context of its modules.
        source: The module.
    """

    def __init__(self, path: Path) -> None:
        self.context = WasiCryptoContext()
        self.source = wasmedge.Module.from_file(path)
        modules = wasi_crypto_modules(self.context)
        self.exports = wasmedge.instantiate(self.source, imports={module.name: module for module in modules}).exports

    def try_run(self, function: str, *inputs: bytes, numbers: tuple[int, ...] = ()) -> int:
        """Run a function of the guest, and return what it returns."""
        for i, data in enumerate(inputs):
            self.exports.memory.write(self.exports.input(i, len(data)), data)
        number: int = self.exports[function](*numbers)
        return number

    def run(self, function: str, *inputs: bytes, numbers: tuple[int, ...] = ()) -> bytes:
        """Run a function of the guest that succeeds, and return its output."""
        assert self.try_run(function, *inputs, numbers=numbers) == 0
        assert (self.context.open_handles, self.context.kept_bytes) == (0, 0)
        output: bytes = self.exports.memory.read(self.exports.result(), self.exports.result_size())
        return output


class Room(NamedTuple):
    """An argument that is room for so many bytes, with what is there."""

    size: int
    fill: bytes = b"\xaa"


class Some(NamedTuple):
    """An argument that is a handle which could be missing; None is one that is."""

    handle: int


class Out(NamedTuple):
    """An argument that is a pointer to a result of 4 or 8 bytes."""

    size: int = 4


OUT = Out()


class Refused(Exception):
    """A call has an error number.

    Attributes:
        number: The number.
    """

    def __init__(self, number: int) -> None:
        super().__init__(Errno(number).name)
        self.number = number


class CryptoCalls:
    """A guest that calls functions.

    Attributes:
        context: The context of the modules.
        memory: The guest's memory.
        functions: The functions with their types.
    """

    def __init__(self, wat: Wat, context: WasiCryptoContext | None = None, pages: int = 4) -> None:
        self.context = WasiCryptoContext() if context is None else context
        modules = wasi_crypto_modules(self.context)
        imports, exports = "", ""
        self.functions = {name: function for module in modules for name, function in module.functions.items()}
        for module in modules:
            for name, function in module.functions.items():
                type_ = f"(param{''.join(f' {p}' for p in function.type.params)}) (result i32)"
                gets = " ".join(f"(local.get {i})" for i in range(len(function.type.params)))
                imports += f'(import "{module.name}" "{name}" (func ${name} {type_}))'
                exports += f'(func (export "{name}") {type_} (call ${name} {gets}))'
        code = wat(f'(module {imports} {exports} (memory (export "memory") {pages}))')
        self._exports = wasmedge.instantiate(code, imports={module.name: module for module in modules}).exports
        self.memory = self._exports.memory

    def raw(self, name: str, *args: int) -> int:
        """Call a function with numbers, and return the error number."""
        number: int = self._exports[name](*args)
        return number

    def __call__(self, name: str, *args: int | bytes | str | Room | Some | Out | None) -> Any:
        """Call a function.

        Args:
            name: The function.
            *args: Numbers; bytes and texts, which are passed by address and size; and the classes above.

        Returns:
            What has been put into rooms and results; alone if it is one.

        Raises:
            Refused: The function has returned an error number.
        """
        numbers: list[int] = []
        results: list[tuple[int, int, bool]] = []
        cursor = 64

        def put(data: bytes) -> int:
            nonlocal cursor
            address, cursor = cursor, cursor + len(data) + -len(data) % 8 + 8
            self.memory.write(address, data)
            return address

        for arg in args:
            match arg:
                case int():
                    numbers.append(arg)
                case bytes() | str():
                    data = arg.encode() if isinstance(arg, str) else arg
                    numbers += [put(data), len(data)]
                case Room(size, fill):
                    numbers += [put((fill * size)[:size]), size]
                    results.append((numbers[-2], size, False))
                case Some(handle):
                    numbers.append(put(b"\0\xff\xff\xff" + handle.to_bytes(4, "little")))
                case None:
                    numbers.append(put(b"\1\xff\xff\xff\xff\xff\xff\xff"))
                case Out(size):
                    numbers.append(put(b"\xaa" * size))
                    results.append((numbers[-1], size, True))
        number = self.raw(name, *numbers)
        if number:
            raise Refused(number)
        read = [self.memory.read(address, size) for address, size, _ in results]
        values: list[Any] = [
            int.from_bytes(data, "little") if is_number else data
            for data, (_, _, is_number) in zip(read, results, strict=True)
        ]
        return values[0] if len(values) == 1 else values or None

    def refused(self, name: str, *args: Any) -> Errno:
        """Call a function that returns an error number, and return it."""
        try:
            found = self(name, *args)
        except Refused as error:
            return Errno(error.number)
        raise AssertionError(f"{name}{args} was not refused, but returned {found}")

    def pull(self, output: int) -> bytes:
        """Return an output, whose handle is closed by that."""
        data: bytes = self("array_output_pull", output, Room(self("array_output_len", output, OUT)), OUT)[0]
        return data

    def state(self, algorithm: str, key: bytes | None = None, nonce: bytes | None = None) -> int:
        """Open a symmetric state."""
        key_handle = options = None
        if key is not None:
            key_handle = Some(self("symmetric_key_import", algorithm, key, OUT))
        if nonce is not None:
            options = Some(self("options_open", SYMMETRIC, OUT))
            self("options_set", options.handle, "nonce", nonce)
        state: int = self("symmetric_state_open", algorithm, key_handle, options, OUT)
        return state

    def cipher(self, algorithm: str) -> int:
        """Open the state of a cipher, with a key of zeros and NONCE."""
        return self.state(algorithm, bytes(CIPHERS[algorithm]), NONCE)


def make_calls(wat: Wat) -> CryptoCalls:
    """Return a guest; for a fixture."""
    return CryptoCalls(wat)
