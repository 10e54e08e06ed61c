# SPDX-License-Identifier: Apache-2.0
"""The binary format of one kind of module: it exports again what it imports (WebAssembly specification, chapter 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wasmedge._core import Function, FunctionType, Global, Instance, Limit, Memory, Mutability, Table, ValType
from wasmedge.binary_format import HEADER, VAL_TYPES, function_type, name, number, section, vector

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Reexport", "encode_reexports"]

_TYPE_SECTION, _IMPORT_SECTION, _FUNCTION_SECTION, _EXPORT_SECTION, _CODE_SECTION = 1, 2, 3, 7, 10
_LOCAL_GET, _CALL, _END = b"\x20", b"\x10", b"\x0b"


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
        imports.append(name(str(index)) + name(reexport.owner_name) + bytes([kind]) + description)
        position = counts.get(kind, 0)
        counts[kind] = position + 1
        if isinstance(reexport.value, Function):
            bodies.append(_call_body(position, len(reexport.value.type.params)))
            position += functions  # imported functions come first in the index space
        exports.append(name(reexport.name) + bytes([kind]) + number(position))
    sections = [
        (_TYPE_SECTION, types),
        (_IMPORT_SECTION, imports),
        (_FUNCTION_SECTION, [number(index) for index in range(functions)]),
        (_EXPORT_SECTION, exports),
        (_CODE_SECTION, bodies),
    ]
    return HEADER + b"".join(section(id_, vector(items)) for id_, items in sections)


def _call_body(function: int, params: int) -> bytes:
    """Encode the body of a function that passes its parameters on to another."""
    code = b"".join(_LOCAL_GET + number(index) for index in range(params)) + _CALL + number(function) + _END
    body = number(0) + code  # no locals
    return number(len(body)) + body


def _describe(value: Function | Memory | Table | Global, types: list[bytes]) -> tuple[int, bytes]:
    """Give an object's kind, and its type as an import states it; a function's type goes into `types`."""
    if isinstance(value, Function):
        types.append(_function_type(value.type))
        return 0, number(len(types) - 1)
    if isinstance(value, Table):
        return 1, _val_type(value.type.ref_type) + _limit(value.type.limit)
    if isinstance(value, Memory):
        return 2, _limit(value.type.limit)
    return 3, _val_type(value.type.val_type) + (b"\1" if value.type.mutability is Mutability.VAR else b"\0")


def _function_type(type_: FunctionType) -> bytes:
    return function_type([_val_type(t) for t in type_.params], [_val_type(t) for t in type_.results])


def _val_type(type_: ValType) -> bytes:
    if type_ not in VAL_TYPES:
        raise TypeError(f"an object of type {type_} can only be imported from the instance that exports it")
    return VAL_TYPES[type_]


def _limit(limit: Limit) -> bytes:
    flags = (limit.max is not None) | limit.shared << 1 | limit.is64 << 2
    return bytes([flags]) + number(limit.min) + (b"" if limit.max is None else number(limit.max))
