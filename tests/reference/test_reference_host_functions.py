# SPDX-License-Identifier: Apache-2.0
"""WasmEdge Runtime: host functions, their frame, their error codes, and instances made of them."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest

import wasmedge
from wasmedge import (
    VM,
    CallingFrame,
    ErrCategory,
    Function,
    FunctionType,
    Global,
    GlobalType,
    HostError,
    Instance,
    Limit,
    Memory,
    MemoryType,
    Mutability,
    Table,
    TableType,
    Terminate,
    ValType,
)

if TYPE_CHECKING:
    from tests.conftest import Wat

pytestmark = pytest.mark.quick

TRAP = """
(module
  (type $t0 (func (param i32)))
  (import "extern" "trap" (func $f-trap (type $t0)))
  (func (export "trap") (param i32)
    local.get 0
    call $f-trap)
)
"""
TRAP_BUFFER = bytes.fromhex(
    "0061736D01000000"  # the header
    "010501 60017F00"  # types: {i32} -> {}
    "020F01 0665787465726E 0474726170 0000"  # imports: "extern" "trap", function 0
    "03020100"  # functions
    "070801 0474726170 0001"  # exports: "trap", function 1
    "0A0801 06002000 10000B"  # code
)


def host_add(a: int, b: int) -> int:
    """Add two i32."""
    return a + b


def host_trap(code: int) -> None:
    """Fail with a code."""
    raise HostError(code)


def vm_with(function: Function) -> VM:
    """Return a VM with "extern" "trap"."""
    module = Instance("extern")
    module.add("trap", function)
    vm = VM()
    vm.register(module)
    return vm


def test_host_functions_signature() -> None:
    """Example 62, of "Host Functions": frame, data and parameters in, returns out."""
    seen = []

    def body(frame: CallingFrame, data: list[str], number: int, real: float) -> tuple[float, int]:
        seen.append((frame.instance, data, number, real))
        return real, number

    data = ["anything"]
    function = Function("(i32, f64) -> (f64, i32)", body, data=data)
    assert function(5, 0.5) == (0.5, 5)
    assert seen == [(None, data, 5, 0.5)]
    assert seen[0][1] is data


def test_host_functions_body() -> None:
    """Example 63, of "Host Functions"."""
    assert Function("(i32, i32) -> i32", host_add)(1234, 5678) == 6912


def test_host_functions_allocation() -> None:
    """Example 64, of "Host Functions"."""
    function_type = FunctionType([ValType.I32, ValType.I32], [ValType.I32])
    function = Function(function_type, host_add, data=None, cost=0)
    assert function.type == function_type
    assert function(1234, 5678) == 6912


def test_host_functions_calling_frame(wat: Wat, capsys: pytest.CaptureFixture[str]) -> None:
    """Example 65, of "Host Functions"."""
    frames = []

    def load_offset(frame: CallingFrame, offset: int) -> None:
        memory = frame.memory(0)
        (number,) = struct.unpack("<I", memory.read(offset, 4))
        print(f"u32 at memory[{offset}]: {number}")
        assert frame.instance is not None
        frames.append((frame.instance, frame.executor))

    module = Instance("env")
    module.add("load", Function("(i32) -> ()", load_offset))
    vm = VM()
    vm.register(module)
    program = """
        (module
          (import "env" "load" (func $load (param i32)))
          (memory (export "memory") 1)
          (data (i32.const 16) "\\78\\56\\34\\12")
          (func (export "load") (param i32) (call $load (local.get 0))))"""
    vm.run(wat(program), "load", 16)
    assert capsys.readouterr().out == f"u32 at memory[16]: {0x12345678}\n"
    assert frames == [(vm.active_instance, vm.executor)]
    assert list(frames[0][0].memories) == ["memory"]
    with pytest.raises(IndexError):
        vm.execute("load", 65533)


def test_host_functions_module_that_traps(wat: Wat) -> None:
    """Example 66, of "Host Functions": the text and the buffer are one module."""
    for source in (wat(TRAP), TRAP_BUFFER):
        module = wasmedge.Loader().load(source)
        assert [(item.module, item.name, str(item.type)) for item in module.imports] == [
            ("extern", "trap", "(i32) -> ()")
        ]
        assert [(item.name, str(item.type)) for item in module.exports] == [("trap", "(i32) -> ()")]


def test_host_functions_user_defined_error_code(wat: Wat) -> None:
    """Example 67, of "Host Functions"."""
    vm = vm_with(Function(FunctionType([ValType.I32], []), host_trap))
    for source in (TRAP_BUFFER, wat(TRAP)):
        with pytest.raises(HostError, match="5566") as caught:
            vm.run(source, "trap", 5566)
        assert caught.value.code == 5566
        assert caught.value.category is ErrCategory.USER_LEVEL_ERROR


def test_host_functions_error_codes_have_24_bits(wat: Wat) -> None:
    """The notice before example 66, of "Host Functions"; here what does not fit is not cut off but refused."""
    vm = vm_with(Function("(i32)", host_trap))
    with pytest.raises(HostError) as caught:
        vm.run(wat(TRAP), "trap", 2**24 - 1)
    assert caught.value.code == 2**24 - 1
    with pytest.raises(OverflowError, match="0 to 2"):
        vm.execute("trap", 2**24)


def test_host_functions_success_terminate_fail(wat: Wat) -> None:
    """The text before example 66, of "Host Functions"."""
    calls = []

    def body(code: int) -> None:
        calls.append(code)
        if code == 1:
            raise Terminate
        if code == 2:
            raise LookupError("failed")

    program = """
        (module
          (import "extern" "trap" (func $f (param i32)))
          (func (export "trap") (param i32) (call $f (local.get 0)) (call $f (i32.const 7))))"""
    vm = vm_with(Function("(i32)", body))
    vm.run(wat(program), "trap", 0)
    vm.execute("trap", 1)
    with pytest.raises(LookupError, match="failed"):
        vm.execute("trap", 2)
    assert calls == [0, 7, 1, 2]


def test_host_functions_construct_module_instance(wat: Wat) -> None:
    """Example 68, of "Host Functions"."""
    module = Instance("module")
    module.add("add", Function(FunctionType([ValType.I32, ValType.I32], [ValType.I32]), host_add))
    module.add("table", Table(TableType(ValType.FUNCREF, Limit(10, 20))))
    module.add("memory", Memory(MemoryType(Limit(1, 2))))
    module.add("global", Global(GlobalType(ValType.I32, Mutability.VAR), 666))
    assert module.name == "module"
    assert list(module.exports) == ["add", "table", "memory", "global"]

    vm = VM()
    vm.register(module)
    program = """
        (module
          (import "module" "add" (func $add (param i32 i32) (result i32)))
          (import "module" "table" (table 10 20 funcref))
          (import "module" "memory" (memory 1 2))
          (import "module" "global" (global $global (mut i32)))
          (func (export "f") (result i32)
            (global.set $global (call $add (global.get $global) (i32.add (memory.size) (table.size 0))))
            (global.get $global)))"""
    assert vm.run(wat(program), "f") == 666 + 1 + 10
    assert module.exports["global"].value == 677
