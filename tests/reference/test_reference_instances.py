# SPDX-License-Identifier: Apache-2.0
"""WasmEdge Runtime: instances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import wasmedge
from wasmedge import (
    FunctionType,
    Global,
    GlobalType,
    Limit,
    Memory,
    MemoryType,
    Mutability,
    Table,
    TableType,
    ValType,
)

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.quick


def test_instances_module(fibonacci: Path) -> None:
    """Example 57, of "Instances"."""
    instance = wasmedge.instantiate(fibonacci)
    assert list(instance.functions) == ["fib"]
    assert instance.functions["fib"](21) == 17711
    assert instance.functions.get("no such function") is None
    for others in (instance.tables, instance.memories, instance.globals):
        assert list(others) == []


def test_instances_function(fibonacci: Path) -> None:
    """Example 58, of "Instances"."""
    function = wasmedge.instantiate(fibonacci).functions["fib"]
    assert function.type == FunctionType([ValType.I32], [ValType.I32])


def test_instances_table(fibonacci: Path) -> None:
    """Example 59, of "Instances"; a funcref here is the function itself, not an index."""
    table_type = TableType(ValType.FUNCREF, Limit(10, 20))
    table = Table(table_type)
    assert table.type.ref_type == ValType.FUNCREF
    assert table.type.limit == Limit(10, 20)

    function = wasmedge.instantiate(fibonacci).functions["fib"]
    table[3] = function
    with pytest.raises(IndexError, match="13"):
        table[13] = function
    assert table[3] == function
    assert table[3](21) == 17711
    assert table[4] is None
    with pytest.raises(IndexError, match="13"):
        table[13]

    assert len(table) == 10
    table.grow(6)
    assert len(table) == 16
    with pytest.raises(ValueError, match="maximum is 20"):
        table.grow(6)
    assert len(table) == 16
    assert table[3] == function


def test_instances_memory() -> None:
    """Example 60, of "Instances"."""
    memory = Memory(MemoryType(Limit(1, 5)))
    assert memory.type.limit == Limit(1, 5)

    data = b"A quick brown fox jumps over the lazy dog"
    memory.write(0x1000, data[:10])
    with pytest.raises(IndexError, match="10 bytes at offset 65535"):
        memory.write(0xFFFF, data[:10])
    assert memory.read(0x1000, 10) == b"A quick br"
    assert memory.read(0xFFFF, 1) == b"\0"
    with pytest.raises(IndexError, match="10 bytes at offset 65535"):
        memory.read(0xFFFF, 10)

    assert memory.pages == 1
    memory.grow(2)
    assert memory.pages == 3
    with pytest.raises(ValueError, match="maximum is 5"):
        memory.grow(3)
    assert memory.pages == 3
    assert memory.read(0x1000, 10) == b"A quick br"


@pytest.mark.parametrize("wrong", ["888", 888.5, None])
def test_instances_global(wrong: Any) -> None:
    """Example 61, of "Instances"; what Go ignores is an error here."""
    variable = Global(GlobalType(ValType.I64, Mutability.VAR), 1000)
    assert variable.value == 1000
    assert variable.type.val_type == ValType.I64
    assert variable.type.mutability is Mutability.VAR

    variable.value = 888
    assert variable.value == 888
    with pytest.raises(TypeError):
        variable.value = wrong
    assert variable.value == 888

    constant = Global(GlobalType(ValType.I64, Mutability.CONST), 1000)
    with pytest.raises(wasmedge.ImmutableGlobalError):
        constant.value = 888
    assert constant.value == 1000
