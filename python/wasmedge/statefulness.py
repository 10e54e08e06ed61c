# SPDX-License-Identifier: Apache-2.0
"""Whether a function of a module can leave something behind for later calls (specification, section 5.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wasmedge.binary_format import Reader

if TYPE_CHECKING:
    from wasmedge.editing import ModuleEditor

__all__ = ["keeps_state"]

# Instructions without immediates are those that no table here names.
_BLOCKS = {0x02, 0x03, 0x04}
_INDICES = {  # opcode: how many
    0x0C: 1, 0x0D: 1, 0x20: 1, 0x21: 1, 0x22: 1, 0x23: 1, 0x25: 1, 0x3F: 1, 0xD2: 1, 0xD5: 1, 0xD6: 1,
}  # fmt: skip
_LOADS = range(0x28, 0x36)
_NUMBERS = {0x41, 0x42, 0xD0}
_CALLS = {0x10, 0x12}
_CONSTANTS = {0x43: 4, 0x44: 8}  # floating-point numbers: how many bytes
_BR_TABLE, _TYPED_SELECT, _MISC, _SIMD = 0x0E, 0x1C, 0xFC, 0xFD

# Calls of functions that are not known before they are made; writes to globals, tables and memories; exceptions,
# garbage collection and threads, which this module does not look into.
_UNKNOWN = {0x06, 0x07, 0x08, 0x09, 0x0A, 0x11, 0x13, 0x14, 0x15, 0x18, 0x19, 0x1F, 0x24, 0x26, 0x40, 0xFB, 0xFE}
_STORES = range(0x36, 0x3F)

_SIMD_LOADS = {*range(11), 92, 93}
_SIMD_STORES = {11, *range(88, 92)}
_SIMD_LANES = range(21, 35)
_SIMD_LANE_LOADS = range(84, 88)
_SIMD_SIXTEEN_BYTES = (12, 13)

# More than so many instructions, and it takes longer to look than it is worth.
_MOST_BYTES = 1 << 18


class _StatefulError(Exception):
    """An instruction keeps state, or may do so."""


def keeps_state(editor: ModuleEditor, function: int) -> bool:
    """Tell whether a function, or one that it calls, may change what its instance or the world is like.

    Args:
        editor: The module.
        function: The function's index.

    Returns:
        False only when that is sure. A C function that uses the stack in linear memory counts as one that keeps state.
    """
    bodies = editor.bodies()
    waiting, seen, total = [function], {function}, 0
    while waiting:
        place = waiting.pop() - editor.imported_functions
        if place < 0:
            return True
        total += len(bodies[place])
        if total > _MOST_BYTES:
            return True
        try:
            called = _called_by(bodies[place])
        except _StatefulError:
            return True
        waiting += called - seen
        seen |= called
    return False


def _called_by(body: bytes) -> set[int]:
    reader = Reader(body)
    for _ in range(reader.number()):
        reader.number()
        reader.skip_val_type()
    called: set[int] = set()
    while not reader.at_end:
        opcode = reader.byte()
        if opcode in _CALLS:
            called.add(reader.number())
        else:
            _skip_immediates(reader, opcode)
    return called


def _skip_immediates(reader: Reader, opcode: int) -> None:
    if opcode in _UNKNOWN or opcode in _STORES:
        raise _StatefulError
    if opcode in _BLOCKS:
        _skip_block_type(reader)
    elif opcode in _NUMBERS:
        reader.signed()
    elif opcode in _INDICES:
        reader.number()
    elif opcode in _LOADS:
        _skip_place(reader)
    elif opcode == _BR_TABLE:
        for _ in range(reader.number() + 1):
            reader.number()
    elif opcode == _TYPED_SELECT:
        for _ in range(reader.number()):
            reader.skip_val_type()
    elif opcode in _CONSTANTS:
        reader.take(_CONSTANTS[opcode])
    elif opcode == _MISC:
        _skip_misc(reader)
    elif opcode == _SIMD:
        _skip_simd(reader)


def _skip_block_type(reader: Reader) -> None:
    if reader.peek() in (0x63, 0x64):
        reader.skip_val_type()
    else:
        reader.signed()


def _skip_place(reader: Reader) -> None:
    """Read where in which memory an instruction loads."""
    if reader.number() & 0x40:
        reader.number()
    reader.number()


def _skip_misc(reader: Reader) -> None:
    opcode = reader.number()
    if opcode == 16:  # table.size
        reader.number()
    elif opcode > 7:  # the others of bulk memory and tables write
        raise _StatefulError


def _skip_simd(reader: Reader) -> None:
    opcode = reader.number()
    if opcode in _SIMD_STORES:
        raise _StatefulError
    if opcode in _SIMD_LOADS:
        _skip_place(reader)
    elif opcode in _SIMD_LANE_LOADS:
        _skip_place(reader)
        reader.byte()
    elif opcode in _SIMD_LANES:
        reader.byte()
    elif opcode in _SIMD_SIXTEEN_BYTES:
        reader.take(16)
