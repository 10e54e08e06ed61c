# SPDX-License-Identifier: Apache-2.0
"""WasmEdge Runtime: the examples of host functions, whole, and with data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wasmedge import VM, Function, FunctionType, Instance, Loader, ValType

if TYPE_CHECKING:
    from tests.conftest import Wat

pytestmark = pytest.mark.quick

ADD_TWO = """
(module
  (type $t0 (func (param i32 i32) (result i32)))
  (import "extern" "func-add" (func $f-add (type $t0)))
  (func (export "addTwo") (param i32 i32) (result i32)
    local.get 0
    local.get 1
    call $f-add)
)
"""
ADD_TWO_BUFFER = bytes.fromhex(
    "0061736D01000000"  # the header
    "010701 60027F7F017F"  # types: {i32, i32} -> {i32}
    "021301 0665787465726E 0866756E632D616464 0000"  # imports: "extern" "func-add", function 0
    "03020100"  # functions
    "070A01 0661646454776F 0001"  # exports: "addTwo", function 1
    "0A0A01 080020002001 10000B"  # code
)
TYPE = FunctionType([ValType.I32, ValType.I32], [ValType.I32])


def vm_with(function: Function) -> VM:
    """Return a VM with "extern" "func-add"."""
    module = Instance("extern")
    module.add("func-add", function)
    vm = VM()
    vm.register(module)
    return vm


def test_host_functions_example_module(wat: Wat) -> None:
    """Example 70, of "Host Functions": the text and the buffer are one module."""
    for source in (wat(ADD_TWO), ADD_TWO_BUFFER):
        module = Loader().load(source)
        assert [(item.module, item.name, item.type) for item in module.imports] == [("extern", "func-add", TYPE)]
        assert [(item.name, item.type) for item in module.exports] == [("addTwo", TYPE)]


def test_host_functions_example(wat: Wat) -> None:
    """Example 71, of "Host Functions"."""

    def host_add(a: int, b: int) -> int:
        return a + b

    vm = vm_with(Function(TYPE, host_add))
    for source in (ADD_TWO_BUFFER, wat(ADD_TWO)):
        assert vm.run(source, "addTwo", 1234, 5678) == 6912


def test_host_functions_data_example() -> None:
    """Example 72, of "Host Functions"."""

    class Data:
        value = 0

    def host_add(data: Data, a: int, b: int) -> int:
        data.value = a + b
        return data.value

    data = Data()
    vm = vm_with(Function(TYPE, host_add, data=data, cost=0))
    assert vm.run(ADD_TWO_BUFFER, "addTwo", 1234, 5678) == 6912
    assert data.value == 6912
