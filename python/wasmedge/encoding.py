# SPDX-License-Identifier: Apache-2.0
"""The binary format of one kind of module: it exports again what it imports (WebAssembly specification, chapter 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wasmedge._core import Function, FunctionType, Global, Instance, Limit, Memory, Mutability, Table, ValType

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Reexport", "encode_reexports"]

_HEADER = b"\0asm\1\0\0\0"
_TYPE_SECTION, _IMPORT_SECTION, _FUNCTION_SECTION, _EXPORT_SECTION, _CODE_SECTION = 1, 2, 3, 7, 10
_LOCAL_GET, _CALL, _END = b"\x20", b"\x10", b"\x0b"
_VAL_TYPES = {
    ValType.I32: b"\x7f",
    ValType.I64: b"\x7e",
    ValType.F32: b"\x7d",
    ValType.F64: b"\x7c",
    ValType.V128: b"\x7b",
    ValType.FUNCREF: b"\x70",
    ValType.EXTERNREF: b"\x6f",
}


class Reexport(NamedTuple):
    """An object to export under a name, and the instance that exports it under another."""

    name: str
    value: Function | Memory | Table | Global
    owner: Instance
    owner_name: str


def encode_reexports(reexports: Sequence[Reexport]) -> bytes:
    """Encode a module that imports objects from modules named "0", "1" and so on, and exports them again.

    A function is exported as another one that calls it.

    Raises:
        TypeError: A type cannot be written down: a reference to a type that its module defines.
    """
    types: list[bytes] = []
    imports: list[bytes] = []
    exports: list[bytes] = []
    bodies: list[bytes] = []
    counts: dict[int, int] = {}
    functions = sum(isinstance(reexport.value, Function) for reexport in reexports)
    for index, reexport in enumerate(reexports):
        kind, description = _describe(reexport.value, types)
        imports.append(_name(str(index)) + _name(reexport.owner_name) + bytes([kind]) + description)
        position = counts.get(kind, 0)
        counts[kind] = position + 1
        if isinstance(reexport.value, Function):
            bodies.append(_call_body(position, len(reexport.value.type.params)))
            position += functions  # imported functions come first in the index space
        exports.append(_name(reexport.name) + bytes([kind]) + _number(position))
    sections = [
        (_TYPE_SECTION, types),
        (_IMPORT_SECTION, imports),
        (_FUNCTION_SECTION, [_number(index) for index in range(functions)]),
        (_EXPORT_SECTION, exports),
        (_CODE_SECTION, bodies),
    ]
    return _HEADER + b"".join(_section(id_, items) for id_, items in sections)


def _call_body(function: int, params: int) -> bytes:
    """Encode the body of a function that passes its parameters on to another."""
    code = b"".join(_LOCAL_GET + _number(index) for index in range(params)) + _CALL + _number(function) + _END
    body = _number(0) + code  # no locals
    return _number(len(body)) + body


def _describe(value: Function | Memory | Table | Global, types: list[bytes]) -> tuple[int, bytes]:
    """Give an object's kind, and its type as an import states it; a function's type goes into `types`."""
    if isinstance(value, Function):
        types.append(_function_type(value.type))
        return 0, _number(len(types) - 1)
    if isinstance(value, Table):
        return 1, _val_type(value.type.ref_type) + _limit(value.type.limit)
    if isinstance(value, Memory):
        return 2, _limit(value.type.limit)
    return 3, _val_type(value.type.val_type) + (b"\1" if value.type.mutability is Mutability.VAR else b"\0")


def _function_type(type_: FunctionType) -> bytes:
    return b"\x60" + _vector([_val_type(t) for t in type_.params]) + _vector([_val_type(t) for t in type_.results])


def _val_type(type_: ValType) -> bytes:
    if type_ not in _VAL_TYPES:
        raise TypeError(f"an object of type {type_} can only be imported from the instance that exports it")
    return _VAL_TYPES[type_]


def _limit(limit: Limit) -> bytes:
    flags = (limit.max is not None) | limit.shared << 1 | limit.is64 << 2
    return bytes([flags]) + _number(limit.min) + (b"" if limit.max is None else _number(limit.max))


def _section(id_: int, items: list[bytes]) -> bytes:
    content = _vector(items)
    return bytes([id_]) + _number(len(content)) + content


def _vector(items: list[bytes]) -> bytes:
    return _number(len(items)) + b"".join(items)


def _name(text: str) -> bytes:
    data = text.encode()
    return _number(len(data)) + data


def _number(value: int) -> bytes:
    """Encode an unsigned number as LEB128."""
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
