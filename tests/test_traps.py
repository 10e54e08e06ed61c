# SPDX-License-Identifier: Apache-2.0
"""Traps: each kind of them, what they say, and that everything works as before afterwards."""

from __future__ import annotations

import sys
import traceback
from typing import TYPE_CHECKING, NamedTuple

import pytest

import wasmedge
from wasmedge import ErrCategory, ErrCode, TrapCode

if TYPE_CHECKING:
    from tests.conftest import Wat

pytestmark = pytest.mark.quick


class Case(NamedTuple):
    """A function body that traps, how, and the opcode that does it."""

    body: str
    trap: TrapCode
    opcode: int


CASES = {
    "unreachable": Case("(unreachable)", TrapCode.UNREACHABLE, 0x00),
    "i32.div_s by zero": Case(
        "(drop (i32.div_s (i32.const 1) (global.get $zero)))", TrapCode.INTEGER_DIVIDE_BY_ZERO, 0x6D
    ),
    "i32.rem_u by zero": Case(
        "(drop (i32.rem_u (i32.const 1) (global.get $zero)))", TrapCode.INTEGER_DIVIDE_BY_ZERO, 0x70
    ),
    "i64.div_u by zero": Case("(drop (i64.div_u (i64.const 1) (i64.const 0)))", TrapCode.INTEGER_DIVIDE_BY_ZERO, 0x80),
    "i64.rem_s by zero": Case("(drop (i64.rem_s (i64.const 1) (i64.const 0)))", TrapCode.INTEGER_DIVIDE_BY_ZERO, 0x81),
    "i32.div_s overflow": Case(
        "(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))", TrapCode.INTEGER_OVERFLOW, 0x6D
    ),
    "i64.div_s overflow": Case(
        "(drop (i64.div_s (i64.const 0x8000000000000000) (i64.const -1)))", TrapCode.INTEGER_OVERFLOW, 0x7F
    ),
    "i32.trunc_f32_s overflow": Case("(drop (i32.trunc_f32_s (f32.const 1e10)))", TrapCode.INTEGER_OVERFLOW, 0xA8),
    "i64.trunc_f64_u overflow": Case("(drop (i64.trunc_f64_u (f64.const -1)))", TrapCode.INTEGER_OVERFLOW, 0xB1),
    "i32.trunc_f64_s of nan": Case(
        "(drop (i32.trunc_f64_s (f64.const nan)))", TrapCode.INVALID_CONVERSION_TO_INTEGER, 0xAA
    ),
    "load": Case("(drop (i32.load (i32.const 65533)))", TrapCode.OUT_OF_BOUNDS_MEMORY_ACCESS, 0x28),
    "load with an offset beyond 4 GiB": Case(
        "(drop (i32.load8_u offset=0xffffffff (i32.const -1)))", TrapCode.OUT_OF_BOUNDS_MEMORY_ACCESS, 0x2D
    ),
    "store": Case("(i64.store (i32.const 65529) (i64.const 1))", TrapCode.OUT_OF_BOUNDS_MEMORY_ACCESS, 0x37),
    "memory.fill": Case(
        "(memory.fill (i32.const 65535) (i32.const 0) (i32.const 2))", TrapCode.OUT_OF_BOUNDS_MEMORY_ACCESS, 0xFC
    ),
    "memory.copy": Case(
        "(memory.copy (i32.const 0) (i32.const 65535) (i32.const 2))", TrapCode.OUT_OF_BOUNDS_MEMORY_ACCESS, 0xFC
    ),
    "memory.init": Case(
        "(memory.init $data (i32.const 0) (i32.const 3) (i32.const 2))", TrapCode.OUT_OF_BOUNDS_MEMORY_ACCESS, 0xFC
    ),
    "table.get": Case("(drop (table.get (i32.const 4)))", TrapCode.OUT_OF_BOUNDS_TABLE_ACCESS, 0x25),
    "table.set": Case("(table.set (i32.const -1) (ref.null func))", TrapCode.OUT_OF_BOUNDS_TABLE_ACCESS, 0x26),
    "table.init": Case(
        "(table.init $elements (i32.const 4) (i32.const 0) (i32.const 1))", TrapCode.OUT_OF_BOUNDS_TABLE_ACCESS, 0xFC
    ),
    "call_indirect beyond the table": Case(
        "(call_indirect (type $none) (i32.const 4))", TrapCode.UNDEFINED_ELEMENT, 0x11
    ),
    "call_indirect of nothing": Case(
        "(call_indirect (type $none) (i32.const 0))", TrapCode.UNINITIALIZED_ELEMENT, 0x11
    ),
    "call_indirect of another type": Case(
        "(call_indirect (type $none) (i32.const 1))", TrapCode.INDIRECT_CALL_TYPE_MISMATCH, 0x11
    ),
}

