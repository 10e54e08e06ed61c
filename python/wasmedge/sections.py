# SPDX-License-Identifier: Apache-2.0
"""The sections of a module in the binary format, and its memories (WebAssembly specification, chapter 5).

The runtime tells what a module imports and exports, but neither where its bytes are nor what it keeps to itself.
"""

from __future__ import annotations

from typing import NamedTuple

from wasmedge._core import Limit

__all__ = ["Section", "exported_memories", "has_start", "own_memories", "sections_of"]

_HEADER_SIZE = 8
_CUSTOM, _MEMORY, _EXPORT, _START = 0, 5, 7, 8
_MEMORY_KIND = 2  # of an export
_NAMES = (
    "custom",
    "type",
    "import",
    "function",
    "table",
    "memory",
    "global",
    "export",
    "start",
    "element",
    "code",
    "data",
    "data count",
    "tag",
)
_HAS_MAX, _IS_SHARED, _IS_64 = 1, 2, 4  # the flags of a limit


class Section(NamedTuple):
    """One section.

    Attributes:
        id: Its number in the binary format; 0 of custom sections.
        name: What the specification calls it; of a custom section its own name.
        offset: Where its content begins, in bytes from the module's beginning.
        size: How many bytes of content there are.
        entries: How many functions, types and so on it has; None of a custom section and of the start.
    """

    id: int
    name: str
    offset: int
    size: int
    entries: int | None


def sections_of(wasm: bytes) -> list[Section]:
    """List the sections of a module that the loader has parsed, in order.

    Raises:
        ValueError: A section goes beyond the end, or a number is not one.
    """
    found = []
    position = _HEADER_SIZE
    while position < len(wasm):
        number = wasm[position]
        size, offset = _number(wasm, position + 1)
        position = offset + size
        if position > len(wasm):
            raise ValueError(f"a section at byte {offset} goes beyond the end of the module")
        found.append(_section(wasm, number, offset, size))
    return found


def has_start(wasm: bytes) -> bool:
    """Return whether a module has a function that runs when it is instantiated."""
    return any(section.id == _START for section in sections_of(wasm))


def own_memories(wasm: bytes) -> list[Limit]:
    """List the memories that a module defines, without those that it imports.

    Raises:
        ValueError: The module is not what a loader would have parsed.
    """
    found = []
    for section in sections_of(wasm):
        if section.id == _MEMORY:
            count, position = _number(wasm, section.offset)
            for _ in range(count):
                limit, position = _limit(wasm, position)
                found.append(limit)
    return found


def exported_memories(wasm: bytes) -> dict[int, list[str]]:
    """Give the names under which a module exports each of its memories, by the memory's index.

    Raises:
        ValueError: The module is not what a loader would have parsed.
    """
    found: dict[int, list[str]] = {}
    for section in sections_of(wasm):
        if section.id == _EXPORT:
            count, position = _number(wasm, section.offset)
            for _ in range(count):
                length, position = _number(wasm, position)
                name, kind = wasm[position : position + length], wasm[position + length]
                index, position = _number(wasm, position + length + 1)
                if kind == _MEMORY_KIND:
                    found.setdefault(index, []).append(name.decode("utf-8", "replace"))
    return found


def _section(wasm: bytes, number: int, offset: int, size: int) -> Section:
    if number == _CUSTOM:
        length, start = _number(wasm, offset)
        return Section(number, wasm[start : start + length].decode("utf-8", "replace"), offset, size, None)
    name = _NAMES[number] if number < len(_NAMES) else f"section {number}"
    return Section(number, name, offset, size, None if number == _START else _number(wasm, offset)[0])


def _limit(wasm: bytes, position: int) -> tuple[Limit, int]:
    flags, position = _number(wasm, position)
    least, position = _number(wasm, position)
    most = None
    if flags & _HAS_MAX:
        most, position = _number(wasm, position)
    return Limit(least, most, shared=bool(flags & _IS_SHARED), is64=bool(flags & _IS_64)), position


def _number(wasm: bytes, position: int) -> tuple[int, int]:
    """Read an unsigned number in LEB128, and give the position after it."""
    result = 0
    for i, byte in enumerate(wasm[position : position + 10]):
        result |= (byte & 0x7F) << (7 * i)
        if byte < 0x80:
            return result, position + i + 1
    raise ValueError(f"there is no number at byte {position}")
