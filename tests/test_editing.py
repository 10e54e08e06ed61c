# SPDX-License-Identifier: Apache-2.0
"""The editor of modules: what it adds is there, and what was there stays as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import wasmedge
from wasmedge.binary_format import Reader, number, signed
from wasmedge.editing import FUNCTION, MEMORY, ModuleEditor
from wasmedge.statefulness import keeps_state

if TYPE_CHECKING:
    from tests.conftest import Wat

I32 = b"\x7f"
MULTI_MEMORIES = wasmedge.Configure(wasmedge.Proposal.MULTI_MEMORIES)

EVERYTHING = """
(module
  (import "env" "f" (func $f (param i32) (result i32)))
  (import "env" "g" (global i32))
  (import "env" "t" (table 1 funcref))
  (memory (export "memory") 1)
  (global $count (export "count") (mut i32) (i32.const 5))
  (table 2 funcref) (elem (table 1) (i32.const 0) func $own)
  (data (i32.const 8) "\\2a")
  (func $start (global.set $count (i32.add (global.get $count) (i32.const 1))))
  (func $own (export "own") (param i32) (result i32) (i32.add (call $f (local.get 0)) (i32.load8_u (i32.const 8))))
  (export "again" (func $f))
  (start $start))
"""


def imports() -> dict[str, dict[str, object]]:
    return {"env": {"f": lambda x: x + 1, "g": 7, "t": wasmedge.Table("funcref 1")}}


def edit(data: bytes) -> bytes:
    editor = ModuleEditor(data)
    memory = editor.add_memory(2)
    function = editor.add_function(editor.add_type([I32], [I32]), [I32], b"\x20\x00\x41\x07\x6a")
    editor.add_export("added", FUNCTION, function)
    editor.add_export("memory", MEMORY, memory)
    return editor.encode()


def test_editing_an_empty_module(wat: Wat) -> None:
    instance = wasmedge.instantiate(edit(wat("(module)")))
    assert instance.exports.added(1) == 8
    assert instance.exports.memory.pages == 2


def test_editing_keeps_what_is_there(wat: Wat) -> None:
    data = wat(EVERYTHING)
    instance = wasmedge.instantiate(edit(data), imports=imports(), configure=MULTI_MEMORIES)
    assert instance.exports.own(1) == 2 + 42
    assert instance.exports.count.value == 6
    assert instance.exports["added"](1) == 8
    assert (instance.exports["memory"].pages, instance.exports["memory-2"].pages) == (1, 2)
    assert ModuleEditor(data).encode() == data


def test_editing_knows_the_index_spaces(wat: Wat) -> None:
    editor = ModuleEditor(wat(EVERYTHING))
    assert (editor.imported_functions, editor.memories) == (1, 1)
    assert editor.exports()["again"] == (FUNCTION, 0)
    assert editor.exports()["own"] == (FUNCTION, 2)
    assert len(editor.bodies()) == 2
    assert (editor.add_memory(1), editor.add_memory(1)) == (1, 2)


def test_editing_leaves_custom_sections(wat: Wat) -> None:
    section = b"\0\x06\x04note!"
    data = wat("(module)") + section
    edited = wasmedge.Module.from_bytes(edit(data))
    assert edited.custom_sections == (("note", b"!"),)


def test_editing_counts_types_of_groups() -> None:
    # (rec (struct (field i8)) (sub final (array (mut f64)))) and (func), of WebAssembly 3.0
    types = b"\x02" + b"\x4e\x02" + b"\x5f\x01\x78\x00" + b"\x4f\x00\x5e\x7c\x01" + b"\x60\x00\x00"
    editor = ModuleEditor(b"\0asm\1\0\0\0" + b"\x01" + bytes([len(types)]) + types)
    assert editor.add_type([I32], []) == 3


@pytest.mark.parametrize(
    "data",
    [b"", b"\0asm", b"\0asm\1\0\0\0\1", b"\0asm\1\0\0\0\1\x05\1", b"\0asm\1\0\0\0\2\x04\1\0\0\x09", b"no module"],
)
def test_editing_what_is_no_module(data: bytes) -> None:
    with pytest.raises(ValueError, match="module"):
        ModuleEditor(data)


@given(st.integers(0, 2**64 - 1))
def test_editing_unsigned_numbers(value: int) -> None:
    assert Reader(number(value)).number() == value


@given(st.integers(-(2**63), 2**63 - 1))
def test_editing_signed_numbers(value: int) -> None:
    assert Reader(signed(value)).signed() == value


@given(st.binary(max_size=40))
def test_editing_refuses_or_ends(data: bytes) -> None:
    try:
        edited = edit(b"\0asm\1\0\0\0" + data)
    except (ValueError, UnicodeDecodeError, IndexError):
        return
    assert edited.startswith(b"\0asm\1\0\0\0")


STATE = """
(module
  (import "env" "f" (func $f))
  (memory 1) (global $g (mut i32) (i32.const 0)) (table 1 funcref)
  (func (export "reads") (param i32) (result i32) (i32.add (global.get $g) (i32.load (local.get 0))))
  (func (export "writes a global") (global.set $g (i32.const 1)))
  (func (export "stores") (i32.store (i32.const 0) (i32.const 1)))
  (func (export "stores a vector") (v128.store (i32.const 0) (v128.const i64x2 1 2)))
  (func (export "grows") (drop (memory.grow (i32.const 1))))
  (func (export "fills") (memory.fill (i32.const 0) (i32.const 1) (i32.const 1)))
  (func (export "sets") (table.set (i32.const 0) (ref.null func)))
  (func (export "calls out") (call $f))
  (func (export "calls what it finds") (call_indirect (i32.const 0)))
  (func $deep (global.set $g (i32.const 1)))
  (func $middle (call $deep))
  (func (export "calls one that writes") (call $middle))
  (func $even (export "recurses") (param i64) (result i32)
    (if (result i32) (i64.eqz (local.get 0)) (then (i32.const 1))
      (else (call $even (i64.sub (local.get 0) (i64.const 1))))))
  (func (export "has everything else") (param f64) (result f64) (local v128 i32)
    (local.set 1 (v128.const i32x4 1 2 3 4))
    (local.set 1 (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 (local.get 1) (v128.load (i32.const 0))))
    (local.set 1 (v128.load8_lane 3 (i32.const 0) (local.get 1)))
    (local.set 2 (i8x16.extract_lane_s 15 (local.get 1)))
    (block $a (block $b (br_table $a $b $a (local.get 2))))
    (drop (i32.trunc_sat_f64_s (local.get 0))) (drop (f32.const 0.5)) (drop (table.size 0)) (drop (ref.null func))
    (drop (select (result i32) (i32.const 1) (memory.size) (local.get 2)))
    (f64.add (local.get 0) (f64.const 0.25))))
"""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("reads", False),
        ("recurses", False),
        ("has everything else", False),
        ("writes a global", True),
        ("stores", True),
        ("stores a vector", True),
        ("grows", True),
        ("fills", True),
        ("sets", True),
        ("calls out", True),
        ("calls what it finds", True),
        ("calls one that writes", True),
    ],
)
def test_statefulness_of_functions(wat: Wat, name: str, expected: bool) -> None:
    editor = ModuleEditor(wat(STATE))
    assert keeps_state(editor, editor.exports()[name][1]) is expected
