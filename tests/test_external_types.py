# SPDX-License-Identifier: Apache-2.0
"""The types of functions, tables, memories, globals and tags, and of imports and exports."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING, Any

import pytest

import wasmedge
from wasmedge import (
    ExternType,
    FunctionType,
    GlobalType,
    Limit,
    MemoryType,
    Module,
    Mutability,
    TableType,
    TagType,
    ValType,
)

if TYPE_CHECKING:
    from tests.conftest import Wat

pytestmark = pytest.mark.quick

VALUES = [
    (FunctionType("(i32, i32) -> i64"), "(i32, i32) -> i64"),
    (FunctionType(), "() -> ()"),
    (FunctionType(["v128"], [ValType.FUNCREF, "externref"]), "(v128) -> (funcref, externref)"),
    (TableType("funcref", Limit(1, 5)), "funcref 1..5"),
    (TableType(ValType.EXTERNREF, 0), "externref 0"),
    (MemoryType(Limit(1)), "1"),
    (MemoryType(Limit(1, 2, shared=True)), "1..2, shared"),
    (GlobalType("i32"), "const i32"),
    (GlobalType(ValType.F64, Mutability.VAR), "var f64"),
    (TagType(["i32", ValType.V128]), "(i32, v128)"),
    (TagType(), "()"),
]


@pytest.mark.parametrize(("value", "text"), VALUES)
def test_types_are_values(value: Any, text: str) -> None:
    assert str(value) == text
    assert repr(value) == f"<{type(value).__name__} {text}>"
    for again in (pickle.loads(pickle.dumps(value)), copy.copy(value), copy.deepcopy(value)):  # noqa: S301
        assert again == value
        assert hash(again) == hash(value)
    assert value != text
    assert value.__eq__(text) is NotImplemented
    assert [other == value for other, _ in VALUES].count(True) == 1


def test_types_have_what_they_were_made_of() -> None:
    table = TableType("funcref", Limit(1, 5))
    assert (table.ref_type, table.limit) == (ValType.FUNCREF, Limit(1, 5))
    assert MemoryType(Limit(2, 3)).limit == Limit(2, 3)
    global_ = GlobalType("i64", Mutability.VAR)
    assert (global_.val_type, global_.mutability) == (ValType.I64, Mutability.VAR)
    function = FunctionType("(i32, f64) -> (i64, v128)")
    assert (function.params, function.results) == ((ValType.I32, ValType.F64), (ValType.I64, ValType.V128))
    for value, name in ((table, "limit"), (global_, "mutability"), (function, "params")):
        with pytest.raises(AttributeError):
            setattr(value, name, None)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("() -> ()", FunctionType()),
        ("()", FunctionType()),
        ("i32 -> i32", FunctionType(["i32"], ["i32"])),
        ("  ( i32 ,i64 )->( f32 , f64 ) ", FunctionType(["i32", "i64"], ["f32", "f64"])),
        ("(externref) -> (funcref)", FunctionType(["externref"], ["funcref"])),
    ],
)
def test_types_of_functions_are_read(text: str, same: FunctionType) -> None:
    assert FunctionType(text) == same
    assert FunctionType(str(same)) == same


@pytest.mark.parametrize(
    "text",
    [
        "",
        "->",
        "-> i32",
        "(i32",
        "i32)",
        "(i32,) -> ()",
        "(,)",
        "(i32 i32) -> ()",
        "int -> int",
        "(i32) -> i32 -> i32",
        "((i32))",
        "\0",
    ],
)
def test_types_of_functions_that_cannot_be_read(text: str) -> None:
    with pytest.raises(ValueError, match=r"type"):
        FunctionType(text)


def test_types_refuse_bad_values() -> None:
    makes: list[tuple[Any, tuple[Any, ...]]] = [
        (TableType, ("i32", 1)),
        (TableType, ("funcref", None)),
        (TableType, (None, 1)),
        (TableType, ("func", 1)),
        (MemoryType, (Limit,)),
        (GlobalType, ("i31",)),
        (GlobalType, ("i32", True)),
        (GlobalType, ("i32", "var")),
        (FunctionType, (["i32"], "i32")),
        (FunctionType, ([32], [])),
        (FunctionType, (None,)),
        (FunctionType, ("(\ud800) -> ()",)),
    ]
    for make, arguments in makes:
        with pytest.raises((TypeError, ValueError)):
            make(*arguments)


@pytest.fixture
def module(wat: Wat) -> Module:
    """Return a module that imports and exports an object of each kind."""
    return Module.from_bytes(
        wat("""
        (module
          (import "a" "f" (func (param i32) (result i64)))
          (import "a" "t" (table 1 2 externref))
          (import "b" "m" (memory 1))
          (import "" "\\00☃" (global (mut f32)))
          (func (export "f") (result f64) (f64.const 0))
          (table (export "t") 3 funcref)
          (export "m" (memory 0))
          (global (export "g") v128 (v128.const i64x2 1 2)))""")
    )


def test_types_of_imports(module: Module) -> None:
    found = [(entry.kind, entry.module, entry.name, entry.type) for entry in module.imports]
    assert found == [
        (ExternType.FUNCTION, "a", "f", FunctionType("(i32) -> i64")),
        (ExternType.TABLE, "a", "t", TableType("externref", Limit(1, 2))),
        (ExternType.MEMORY, "b", "m", MemoryType(Limit(1))),
        (ExternType.GLOBAL, "", "\0☃", GlobalType("f32", Mutability.VAR)),
    ]
    assert repr(module.imports[0]) == "<ImportType 'a' 'f': function (i32) -> i64>"


def test_types_of_exports(module: Module) -> None:
    found = {entry.name: (entry.kind, entry.type) for entry in module.exports}
    assert found == {
        "f": (ExternType.FUNCTION, FunctionType("() -> f64")),
        "t": (ExternType.TABLE, TableType("funcref", Limit(3))),
        "m": (ExternType.MEMORY, MemoryType(Limit(1))),
        "g": (ExternType.GLOBAL, GlobalType("v128")),
    }
    assert repr(module.exports[1]) == "<ExportType 't': table funcref 3>"


def test_types_of_tags(wat: Wat) -> None:
    configure = wasmedge.Configure(standard=wasmedge.Standard.WASM_3)
    text = '(module (import "x" "t" (tag (param i64))) (tag (export "e") (param i32 f64)))'
    module = wasmedge.Loader(configure).load(wat(text))
    wanted, given = module.imports[0].type, module.exports[0].type
    assert isinstance(wanted, TagType)
    assert isinstance(given, TagType)
    assert wanted.params == (ValType.I64,)
    assert given.params == (ValType.I32, ValType.F64)
    assert wanted != given
    assert (wanted, given) == (TagType(["i64"]), TagType("(i32, f64)"))
    assert module.exports[0].kind is ExternType.TAG
    for entry in (*module.imports, *module.exports):
        assert pickle.loads(pickle.dumps(entry)) == entry  # noqa: S301


def test_types_of_imports_and_exports_are_values(module: Module, wat: Wat) -> None:
    entries: list[Any] = [*module.imports, *module.exports]
    assert len(set(entries)) == len(entries)
    for entry, same in zip(entries, [*module.imports, *module.exports], strict=True):
        copies = (pickle.loads(pickle.dumps(entry)), copy.copy(entry), copy.deepcopy(entry))  # noqa: S301
        for again in (same, *copies):
            assert again == entry
            assert hash(again) == hash(entry)
            assert repr(again) == repr(entry)
        assert entry not in (entry.name, entry.type, None)
    wanted = Module.from_bytes(wat('(module (import "a" "f" (func (param i32) (result i64))))')).imports[0]
    assert wanted == module.imports[0]
    for other in (
        '"a" "g" (func (param i32) (result i64))',
        '"b" "f" (func (param i32) (result i64))',
        '"a" "f" (func)',
    ):
        assert Module.from_bytes(wat(f"(module (import {other}))")).imports[0] != wanted
    given = Module.from_bytes(wat('(module (func (export "f") (param i32) (result i64) unreachable))')).exports[0]
    assert given != wanted


def test_types_of_a_module_that_is_not_valid_are_values_too(wat: Wat) -> None:
    """It declares what no memory can have, which is found out later."""
    data = b"\0asm\1\0\0\0\5\5\1\0\x81\x80\x04\7\5\1\1m\2\0"
    entry = Module.from_bytes(data).exports[0]
    assert str(entry.type) == "65537"
    assert pickle.loads(pickle.dumps(entry)) == entry  # noqa: S301
    with pytest.raises(ValueError, match="65536"):
        MemoryType(entry.type.limit)  # type: ignore[union-attr]


def test_types_that_only_a_module_knows_are_not_pickled(wat: Wat) -> None:
    configure = wasmedge.Configure(standard=wasmedge.Standard.WASM_3)
    text = '(module (type $t (func)) (import "a" "g" (global (ref null $t))))'
    entry = wasmedge.Loader(configure).load(wat(text)).imports[0]
    assert repr(entry) == "<ImportType 'a' 'g': global const (ref null $0)>"
    assert hash(entry) == hash(wasmedge.Loader(configure).load(wat(text)).imports[0])
    for make in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match=r"cannot pickle or copy the value type \(ref null \$0\)"):
            make(entry.type.val_type)  # type: ignore[union-attr]


def test_types_outlive_their_module(wat: Wat) -> None:
    entries = Module.from_bytes(wat('(module (import "a" "f" (func (param i32))) (memory (export "m") 1 2))'))
    found: list[Any] = [*entries.imports, *entries.exports]
    del entries
    assert [str(entry.type) for entry in found] == ["(i32) -> ()", "1..2"]
