# SPDX-License-Identifier: Apache-2.0
"""Calls of functions made by wasm-bindgen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import wasmedge
from wasmedge import VM, Bindgen

if TYPE_CHECKING:
    from tests.conftest import Wat

pytestmark = pytest.mark.quick

# Arrays go by address and size. Results that are no i32 are written to the address that is the first argument.
MODULE = """
(module
  (memory (export "memory") 2)
  (global $next (mut i32) (i32.const 1024))
  (global $freed (export "freed") (mut i32) (i32.const 0))
  (func $malloc (export "__wbindgen_malloc") (param i32) (result i32)
    (global.get $next)
    (global.set $next (i32.add (global.get $next) (local.get 0))))
  (func (export "__wbindgen_free") (param i32 i32)
    (global.set $freed (i32.add (global.get $freed) (local.get 1))))
  (func (export "nothing") (param i32))
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "length") (param i32 i32) (result i32) (local.get 1))
  (func (export "first") (param i32 i32) (result i32) (i32.load8_u (local.get 0)))
  (func (export "lcm") (param i32 i32 i32)
    (i64.store (local.get 0)
      (i64.mul (i64.extend_i32_s (local.get 1)) (i64.extend_i32_s (local.get 2)))))
  (func (export "join") (param i32 i32 i32)
    (i64.store (local.get 0)
      (i64.or (i64.extend_i32_u (local.get 1)) (i64.shl (i64.extend_i32_u (local.get 2)) (i64.const 32)))))
  (func (export "twice") (param $result i32) (param $data i32) (param $size i32)
    (local $copy i32)
    (local.set $copy (call $malloc (i32.mul (local.get $size) (i32.const 2))))
    (memory.copy (local.get $copy) (local.get $data) (local.get $size))
    (memory.copy (i32.add (local.get $copy) (local.get $size)) (local.get $data) (local.get $size))
    (i32.store (local.get $result) (local.get $copy))
    (i32.store offset=4 (local.get $result) (i32.mul (local.get $size) (i32.const 2))))
  (func (export "outside") (param $result i32)
    (i32.store (local.get $result) (i32.const 131000)) (i32.store offset=4 (local.get $result) (i32.const 1000)))
  (func (export "trap") (param i32) unreachable))