MODULE = """
(module
  (type $none (func))
  (global $zero i32 (i32.const 0))
  (memory (export "memory") 1)
  (table 4 funcref)
  (data $data "data")
  (func $one (export "one") (result i32) (i32.const 1))
  (elem (i32.const 1) $one)
  (elem $elements func $one)
  (func (export "trap") (type $none)
    (i32.store (i32.const 16) (i32.const 0x12345678))
    %s
    (i32.store (i32.const 16) (i32.const 0))))
"""


@pytest.mark.parametrize("name", CASES)
def test_traps_say_what_where_and_why(wat: Wat, name: str) -> None:
    case = CASES[name]
    module = wat(MODULE % case.body)
    with pytest.raises(wasmedge.Trap) as caught:
        wasmedge.instantiate(module).exports.trap()
    error = caught.value
    assert error.trap is case.trap
    assert (error.code, error.category) == (ErrCode(case.trap), ErrCategory.WASM)
    assert isinstance(error.code, ErrCode)
    assert str(error).startswith("trap(): ")
    assert f"Code: {int(error.code):#x}" in error.details[0]
    assert error.offset is not None
    assert module[error.offset] == case.opcode
    assert error.frames == (1,)


@pytest.mark.parametrize("name", CASES)
def test_traps_leave_the_instance_usable(wat: Wat, name: str) -> None:
    vm = wasmedge.VM()
    vm.load(wat(MODULE % CASES[name].body))
    vm.validate()
    vm.instantiate()
    instance = vm.active_instance
    assert instance is not None
    for _ in range(3):
        with pytest.raises(wasmedge.Trap):
            vm.execute("trap")
        assert vm.state is wasmedge.VMState.INSTANTIATED
        assert vm.execute("one") == 1
    # What ran before the trap stays done, what comes after it was not.
    assert instance.exports.memory.read(16, 4) == bytes.fromhex("78563412")


def test_traps_show_their_details_in_the_traceback(wat: Wat) -> None:
    module = wat(
        '(module (func (export "divide") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1))))'
    )
    with pytest.raises(wasmedge.Trap) as caught:
        wasmedge.run(module, "divide", 7, 0)
    assert str(caught.value) == "divide(): integer divide by zero"
    assert any("Args: [7 , 0]" in line for line in caught.value.details)
    assert vars(caught.value)["__notes__"] == ["\n".join(caught.value.details)]
    if sys.version_info >= (3, 11):
        assert "Args: [7 , 0]" in "".join(traceback.format_exception(caught.value))


def test_traps_tell_the_bounds(wat: Wat) -> None:
    module = wat('(module (memory 1) (func (export "load") (param i32) (result i64) (i64.load (local.get 0))))')
    instance = wasmedge.instantiate(module)
    assert instance.exports.load(65528) == 0
    with pytest.raises(wasmedge.Trap) as caught:
        instance.exports.load(65529)
    assert "    Accessing offset from: 0x0000fff9 to: 0x00010000 , Out of boundary: 0x0000ffff" in caught.value.details


def test_traps_do_not_mix_their_details(wat: Wat) -> None:
    module = wat("""
        (module
          (func (export "one") unreachable)
          (func (export "two") (drop (i32.div_u (i32.const 1) (i32.const 0)))))""")
    instance = wasmedge.instantiate(module)
    found = []
    for name in ["one", "two", "one"]:
        with pytest.raises(wasmedge.Trap) as caught:
            instance.exports[name]()
        found.append(caught.value.details)
    assert found[0] == found[2]
    assert not any("unreachable" in line for line in found[1])
    assert len(found[1]) == len(found[0])


def test_traps_pass_through_an_importing_instance(wat: Wat) -> None:
    inner = wasmedge.instantiate(wat('(module (func (export "fail") unreachable))'))
    outer = wasmedge.instantiate(
        wat('(module (import "inner" "fail" (func $fail)) (func (export "run") (call $fail)))'),
        imports={"inner": inner},
    )
    with pytest.raises(wasmedge.Trap) as caught:
        outer.exports.run()
    assert str(caught.value) == "run(): unreachable"
    assert caught.value.trap is TrapCode.UNREACHABLE


@pytest.mark.parametrize(
    ("text", "trap"),
    [
        ("(module (func $start unreachable) (start $start))", TrapCode.UNREACHABLE),
        ('(module (memory 1) (data (i32.const 65535) "xy"))', TrapCode.OUT_OF_BOUNDS_MEMORY_ACCESS),
        ("(module (table 1 funcref) (func $f) (elem (i32.const 1) $f))", TrapCode.OUT_OF_BOUNDS_TABLE_ACCESS),
    ],
    ids=["start function", "data segment", "element segment"],
)
def test_traps_of_instantiation_name_the_module(wat: Wat, text: str, trap: TrapCode) -> None:
    vm = wasmedge.VM()
    vm.load(wat(text))
    vm.validate()
    with pytest.raises(wasmedge.Trap, match=r"^cannot instantiate <bytes>: ") as caught:
        vm.instantiate()
    assert caught.value.trap is trap
    assert vm.state is wasmedge.VMState.VALIDATED
    assert vm.active_instance is None
