# SPDX-License-Identifier: Apache-2.0
"""The types of tables, memories, globals and tags as text: what str() gives is read again, wherever a type is taken."""

from __future__ import annotations

from typing import Any

import pytest

from wasmedge import (
    Global,
    GlobalType,
    ImmutableGlobalError,
    Limit,
    Memory,
    MemoryType,
    Mutability,
    Table,
    TableType,
    TagType,
    ValType,
)

pytestmark = pytest.mark.quick

TEXTS: list[tuple[Any, str]] = [
    (GlobalType("i32"), "const i32"),
    (GlobalType("externref", Mutability.VAR), "var externref"),
    (TableType("funcref", Limit(1, 5)), "funcref 1..5"),
    (TableType("externref", Limit(0, is64=True)), "externref 0, 64-bit"),
    (MemoryType(1), "1"),
    (MemoryType(Limit(0, 65536)), "0..65536"),
    (MemoryType(Limit(1, 2, shared=True)), "1..2, shared"),
    (MemoryType(Limit(1, 2, shared=True, is64=True)), "1..2, shared, 64-bit"),
    (TagType(), "()"),
    (TagType(["i32", "f64"]), "(i32, f64)"),
]


@pytest.mark.parametrize(("value", "text"), TEXTS)
def test_type_text_is_read_again(value: Any, text: str) -> None:
    assert str(value) == text
    assert type(value)(text) == value
    assert type(value)(f"  {text} ") == value


def test_type_text_has_other_forms() -> None:
    assert GlobalType("i64") == GlobalType("i64", Mutability.CONST)
    assert GlobalType("mut f32") == GlobalType("var  f32") == GlobalType("f32", Mutability.VAR)
    assert TableType("funcref", "1..5") == TableType("funcref 1..5")
    assert MemoryType("1..2,64-bit,shared") == MemoryType("1..2, shared, 64-bit")
    assert TagType("i32") == TagType([ValType.I32])


def test_type_text_is_taken_for_a_type() -> None:
    assert Global("i32", 5).type == GlobalType("i32")
    counter = Global("mut i64", 0)
    counter.value = 7
    assert (counter.value, repr(counter)) == (7, "<Global var i64 7>")
    with pytest.raises(ImmutableGlobalError):
        Global("const f64", 1).value = 2
    table = Table("externref 2..3", "x")
    assert (list(table), table.type) == (["x", "x"], TableType("externref", Limit(2, 3)))
    memory = Memory("1..3")
    assert (memory.pages, memory.type) == (1, MemoryType(Limit(1, 3)))
    assert Memory("0").type == MemoryType(0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "i31",
        "var",
        "mut",
        "const",
        "var var i32",
        "i32 var",
        "(mut i32)",
        "Var i32",
        "i32\0",
        "\ud800",
        "var \ud800",
    ],
)
def test_type_text_of_no_global(text: str) -> None:
    for make in (GlobalType, lambda text: Global(text, 0)):
        with pytest.raises(ValueError, match=r"value type|surrogates"):
            make(text)
    with pytest.raises(ValueError, match="unknown value type 'var i32'"):
        GlobalType("var i32", Mutability.VAR)


NO_LIMITS = ["", "a", "-1", "+1", "1..", "..5", "1...5", "1 2", "1_0", "0x1", "1.5", "1\0", "٣", "\ud800"]
NO_LIMITS += ["1,", "1, ", "1, big", "1, shared, shared", "1, 64-bit, 64-bit", f"{2**64}", f"1..{2**64}"]


@pytest.mark.parametrize("text", NO_LIMITS)
def test_type_text_of_no_memory(text: str) -> None:
    for make in (MemoryType, Memory):
        with pytest.raises(ValueError, match="a limit is written like"):
            make(text)
    with pytest.raises(ValueError, match=r"a (limit|table type) is written like"):
        TableType(f"funcref {text}")


def test_type_text_of_limits_that_cannot_be() -> None:
    with pytest.raises(ValueError, match="the maximum 1 is below the minimum 2"):
        Memory("2..1")
    with pytest.raises(ValueError, match="max of a 32-bit memory is at most 65536 pages, not 65537"):
        Memory("1..65537")
    with pytest.raises(ValueError, match="min of a limit that is not 64-bit is at most 4294967295"):
        TableType("funcref 4294967296")
    with pytest.raises(ValueError, match="tables cannot be shared"):
        Table("funcref 1..2, shared")


@pytest.mark.parametrize("text", ["", "funcref", "1..5", "1 funcref", "func 1", "\ud800 1"])
def test_type_text_of_no_table(text: str) -> None:
    for make in (TableType, Table):
        with pytest.raises(ValueError, match=r"a table type is written like|unknown value type"):
            make(text)


def test_type_text_of_a_table_of_numbers() -> None:
    with pytest.raises(TypeError, match="a table is of references, not of i32"):
        Table("i32 1")


@pytest.mark.parametrize("text", ["", "(i32", "(i32) -> i32", "i31"])
def test_type_text_of_no_tag(text: str) -> None:
    with pytest.raises(ValueError, match="type"):
        TagType(text)


@pytest.mark.parametrize("wrong", [None, 1, b"i32", ValType.I32, MemoryType(1), ["i32"]])
def test_type_text_is_no_other_object(wrong: Any) -> None:
    with pytest.raises(TypeError, match=r"^expected a GlobalType or a str like 'var i32', not "):
        Global(wrong, 0)
    with pytest.raises(TypeError, match=r"^expected a TableType or a str like 'funcref 1\.\.5', not "):
        Table(wrong)
