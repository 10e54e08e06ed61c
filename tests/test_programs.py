# SPDX-License-Identifier: Apache-2.0
"""WASI programs in a VM: how they end, and that each has a state of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import wasmedge
from wasmedge import VM, Configure, HostRegistration, VMState, WasiModule

if TYPE_CHECKING:
    from tests.conftest import CheckPython, Wat

pytestmark = pytest.mark.quick

EXIT = """
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func $deep (param i32) (call $exit (local.get 0)) (unreachable))
  (func (export "_start") (i32.store (i32.const 0) (i32.const 1)) (call $deep (i32.const {})))
  (func (export "exit") (param i32) (result i32) (call $deep (local.get 0)) (i32.const 5))
  (func (export "one") (result i32) (i32.const 1)))
"""
COUNT_ARGS = """
(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
  (memory 1)
  (func (export "argc") (result i32) (drop (call $sizes (i32.const 0) (i32.const 4))) (i32.load (i32.const 0))))
"""


def wasi_vm() -> tuple[VM, WasiModule]:
    """Make a VM with WASI."""
    vm = VM(Configure(HostRegistration.WASI))
    wasi = vm.import_instance(HostRegistration.WASI)
    assert wasi is not None
    return vm, wasi


@pytest.mark.parametrize("code", [0, 1, 42, 255, 256, 2**31, 2**32 - 1])
def test_programs_exit_codes_are_data(wat: Wat, code: int) -> None:
    vm, wasi = wasi_vm()
    assert vm.run(wat(EXIT.format(code)), "_start") is None
    assert wasi.exit_code == code
    assert vm.state is VMState.INSTANTIATED


def test_programs_exit_ends_the_call_at_once(wat: Wat) -> None:
    vm, wasi = wasi_vm()
    vm.run(wat(EXIT.format(3)), "_start")
    assert vm.execute("exit", 7) is None
    assert wasi.exit_code == 7
    assert vm.execute("one") == 1
    assert vm.active_instance is not None
    assert vm.active_instance.exports.memory.read(0, 1) == b"\1"


def test_programs_that_return_or_trap_have_no_exit_code(wat: Wat) -> None:
    vm, wasi = wasi_vm()
    vm.run(wat(EXIT.format(3)), "_start")
    vm.run(wat('(module (func (export "_start")))'), "_start")
    assert wasi.exit_code == 0
    vm.run(wat(EXIT.format(3)), "_start")
    with pytest.raises(wasmedge.Trap):
        vm.run(wat('(module (func (export "_start") unreachable))'), "_start")
    assert wasi.exit_code == 0


def test_programs_exit_through_an_importing_instance(wat: Wat) -> None:
    vm, wasi = wasi_vm()
    vm.register(wat(EXIT.format(9)), "inner")
    outer = '(module (import "inner" "_start" (func $f)) (func (export "run") (call $f) (unreachable)))'
    assert vm.run(wat(outer), "run") is None
    assert wasi.exit_code == 9
    assert vm.execute_registered("inner", "exit", 4) is None
    assert wasi.exit_code == 4


def test_programs_start_anew_with_each_instantiation(wat: Wat) -> None:
    vm, wasi = wasi_vm()
    vm.run(wat(EXIT.format(3)), "_start")
    assert wasi.exit_code == 3
    vm.instantiate()
    assert wasi.exit_code == 0
    vm.execute("_start")
    assert wasi.exit_code == 3


def test_programs_keep_the_arguments_that_they_were_instantiated_with(wat: Wat) -> None:
    vm, wasi = wasi_vm()
    wasi.init(args=["a", "b", "c"])
    assert vm.run(wat(COUNT_ARGS), "argc") == 3
    first = vm.active_instance
    assert first is not None
    wasi.init(args=["a", "b"])
    assert vm.execute("argc") == 3
    vm.instantiate()
    assert vm.execute("argc") == 2
    assert first.exports.argc() == 3


@pytest.mark.parametrize("way", ["register", "executor"])
def test_programs_init_reaches_whatever_is_linked_afterwards(wat: Wat, way: str) -> None:
    vm, wasi = wasi_vm()
    wasi.init(args=["a", "b", "c"])
    if way == "register":
        vm.register(wat(COUNT_ARGS), "program")
        assert vm.execute_registered("program", "argc") == 3
    else:
        module = vm.loader.load(wat(COUNT_ARGS))
        vm.validator.validate(module)
        assert vm.executor.instantiate(vm.store, module).exports.argc() == 3
    assert vm.store["wasi_snapshot_preview1"] == wasi


def test_programs_failed_init_changes_nothing(wat: Wat) -> None:
    vm, wasi = wasi_vm()
    wasi.init(args=["a", "b"])
    with pytest.raises(FileNotFoundError):
        wasi.init(args=["a", "b", "c"], preopens={"/": "/nowhere/at/all"})
    assert vm.run(wat(COUNT_ARGS), "argc") == 2


def test_programs_of_two_vms_do_not_share(wat: Wat) -> None:
    (first, first_wasi), (second, second_wasi) = wasi_vm(), wasi_vm()
    first_wasi.init(args=["a", "b", "c"])
    assert [first.run(wat(COUNT_ARGS), "argc"), second.run(wat(COUNT_ARGS), "argc")] == [3, 1]
    first.run(wat(EXIT.format(3)), "_start")
    assert (first_wasi.exit_code, second_wasi.exit_code) == (3, 0)


def test_programs_cleanup_takes_the_arguments_away(wat: Wat) -> None:
    vm, wasi = wasi_vm()
    wasi.init(args=["a", "b", "c"])
    vm.cleanup()
    assert list(vm.store) == ["wasi_snapshot_preview1"]
    assert vm.import_instance(HostRegistration.WASI) is wasi
    assert vm.run(wat(COUNT_ARGS), "argc") == 1


def test_programs_with_a_wasi_of_their_own(wat: Wat) -> None:
    vm = VM()
    wasi = WasiModule(args=["a", "b"])
    assert vm.register(wasi) is wasi
    assert vm.run(wat(COUNT_ARGS), "argc") == 2
    assert wasmedge.run(wat(COUNT_ARGS), "argc", imports={"wasi_snapshot_preview1": wasi}) == 2
    assert wasmedge.run(wat(COUNT_ARGS), "argc", configure=Configure(HostRegistration.WASI)) == 1


def test_programs_without_wasi_are_told_what_is_missing(wat: Wat) -> None:
    with pytest.raises(wasmedge.LinkError, match="'wasi_snapshot_preview1' 'proc_exit': wanted function"):
        VM().run(wat(EXIT.format(0)), "_start")


def test_programs_start_functions_may_exit(wat: Wat) -> None:
    module = wat("""
        (module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (func $start (call $exit (i32.const 3))) (start $start))""")
    vm, wasi = wasi_vm()
    vm.load(module)
    vm.validate()
    with pytest.raises(wasmedge.InstantiationError, match="terminated") as caught:
        vm.instantiate()
    assert caught.value.code is wasmedge.ErrCode.TERMINATED
    assert wasi.exit_code == 3
    assert vm.state is VMState.VALIDATED


def test_programs_close_their_files_with_their_instance(check_python: CheckPython, wat: Wat) -> None:
    code = """
        import os
        import wasmedge

        def descriptors():
            return len(os.listdir("/proc/self/fd"))

        before = descriptors()
        for _ in range(50):
            vm = wasmedge.VM(wasmedge.Configure(wasmedge.HostRegistration.WASI))
            vm.import_instance(wasmedge.HostRegistration.WASI).init(preopens={"/": "/", "/tmp": "/tmp"})
            vm.run(module, "argc")
            vm.instantiate()
        assert descriptors() > before
        del vm
        print(descriptors() - before)
    """
    assert check_python(code, module=wat(COUNT_ARGS)) == "0\n"