"""


@pytest.fixture
def vm(wat: Wat) -> VM:
    """Return a VM with the module as active, and as registered instance."""
    vm = VM()
    vm.register(wat(MODULE), "app")
    vm.load(wat(MODULE))
    vm.validate()
    vm.instantiate()
    return vm


def test_bindgen_numbers(vm: VM) -> None:
    assert vm.execute_bindgen("nothing", 1, returns=Bindgen.VOID) is None
    assert vm.execute_bindgen("add", 2, -5, returns=Bindgen.I32) == -3
    assert vm.execute_bindgen("add", np.int32(2), np.uint8(5), returns=Bindgen.I32) == 7
    assert vm.execute_bindgen("lcm", 123456, -654321, returns=Bindgen.I64) == 123456 * -654321


@pytest.mark.parametrize("number", [2**40, -(2**63), 2**63 - 1, np.int64(5), np.uint64(2**63)])
def test_bindgen_numbers_of_64_bits_are_two(vm: VM, number: Any) -> None:
    bits = int(number) & (2**64 - 1)
    assert vm.execute_bindgen("join", number, returns=Bindgen.I64) == (bits ^ 2**63) - 2**63


@pytest.mark.parametrize("data", [b"hello", bytearray(b"hello"), memoryview(b"hello"), "hello"])
def test_bindgen_arrays(vm: VM, data: Any) -> None:
    assert vm.execute_bindgen("length", data, returns=Bindgen.I32) == 5
    assert vm.execute_bindgen("first", data, returns=Bindgen.I32) == ord("h")
    assert vm.execute_bindgen("twice", data, returns=Bindgen.ARRAY) == b"hellohello"


def test_bindgen_arrays_of_any_content(vm: VM) -> None:
    assert vm.execute_bindgen("twice", b"", returns=Bindgen.ARRAY) == b""
    assert vm.execute_bindgen("twice", b"\0\xff", returns=Bindgen.ARRAY) == b"\0\xff" * 2
    assert vm.execute_bindgen("length", "☃", returns=Bindgen.I32) == 3


def test_bindgen_arrays_are_freed(vm: VM) -> None:
    active = vm.active_instance
    assert active is not None
    vm.execute_bindgen("twice", b"12345", returns=Bindgen.ARRAY)
    assert active.exports.freed.value == 10


def test_bindgen_registered(vm: VM) -> None:
    assert vm.execute_bindgen_registered("app", "add", 2, 3, returns=Bindgen.I32) == 5
    assert vm.execute_bindgen_registered("app", "twice", "ab", returns=Bindgen.ARRAY) == b"abab"
    assert vm.registered["app"].exports.freed.value == 4
    active = vm.active_instance
    assert active is not None
    assert active.exports.freed.value == 0


@pytest.mark.parametrize("wrong", [1.5, None, True, [1], {"a": 1}, object()])
def test_bindgen_refuses_other_arguments(vm: VM, wrong: Any) -> None:
    with pytest.raises(TypeError, match="cannot be passed to a wasm-bindgen function"):
        vm.execute_bindgen("nothing", wrong, returns=Bindgen.VOID)


def test_bindgen_refuses_large_numbers(vm: VM) -> None:
    for number in (2**64, -(2**63) - 1):
        with pytest.raises(OverflowError, match="more than 64 bits"):
            vm.execute_bindgen("nothing", number, returns=Bindgen.VOID)


def test_bindgen_has_to_know_the_result(vm: VM) -> None:
    with pytest.raises(TypeError):
        vm.execute_bindgen("add", 1, 2)  # type: ignore[call-arg]
    for wrong in ("i32", 1, None, wasmedge.ValType.I32):
        with pytest.raises(TypeError, match="returns must be a Bindgen"):
            vm.execute_bindgen("add", 1, 2, returns=wrong)  # type: ignore[arg-type]


def test_bindgen_failures_are_those_of_calls(vm: VM) -> None:
    with pytest.raises(wasmedge.Trap, match="unreachable"):
        vm.execute_bindgen("trap", 1, returns=Bindgen.VOID)
    with pytest.raises(TypeError, match=r"add\(\) takes 2 arguments"):
        vm.execute_bindgen("add", 1, returns=Bindgen.I32)
    with pytest.raises((wasmedge.WasmEdgeError, AttributeError, LookupError), match="gone"):
        vm.execute_bindgen("gone", returns=Bindgen.VOID)
    with pytest.raises(wasmedge.FunctionNotFoundError, match="no instance is registered as 'none'"):
        vm.execute_bindgen_registered("none", "add", 1, 2, returns=Bindgen.I32)
    with pytest.raises((ValueError, IndexError)):
        vm.execute_bindgen("outside", returns=Bindgen.ARRAY)
    assert vm.execute_bindgen("add", 1, 2, returns=Bindgen.I32) == 3


def test_bindgen_names_what_an_instance_lacks(wat: Wat) -> None:
    vm = VM()
    text = '(module (func (export "f") (param i32 i32)) (func (export "g") (param i32)))'
    vm.load(wat(text))
    vm.validate()
    vm.instantiate()
    with pytest.raises(ValueError, match="exports no __wbindgen_malloc"):
        vm.execute_bindgen("f", b"data", returns=Bindgen.VOID)
    with pytest.raises(ValueError, match="exports no memory"):
        vm.execute_bindgen("g", returns=Bindgen.ARRAY)


def test_bindgen_follows_the_workflow() -> None:
    with pytest.raises(wasmedge.WorkflowError):
        VM().execute_bindgen("f", returns=Bindgen.VOID)
