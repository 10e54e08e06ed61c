# SPDX-License-Identifier: Apache-2.0
"""Modules out of modules: bytes changed blindly, and sections changed with an eye to what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

HEADER = 8
# Numbers at the edges of what a LEB128 of 32 and of 64 bits can hold, and of what limits allow.
EDGES = [
    b"\x00",
    b"\x7f",
    b"\x80\x01",
    b"\xff\xff\x03",
    b"\x80\x80\x04",
    b"\xff\xff\xff\xff\x07",
    b"\xff\xff\xff\xff\x0f",
    b"\x80\x80\x80\x80\x10",
    b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
]


def mutate(data: bytes, other: bytes, dice: random.Random) -> bytes:
    """Return a module like another one, with a few changes; parts of a second one may get into it."""
    changed = bytearray(data)
    for _ in range(dice.choice((1, 1, 1, 2, 4, 8))):
        dice.choice(CHANGES)(changed, other, dice)
    return bytes(changed) or b"\0"


def sections(data: bytes | bytearray) -> list[tuple[int, int, int]]:
    """Return the start, the start of the contents, and the end of each section, as far as they can be read."""
    found, at = [], HEADER
    while at < len(data):
        start, shift, size = at, 0, 0
        at += 1
        while at < len(data) and shift < 35:
            size |= (data[at] & 0x7F) << shift
            shift += 7
            at += 1
            if not data[at - 1] & 0x80:
                break
        if at + size > len(data):
            break
        found.append((start, at, at + size))
        at += size
    return found


def _leb(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*encoded, number])


def _place(data: bytearray, dice: random.Random) -> int:
    return dice.randrange(len(data) + 1)


def _set_byte(data: bytearray, _other: bytes, dice: random.Random) -> None:
    at = _place(data, dice)
    data[at : at + 1] = bytes([dice.randrange(256)])


def _flip_bit(data: bytearray, _other: bytes, dice: random.Random) -> None:
    if data:
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)


def _delete(data: bytearray, _other: bytes, dice: random.Random) -> None:
    at = _place(data, dice)
    del data[at : at + dice.randrange(1, 9)]


def _insert(data: bytearray, _other: bytes, dice: random.Random) -> None:
    at = _place(data, dice)
    data[at:at] = dice.randbytes(dice.randrange(1, 9))


def _repeat(data: bytearray, _other: bytes, dice: random.Random) -> None:
    at = _place(data, dice)
    data[at:at] = data[at : at + dice.randrange(1, 64)]


def _edge(data: bytearray, _other: bytes, dice: random.Random) -> None:
    at = _place(data, dice)
    data[at : at + dice.randrange(3)] = dice.choice(EDGES)


def _section_contents(data: bytearray, _other: bytes, dice: random.Random) -> None:
    """Change what is in a section, and keep its size right: what comes after it is still read."""
    if not (found := sections(data)):
        return
    start, contents, end = dice.choice(found)
    body = data[contents:end]
    dice.choice((_flip_bit, _edge, _insert, _delete, _repeat))(body, b"", dice)
    data[start + 1 : end] = _leb(len(body)) + body


def _section_from_other(data: bytearray, other: bytes, dice: random.Random) -> None:
    if not (theirs := sections(other)):
        return
    start, _, end = dice.choice(theirs)
    same = [each for each in sections(data) if data[each[0]] == other[start]]
    ours = same[0] if same else (len(data), 0, len(data))
    data[ours[0] : ours[2]] = other[start:end]


def _drop_section(data: bytearray, _other: bytes, dice: random.Random) -> None:
    if found := sections(data):
        start, _, end = dice.choice(found)
        del data[start:end]


CHANGES: list[Callable[[bytearray, bytes, random.Random], None]] = [
    _set_byte,
    _flip_bit,
    _delete,
    _insert,
    _repeat,
    _edge,
    _section_contents,
    _section_contents,
    _section_contents,
    _section_from_other,
    _drop_section,
]
