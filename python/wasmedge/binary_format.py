# SPDX-License-Identifier: Apache-2.0
"""The elements of the binary format: numbers, vectors, names and sections (WebAssembly specification, chapter 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wasmedge._core import ValType

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["HEADER", "VAL_TYPES", "Reader", "function_type", "name", "number", "section", "signed", "vector"]

HEADER = b"\0asm\1\0\0\0"

VAL_TYPES = {
    ValType.I32: b"\x7f",
    ValType.I64: b"\x7e",
    ValType.F32: b"\x7d",
    ValType.F64: b"\x7c",
    ValType.V128: b"\x7b",
    ValType.FUNCREF: b"\x70",
    ValType.EXTERNREF: b"\x6f",
}


def number(value: int) -> bytes:
    """Encode an unsigned number as LEB128."""
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def signed(value: int) -> bytes:
    """Encode a signed number as LEB128."""
    encoded = bytearray()
    while not -0x40 <= value < 0x40:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value & 0x7F)
    return bytes(encoded)


def vector(items: Sequence[bytes]) -> bytes:
    """Encode items that are encoded already, with their count before them."""
    return number(len(items)) + b"".join(items)


def name(text: str) -> bytes:
    """Encode a name."""
    data = text.encode()
    return number(len(data)) + data


def section(id_: int, content: bytes) -> bytes:
    """Encode a section."""
    return bytes([id_]) + number(len(content)) + content


def function_type(params: Sequence[bytes], results: Sequence[bytes]) -> bytes:
    """Encode a function type from the encodings of its value types."""
    return b"\x60" + vector(params) + vector(results)


class Reader:
    """Reads a module's bytes from the front.

    Args:
        data: The bytes.

    Raises:
        ValueError: From each method: the bytes end too early, or a number does not end.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.position = 0

    @property
    def at_end(self) -> bool:
        """Whether everything was read."""
        return self.position >= len(self._data)

    def byte(self) -> int:
        """Read one byte."""
        return self.take(1)[0]

    def peek(self) -> int:
        """Return the next byte without reading it."""
        if self.at_end:
            raise ValueError("the module ends in the middle")
        return self._data[self.position]

    def take(self, count: int) -> bytes:
        """Read so many bytes."""
        if count > len(self._data) - self.position:
            raise ValueError("the module ends in the middle")
        self.position += count
        return self._data[self.position - count : self.position]

    def rest(self) -> bytes:
        """Read all that is left."""
        return self.take(len(self._data) - self.position)

    def number(self) -> int:
        """Read an unsigned number of at most 64 bits."""
        value = 0
        for shift in range(0, 70, 7):
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
        raise ValueError("a number of the module does not end")

    def signed(self) -> int:
        """Read a signed number of at most 64 bits."""
        value = 0
        for shift in range(0, 70, 7):
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value - (1 << (shift + 7)) if byte & 0x40 else value
        raise ValueError("a number of the module does not end")

    def skip_name(self) -> None:
        """Read a name."""
        self.take(self.number())

    def skip_val_type(self) -> None:
        """Read a value type; references to types of the module are of more than a byte."""
        if self.byte() in (0x63, 0x64):
            self.signed()

    def skip_limits(self) -> None:
        """Read the limits of a table or memory."""
        flags = self.byte()
        self.number()
        if flags & 1:
            self.number()
