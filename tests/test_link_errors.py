# SPDX-License-Identifier: Apache-2.0
"""Imports that are missing or mistyped: every one of them is named in one error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import wasmedge
from wasmedge import (
    Configure,
    Function,
    Global,
    GlobalType,
    LinkError,
    Memory,
    MemoryType,
    Standard,
    Table,
    TableType,
)

if TYPE_CHECKING:
    from tests.conftest import Wat

pytestmark = pytest.mark.quick


def test_link_error_lists_every_import(wat: Wat) -> None:
    text = """
    (module
      (import "env" "f" (func (param i32)))
      (import "env" "m" (memory 2))
      (import "env" "t" (table 2 4 externref))
      (import "env" "g" (global (mut i32)))
      (import "env" "gone" (func (result f32)))
      (import "env" "good" (func))
      (import "none" "x" (global i64)))
    """
    env = {
        "f": Function("(i64) -> ()", lambda _: None),
        "m": Memory(MemoryType(1)),
        "t": Table(TableType("funcref", 2)),
        "g": Global(GlobalType("i32"), 1),
        "good": lambda: None,
    }
    with pytest.raises(LinkError) as info:
        wasmedge.instantiate(wat(text), imports={"env": env})
    for line in (
        "'env' 'f': wanted function (i32) -> (), but found function (i64) -> ()",
        "'env' 'm': wanted memory 2, but found memory 1",
        "'env' 't': wanted table externref 2..4, but found table funcref 2",
        "'env' 'g': wanted global var i32, but found global const i32",
        "'env' 'gone': wanted function () -> f32, but it is missing",
        "'none' 'x': wanted global const i64, but there is no module of that name",
    ):
        assert line in str(info.value)
    assert "good" not in str(info.value)
    with pytest.raises(LinkError) as empty:
        wasmedge.instantiate(wat(text))
    assert str(empty.value).count("there is no module of that name") == 7


TYPED_LIBRARY = """
(module
  (type $long (func (param i64))) (type $none (func))
  (func $g (type $none)) (elem declare func $g)
  (func (export "f") (param (ref null $long)))
  (global (export "g") (ref null $none) (ref.func $g))
  (table (export "t") 1 (ref null $none))
  (func (export "good")))
"""
NOTE = ", where each module numbers types of its own"


@pytest.mark.parametrize(
    ("name", "import_", "wanted", "found"),
    [
        ("g", "(global (ref null $t))", "global const (ref null $0)", "global const (ref null $1)" + NOTE),
        ("g", "(global (mut funcref))", "global var funcref", "global const (ref null $1)"),
        ("g", "(global i32)", "global const i32", "global const (ref null $1)"),
        ("t", "(table 1 (ref null $t))", "table (ref null $0) 1", "table (ref null $1) 1" + NOTE),
        ("t", "(table 2 (ref null $t))", "table (ref null $0) 2", "table (ref null $1) 1" + NOTE),
        (
            "f",
            "(func (param (ref null $t)))",
            "function ((ref null $0)) -> ()",
            "function ((ref null $0)) -> ()" + NOTE,
        ),
        ("f", "(func (param externref) (result i32))", "function (externref) -> i32", "function ((ref null $0)) -> ()"),
        ("good", "(func (param (ref null $t)))", "function ((ref null $0)) -> ()", "function () -> ()"),
    ],
)
def test_link_error_names_an_import_with_a_typed_reference(
    wat: Wat, name: str, import_: str, wanted: str, found: str
) -> None:
    configure = Configure(standard=Standard.WASM_3)
    library = wasmedge.instantiate(wat(TYPED_LIBRARY), configure=configure)
    text = f'(module (type $t (func (param f32))) (import "lib" "{name}" {import_}) (import "lib" "gone" (memory 1)))'
    with pytest.raises(LinkError) as info:
        wasmedge.instantiate(wat(text), imports={"lib": library}, configure=configure)
    assert str(info.value).endswith(
        f": 'lib' '{name}': wanted {wanted}, but found {found}; 'lib' 'gone': wanted memory 1, but it is missing"
    )


def test_link_error_does_not_name_what_matches_by_a_subtype(wat: Wat) -> None:
    configure = Configure(standard=Standard.WASM_3)
    library = wasmedge.instantiate(wat(TYPED_LIBRARY), configure=configure)
    imports = '(import "lib" "g" (global funcref)) (import "lib" "good" (func))'
    wasmedge.instantiate(wat(f"(module {imports})"), imports={"lib": library}, configure=configure)
    with pytest.raises(LinkError, match=r"incompatible import type: 'lib' 't': wanted .*, but found [^;]*$"):
        wasmedge.instantiate(
            wat(f'(module {imports} (import "lib" "t" (table 1 externref)))'),
            imports={"lib": library},
            configure=configure,
        )
