# SPDX-License-Identifier: Apache-2.0
"""Loops over arrays, added to copies of modules: they load arguments, call a function and store its results."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wasmedge._core import ValType
from wasmedge.binary_format import VAL_TYPES, number, signed
from wasmedge.editing import FUNCTION, MEMORY, ModuleEditor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wasmedge._core import FunctionType

__all__ = ["SIZES", "Argument", "CoreModule", "ElementModule", "add_core_loop", "add_element_loops"]

SIZES = {ValType.I32: 4, ValType.I64: 8, ValType.F32: 4, ValType.F64: 8}  # in bytes

_LOADS = {ValType.I32: b"\x28", ValType.I64: b"\x29", ValType.F32: b"\x2a", ValType.F64: b"\x2b"}
_STORES = {ValType.I32: b"\x36", ValType.I64: b"\x37", ValType.F32: b"\x38", ValType.F64: b"\x39"}
_I32_STORE = b"\x36"
_LOOP, _BR_IF, _CALL, _END = b"\x03\x40", b"\x0d", b"\x10", b"\x0b"
_GET, _SET, _TEE = b"\x20", b"\x21", b"\x22"
_I32_CONST, _I32_LT_U, _I32_ADD, _I32_SHL, _I64_EXTEND_I32_U = b"\x41", b"\x49", b"\x6a", b"\x74", b"\xad"
_I32 = VAL_TYPES[ValType.I32]
_V128 = VAL_TYPES[ValType.V128]
_V128_LOAD, _V128_STORE, _V128_ZERO = b"\xfd\x00", b"\xfd\x0b", b"\xfd\x0c" + bytes(16)
_EXTRACT = {ValType.I32: b"\xfd\x1b", ValType.I64: b"\xfd\x1d", ValType.F32: b"\xfd\x1f", ValType.F64: b"\xfd\x21"}
_REPLACE = {ValType.I32: b"\xfd\x1c", ValType.I64: b"\xfd\x1e", ValType.F32: b"\xfd\x20", ValType.F64: b"\xfd\x22"}

_PAGE = 65536
_FRONT = 64  # bytes at the front of the added memory, for the number of the element that is being worked on
_BLOCK = 8192  # elements at most: with three operands of 8 bytes it fits the second cache

# Apart by so much that operands do not take each other's places in the cache.
_GAP = 64


class ElementModule(NamedTuple):
    """A copy of a module with loops over a function of scalars, and a memory for its operands.

    Attributes:
        data: The copy.
        loop: The export's name of the loop over elements that do not depend on each other. As all of them it takes the
            numbers of the first element and of the one after the last.
        grouped: That of a loop which loads and stores vectors, for whole groups of elements only; when it traps, the
            results of the group are not stored. None where there is no such loop.
        group: How many elements a group has.
        scan: That of the loop that passes each result on as the next first argument; None for other functions than
            those of two arguments with a result that is of the first one's type.
        memory: The export's name of the added memory.
        places: The size of an element, and the address of the first one in the added memory, of each argument and then
            each result, in bytes.
        block: How many elements there is room for.
        size: How large the added memory is, in bytes.
    """

    data: bytes
    loop: str
    grouped: str | None
    group: int
    scan: str | None
    memory: str
    places: list[tuple[int, int]]
    block: int
    size: int


def add_element_loops(
    editor: ModuleEditor, function: int, type_: FunctionType, most_pages: int, *, groups: bool = False
) -> ElementModule:
    """Add loops over a function to a module.

    Args:
        editor: The module. It is of no use afterwards.
        function: The function's index.
        type_: Its type, of i32, i64, f32 and f64 only.
        most_pages: How large a memory may be, in pages of 64 KiB.
        groups: Whether there may be a loop over groups: the function keeps no state, and vectors are allowed. The
            compiler makes vector instructions of several calls side by side, which it does not of a loop over accesses
            to memory, as these are volatile to it.

    Raises:
        ValueError: No memory may be large enough for a single element.
    """
    operands = [*type_.params, *type_.results]
    width = sum(SIZES[operand] for operand in operands)
    room = most_pages * _PAGE - _FRONT - 2 * _GAP * len(operands)
    block = min(_BLOCK, room // width)
    if block < 1:
        raise ValueError("max_memory_pages leaves no room for the elements of arrays")
    places, end = [], _FRONT
    for operand in operands:
        places.append((SIZES[operand], end))
        end += (SIZES[operand] * block + _GAP - 1) // _GAP * _GAP + _GAP
    pages = min(most_pages, -(-end // _PAGE))
    memory = editor.add_memory(pages)
    writer = _ElementWriter(function, type_, memory, [base for _, base in places])
    loop_type = editor.add_type([_I32, _I32], [])
    locals_ = [_I32, *(VAL_TYPES[each] for each in type_.results), *(VAL_TYPES[each] for each in type_.params[:1])]
    loop = editor.add_export("wasmedge:loop", FUNCTION, editor.add_function(loop_type, locals_, writer.loop()))
    grouped = None
    if groups:
        locals_of_group, code = writer.grouped()
        added = editor.add_function(loop_type, locals_of_group, code)
        grouped = editor.add_export("wasmedge:grouped", FUNCTION, added)
    scan = None
    if len(type_.params) == 2 and type_.results == type_.params[:1]:
        scan = editor.add_export("wasmedge:scan", FUNCTION, editor.add_function(loop_type, locals_, writer.scan()))
    exported = editor.add_export("wasmedge:operands", MEMORY, memory)
    return ElementModule(editor.encode(), loop, grouped, writer.group, scan, exported, places, block, pages * _PAGE)


class _ElementWriter:
    """Writes the loops: local 0 is the number of this element, local 1 the end, local 2 is free, then the results."""

    def __init__(self, function: int, type_: FunctionType, memory: int, bases: Sequence[int]) -> None:
        self._call = _CALL + number(function)
        self._params = list(zip(type_.params, bases, strict=False))
        self._results = list(zip(type_.results, bases[len(type_.params) :], strict=True))
        self._memory = memory
        self._carried = 3 + len(type_.results)
        self.group = 16 // min(SIZES[each] for each in (*type_.params, *type_.results))

    def loop(self) -> bytes:
        """Write the loop over elements that do not depend on each other."""
        loads = b"".join(self._load(type_, base) for type_, base in self._params)
        return _LOOP + self._note() + loads + self._call + self._store_results() + self._next(1) + _END

    def grouped(self) -> tuple[list[bytes], bytes]:
        """Write the loop over groups; return the types of its locals, too."""
        locals_: list[bytes] = [_I32]

        def new(type_: bytes) -> int:
            locals_.append(type_)
            return 1 + len(locals_)

        loads = b""
        vectors: list[tuple[ValType, list[int]]] = []
        for type_, base in self._params:
            parts = [new(_V128) for _ in range(self.group * SIZES[type_] // 16)]
            vectors.append((type_, parts))
            for number_of_part, part in enumerate(parts):
                place = self._place(type_, base + 16 * number_of_part)
                loads += self._address(type_) + _V128_LOAD + place + _SET + number(part)
        results = [[new(VAL_TYPES[type_]) for _ in range(self.group)] for type_, _ in self._results]
        calls = b""
        for lane in range(self.group):
            calls += self._note(lane)
            for type_, parts in vectors:
                part, place_in_part = divmod(lane, 16 // SIZES[type_])
                calls += _GET + number(parts[part]) + _EXTRACT[type_] + bytes([place_in_part])
            calls += self._call + b"".join(_SET + number(lanes[lane]) for lanes in reversed(results))
        stores = b""
        for (type_, base), lanes in zip(self._results, results, strict=True):
            width = 16 // SIZES[type_]
            for first in range(0, self.group, width):
                stores += self._address(type_) + _V128_ZERO
                for place_in_part in range(width):
                    stores += _GET + number(lanes[first + place_in_part]) + _REPLACE[type_] + bytes([place_in_part])
                stores += _V128_STORE + self._place(type_, base + first * SIZES[type_])
        return locals_, _LOOP + loads + calls + stores + self._next(self.group) + _END

    def scan(self) -> bytes:
        """Write the loop that passes each result on."""
        (first, first_base), (second, second_base) = self._params
        begin = _I32_CONST + b"\0" + _LOADS[first] + self._place(first, first_base) + _SET + number(self._carried)
        loads = _GET + number(self._carried) + self._load(second, second_base)
        keep = _GET + number(3) + _SET + number(self._carried)
        body = self._note() + loads + self._call + self._store_results() + keep + self._next(1)
        return begin + _LOOP + body + _END

    def _note(self, lane: int = 0) -> bytes:
        """Write the element's number down, for the case that it traps."""
        index = _GET + b"\0" + (_I32_CONST + signed(lane) + _I32_ADD if lane else b"")
        return _I32_CONST + b"\0" + index + _I32_STORE + self._place(ValType.I32, 0)

    def _load(self, type_: ValType, base: int) -> bytes:
        return self._address(type_) + _LOADS[type_] + self._place(type_, base)

    def _store_results(self) -> bytes:
        pops = b"".join(_SET + number(3 + i) for i in reversed(range(len(self._results))))
        stores = [
            self._address(type_) + _GET + number(3 + i) + _STORES[type_] + self._place(type_, base)
            for i, (type_, base) in enumerate(self._results)
        ]
        return pops + b"".join(stores)

    @staticmethod
    def _next(step: int) -> bytes:
        more = _GET + b"\0" + _I32_CONST + signed(step) + _I32_ADD + _TEE + b"\0"
        return more + _GET + b"\1" + _I32_LT_U + _BR_IF + b"\0"

    @staticmethod
    def _address(type_: ValType) -> bytes:
        return _GET + b"\0" + _I32_CONST + signed(_shift(type_)) + _I32_SHL

    def _place(self, type_: ValType, offset: int) -> bytes:
        alignment = _shift(type_)
        index = bytes([alignment | 0x40]) + number(self._memory) if self._memory else bytes([alignment])
        return index + number(offset)


