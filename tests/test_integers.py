# SPDX-License-Identifier: Apache-2.0
"""Whatever takes an int takes those of numpy too, refuses booleans, and names itself where a number is out of range."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from wasmedge import (
    V128,
    CallingFrame,
    Configure,
    Function,
    Limit,
    Memory,
    MemoryType,
    Statistics,
    Table,
    TableType,
)

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.quick

SIZES: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "Limit": ("min", Limit),
    "Limit, 64-bit": ("min", lambda number: Limit(number, is64=True)),
    "Limit, maximum": ("max", lambda number: Limit(0, number)),
    "TableType": ("min", lambda number: TableType("funcref", number)),
    "MemoryType": ("min", MemoryType),
    "Memory": ("min", Memory),
    "Table.grow": ("count", lambda number: Table(TableType("funcref", 1)).grow(number)),
    "Memory.grow": ("pages", lambda number: Memory(1).grow(number)),
    "max_memory_pages": ("max_memory_pages", lambda number: Configure(max_memory_pages=number)),
}
NUMBERS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "V128, high": ("high", lambda number: V128(number, 0)),
    "V128, low": ("low", lambda number: V128(0, number)),
    "cost": ("cost", lambda number: Function("() -> ()", lambda: None, cost=number)),
    "cost_limit": ("cost_limit", lambda number: setattr(Statistics(), "cost_limit", number)),
    "cost_table": ("a cost", lambda number: setattr(Statistics(), "cost_table", [number])),
}


def memory_of_frame(number: Any) -> Any:
    """Ask a calling frame for a memory by its index."""

    def ask(frame: CallingFrame) -> None:
        frame.memory(number)

    return Function("() -> ()", ask)()


POSITIONS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "Table": ("index", lambda number: Table(TableType("externref", 3))[number]),
    "Table, set": ("index", lambda number: Table(TableType("externref", 3)).__setitem__(number, 1)),
    "Memory.read": ("offset", lambda number: Memory(1).read(number, 1)),
    "Memory.read, size": ("size", lambda number: Memory(1).read(0, number)),
    "Memory.write": ("offset", lambda number: Memory(1).write(number, b"x")),
}
ALL = {**SIZES, **NUMBERS, **POSITIONS, "CallingFrame.memory": ("index", memory_of_frame)}
TEXTS = {"TableType", "MemoryType", "Memory"}  # limits have a text form


@pytest.mark.parametrize("use", ALL)
@pytest.mark.parametrize("wrong", [True, False, np.True_, 1.0, b"1", [1], np.array([1]), np.float64(1), Ellipsis])
def test_integers_are_nothing_else(use: str, wrong: Any) -> None:
    name, make = ALL[use]
    with pytest.raises(TypeError, match=f"^{name} must be an int, not |^expected a Limit or an int, not "):
        make(wrong)


@pytest.mark.parametrize("use", sorted({*ALL} - TEXTS))
def test_integers_are_no_text(use: str) -> None:
    name, make = ALL[use]
    with pytest.raises(TypeError, match=f"^{name} must be an int, not str$"):
        make("1")


@pytest.mark.parametrize("use", [*SIZES, *NUMBERS, *POSITIONS])
def test_integers_of_numpy_are_integers(use: str) -> None:
    _, make = ALL[use]
    made = make(1)
    for number in (np.int8(1), np.uint64(1), np.intp(1)):
        assert repr(make(number)) == repr(made)


@pytest.mark.parametrize("use", SIZES)
def test_integers_out_of_range_are_no_sizes(use: str) -> None:
    name, make = SIZES[use]
    for wrong in (-1, np.int64(-7), -(2**64), -(1 << 20000)):
        with pytest.raises(ValueError, match=rf"^{name} must not be negative, but is (-\d+|the value)"):
            make(wrong)
    for wrong in (2**64, 1 << 20000):
        with pytest.raises(ValueError, match=rf"^{name} must be below 2\*\*64, but is (\d+|the value)"):
            make(wrong)


@pytest.mark.parametrize("use", NUMBERS)
def test_integers_out_of_range_are_no_numbers_of_64_bits(use: str) -> None:
    name, make = NUMBERS[use]
    for wrong in (-1, np.int64(-1), 2**64, -(2**64), 1 << 20000):
        with pytest.raises(OverflowError, match=rf"^{name} must be from 0 to 2\*\*64-1, but is "):
            make(wrong)


@pytest.mark.parametrize("use", POSITIONS)
def test_integers_out_of_range_are_no_positions(use: str) -> None:
    name, make = POSITIONS[use]
    for wrong in (2**63, -(2**63) - 1, 1 << 20000):
        with pytest.raises(IndexError, match=rf"^{name} (-?\d+|the value)[.]* is far out of range$"):
            make(wrong)


@pytest.mark.parametrize("wrong", [0, 1, -1, 2**32, 2**64])
def test_integers_no_frame_of_python_has_a_memory_of(wrong: int) -> None:
    with pytest.raises(IndexError, match=rf"{wrong}"):
        memory_of_frame(wrong)


def test_integers_pass_exceptions_through() -> None:
    class Failing:
        def __index__(self) -> int:
            raise ZeroDivisionError("mine")

    for _, make in ALL.values():
        with pytest.raises(ZeroDivisionError, match="mine"):
            make(Failing())
