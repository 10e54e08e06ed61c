# SPDX-License-Identifier: Apache-2.0
"""WASM Data Structures: limits and types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from wasmedge import (
    ExternType,
    FunctionType,
    GlobalType,
    Limit,
    Loader,
    Memory,
    MemoryType,
    Mutability,
    TableType,
    ValType,
)

if TYPE_CHECKING:
    from tests.conftest import Wat

pytestmark = pytest.mark.quick

# Each kind twice: imported, and exported.
ALL_KINDS = """
(module
  (import "env" "f" (func (param i32) (result i64)))
  (import "env" "t" (table 1 funcref))
  (import "env" "m" (memory 1 5))
  (import "env" "g" (global i32))
  (func (export "of") (param f64))
  (table (export "ot") 2 3 externref)
  (global (export "og") (mut i64) (i64.const 0))
  (export "om" (memory 0)))
"""
CLASSES = {
    ExternType.FUNCTION: FunctionType,
    ExternType.TABLE: TableType,
    ExternType.MEMORY: MemoryType,
    ExternType.GLOBAL: GlobalType,
}


def test_wasm_data_structures_limit() -> None:
    """Example 6, of "WASM Data Structures"."""
    first = Limit(12)
    assert not first.has_max
    assert first.max is None
    assert first.min == 12

    second = Limit(15, 50)
    assert second.has_max
    assert (second.min, second.max) == (15, 50)


def test_wasm_data_structures_shared_limit() -> None:
    """Example 7, of "WASM Data Structures"."""
    third = Limit(20, shared=True)
    assert not third.has_max
    assert third.shared
    assert third.min == 20
    with pytest.raises(ValueError, match="shared memory has a maximum"):
        Memory(third)

    fourth = Limit(30, 40, shared=True)
    assert fourth.has_max
    assert fourth.shared
    assert (fourth.min, fourth.max) == (30, 40)
    assert not Limit(30, 40).shared


def test_wasm_data_structures_function_type() -> None:
    """Example 8, of "WASM Data Structures"."""
    params = (ValType.EXTERNREF, ValType.I32, ValType.I64)
    results = (ValType.F32, ValType.F64)
    function_type = FunctionType(params, results)
    assert (len(function_type.params), len(function_type.results)) == (3, 2)
    assert function_type.params == params
    assert function_type.results == results
    assert str(function_type) == "(externref, i32, i64) -> (f32, f64)"


def test_wasm_data_structures_table_type() -> None:
    """Example 9, of "WASM Data Structures"."""
    limit = Limit(12)
    table_type = TableType(ValType.EXTERNREF, limit)
    assert table_type.ref_type == ValType.EXTERNREF
    assert table_type.limit == limit


def test_wasm_data_structures_memory_type() -> None:
    """Example 10, of "WASM Data Structures"."""
    limit = Limit(1)
    assert MemoryType(limit).limit == limit


def test_wasm_data_structures_global_type() -> None:
    """Example 11, of "WASM Data Structures"."""
    global_type = GlobalType(ValType.F64, Mutability.VAR)
    assert global_type.val_type == ValType.F64
    assert global_type.mutability is Mutability.VAR


def described(item: Any) -> tuple[ExternType, str]:
    """Return the kind and the type of an import or export, having checked the type's class."""
    assert type(item.type) is CLASSES[item.kind]
    return item.kind, str(item.type)


def test_wasm_data_structures_import_type(wat: Wat) -> None:
    """Example 12, of "WASM Data Structures"."""
    imports = Loader().load(wat(ALL_KINDS)).imports
    assert [(item.module, item.name) for item in imports] == [("env", name) for name in "ftmg"]
    assert [described(item) for item in imports] == [
        (ExternType.FUNCTION, "(i32) -> i64"),
        (ExternType.TABLE, "funcref 1"),
        (ExternType.MEMORY, "1..5"),
        (ExternType.GLOBAL, "const i32"),
    ]


def test_wasm_data_structures_export_type(wat: Wat) -> None:
    """Example 13, of "WASM Data Structures"."""
    exports = Loader().load(wat(ALL_KINDS)).exports
    assert {item.name: described(item) for item in exports} == {
        "of": (ExternType.FUNCTION, "(f64) -> ()"),
        "ot": (ExternType.TABLE, "externref 2..3"),
        "og": (ExternType.GLOBAL, "var i64"),
        "om": (ExternType.MEMORY, "1..5"),
    }