def _shift(type_: ValType) -> int:
    return SIZES[type_].bit_length() - 1


class Argument(NamedTuple):
    """What a function over arrays is to be given in one place.

    Attributes:
        kind: "pointer" to an operand, "value" of an operand of a single item, or "length" of a dimension.
        number: Which operand or dimension.
        type: The type that the function wants there.
    """

    kind: str
    number: int
    type: ValType


class CoreModule(NamedTuple):
    """A copy of a module with a loop over a function of pointers and lengths.

    Attributes:
        data: The copy.
        loop: The export's name of the loop. It takes the address of its notes, the number of elements, then of each
            operand the address and the bytes to the next element, then the lengths: all of them i32.
        memory: The export's name of the module's first memory.
    """

    data: bytes
    loop: str
    memory: str


def add_core_loop(
    editor: ModuleEditor,
    function: int,
    arguments: Sequence[Argument],
    results: Sequence[tuple[int, ValType]],
    counts: tuple[int, int],
) -> CoreModule:
    """Add a loop over a function to a module.

    Args:
        editor: The module. It is of no use afterwards.
        function: The function's index.
        arguments: What it is given.
        results: Which operands its results go to, and their types.
        counts: The number of operands, and of dimensions.
    """
    operands, dimensions = counts
    params = 2 + 2 * operands + dimensions
    index, first_result = params, params + 1
    loads = []
    for argument in arguments:
        if argument.kind == "length":
            extend = _I64_EXTEND_I32_U if argument.type == ValType.I64 else b""
            loads.append(_GET + number(2 + 2 * operands + argument.number) + extend)
        elif argument.kind == "pointer":
            loads.append(_GET + number(2 + 2 * argument.number))
        else:
            load = _LOADS[argument.type] + bytes([_shift(argument.type), 0])
            loads.append(_GET + number(2 + 2 * argument.number) + load)
    note = _GET + b"\0" + _GET + number(index) + _I32_STORE + b"\2\0"
    pops = b"".join(_SET + number(first_result + i) for i in reversed(range(len(results))))
    stores = [
        _GET + number(2 + 2 * operand) + _GET + number(first_result + i) + _STORES[type_] + bytes([_shift(type_), 0])
        for i, (operand, type_) in enumerate(results)
    ]
    pointers = (2 + 2 * operand for operand in range(operands))
    steps = [_GET + number(each) + _GET + number(each + 1) + _I32_ADD + _SET + number(each) for each in pointers]
    more = _GET + number(index) + _I32_CONST + b"\1" + _I32_ADD + _TEE + number(index) + _GET + b"\1" + _I32_LT_U
    body = note + b"".join(loads) + _CALL + number(function) + pops + b"".join(stores) + b"".join(steps) + more
    code = _LOOP + body + _BR_IF + b"\0" + _END
    locals_ = [_I32, *(VAL_TYPES[type_] for _, type_ in results)]
    added = editor.add_function(editor.add_type([_I32] * params, []), locals_, code)
    loop = editor.add_export("wasmedge:loop", FUNCTION, added)
    memory = editor.add_export("wasmedge:memory", MEMORY, 0)
    return CoreModule(editor.encode(), loop, memory)
