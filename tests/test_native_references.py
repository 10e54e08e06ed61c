# SPDX-License-Identifier: Apache-2.0
"""References to functions between compiled instances: each function runs with the memory of its own instance.

WasmEdge 0.17.1's compiled code calls what it finds in a table by its bare address. So these would read foreign memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import wasmedge
from wasmedge import CompileWarning, Instance, RunMode

if TYPE_CHECKING:
    from tests.conftest import Wat

# Its function tells which instance it runs in, by memory and by global.
TELLER = """(module (memory (export "memory") 1) (data (i32.const 0) "\\{0:02x}") (global $g i32 (i32.const {0}))
    (table (export "table") 4 funcref) (elem (i32.const 0) $tell)
    (func $tell (export "tell") (result i32)
      (i32.add (i32.mul (i32.const 100) (global.get $g)) (i32.load8_u (i32.const 0))))
    (func (export "call") (param i32) (result i32) (call_indirect (result i32) (local.get 0))))"""

pytestmark = pytest.mark.usefixtures("cache_directory")


def teller(wat: Wat, number: int, mode: str = "aot") -> Instance:
    instance = wasmedge.instantiate(wat(TELLER.format(number)), run_mode=mode)
    assert (instance.run_mode is RunMode.INTERPRETER) == (mode == "interpreter")
    return instance


def test_native_reference_put_into_a_foreign_table_by_python(wat: Wat) -> None:
    one, two = teller(wat, 1), teller(wat, 2)
    one.exports.table[1] = two.exports.tell
    one.exports.table[2] = one.exports.tell
    assert [one.exports.call(index) for index in range(3)] == [101, 202, 101]
    assert one.exports.table[1]() == 202
    two.exports.table[3] = one.exports.table[0]
    assert two.exports.call(3) == 101


def test_native_reference_of_an_imported_function(wat: Wat) -> None:
    one = teller(wat, 1)
    two = wasmedge.instantiate(
        wat("""(module (import "one" "tell" (func $tell (result i32))) (memory 1) (data (i32.const 0) "\\07")
            (global $g i32 (i32.const 9)) (table 2 funcref) (elem (i32.const 1) $tell)
            (func (export "call") (result i32) (call_indirect (result i32) (i32.const 1)))
            (func (export "direct") (result i32) (call $tell)))"""),
        imports={"one": one},
        run_mode="aot",
    )
    assert two.run_mode is RunMode.AOT
    assert (two.exports.call(), two.exports.direct()) == (101, 101)


def test_native_reference_of_an_interpreted_function(wat: Wat) -> None:
    one, two = teller(wat, 1), teller(wat, 2, "interpreter")
    one.exports.table[1] = two.exports.tell
    two.exports.table[1] = one.exports.tell
    assert (one.exports.call(1), two.exports.call(1)) == (202, 101)


def test_native_reference_of_a_python_function(wat: Wat) -> None:
    one = teller(wat, 1)
    one.exports.table[1] = wasmedge.Function("() -> i32", lambda: 77)
    assert one.exports.call(1) == 77


def test_native_module_with_an_imported_table_is_interpreted(wat: Wat) -> None:
    one = teller(wat, 1)
    source = wat("""(module (import "one" "table" (table 4 funcref)) (memory 1) (data (i32.const 0) "\\05")
        (elem (i32.const 2) $mine) (func $mine (result i32) (i32.load8_u (i32.const 0)))
        (func (export "call") (param i32) (result i32) (call_indirect (result i32) (local.get 0))))""")
    with pytest.warns(CompileWarning, match="imports a table that references to functions pass through"):
        two = wasmedge.instantiate(source, imports={"one": one}, run_mode="aot")
    assert two.run_mode is RunMode.INTERPRETER
    assert [instance.exports.call(index) for instance in (one, two) for index in (0, 2)] == [101, 5, 101, 5]
    with pytest.raises(wasmedge.CompileError, match="imports a table"):
        wasmedge.instantiate(source, imports={"one": one}, run_mode="aot", strict=True)


def test_native_tables_of_two_compiled_instances_do_not_meet(wat: Wat) -> None:
    source = wat("""(module (import "a" "table" (table $a 4 funcref)) (import "b" "table" (table $b 4 funcref))
        (func (export "mix") (table.copy $a $b (i32.const 0) (i32.const 0) (i32.const 1))))""")
    one, two = teller(wat, 1), teller(wat, 2)
    with pytest.raises(wasmedge.LinkError, match="of two compiled instances would meet"):
        wasmedge.instantiate(source, imports={"a": one, "b": two}, run_mode="interpreter")
    three = teller(wat, 3, "interpreter")
    mixed = wasmedge.instantiate(source, imports={"a": one, "b": three}, run_mode="interpreter")
    mixed.exports.mix()
    assert one.exports.call(0) == 303
    # By way of the interpreted one they would meet as well.
    with pytest.raises(wasmedge.LinkError, match="of two compiled instances would meet"):
        wasmedge.instantiate(source, imports={"a": three, "b": two}, run_mode="interpreter")


def test_native_reference_that_no_instance_exports_is_refused(wat: Wat) -> None:
    hidden = wasmedge.instantiate(
        wat("""(module (table (export "table") 1 funcref) (elem (i32.const 0) $f)
            (func $f (result i32) (i32.const 5)))"""),
        run_mode="aot",
    )
    one = teller(wat, 1)
    with pytest.raises(ValueError, match="only when it is exported"):
        one.exports.table[1] = hidden.exports.table[0]
    assert one.exports.table[1] is None


def test_native_reference_as_an_argument(wat: Wat) -> None:
    one, two = teller(wat, 1), teller(wat, 2)
    caller = wasmedge.instantiate(
        wat("""(module (memory 1) (data (i32.const 0) "\\06") (table $t 1 funcref)
            (func (export "call") (param funcref) (result i32)
              (table.set $t (i32.const 0) (local.get 0)) (call_indirect (result i32) (i32.const 0))))"""),
        run_mode="aot",
    )
    assert caller.run_mode is RunMode.AOT
    assert [caller.exports.call(each.exports.tell) for each in (one, two)] == [101, 202]


def test_native_function_with_references_is_not_passed_between_compiled_instances(wat: Wat) -> None:
    taker = wasmedge.instantiate(
        wat('(module (func (export "f") (param funcref) (result i32) (i32.const 1)))'), run_mode="aot"
    )
    one = teller(wat, 1)
    with pytest.raises(ValueError, match="takes or gives references to functions"):
        one.exports.table[1] = taker.exports.f


def test_native_reexport_runs_in_its_own_instance(wat: Wat) -> None:
    one = teller(wat, 1)
    middle = wasmedge.instantiate(
        wat("""(module (import "one" "tell" (func $tell (result i32))) (memory 1) (global $g i32 (i32.const 8))
            (export "tell" (func $tell)))"""),
        imports={"one": one},
        run_mode="aot",
    )
    last = teller(wat, 3)
    last.exports.table[1] = middle.exports.tell
    assert (middle.exports.tell(), last.exports.call(1)) == (101, 101)
