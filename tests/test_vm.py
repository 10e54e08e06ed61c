# SPDX-License-Identifier: Apache-2.0
"""The VM's states and what leads from one to another; execution, and the active instance."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest
from wat_modules import COUNTER

import wasmedge
from wasmedge import VM, ErrCode, Module, VMState

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Wat

pytestmark = pytest.mark.quick

EMPTY = b"\0asm\1\0\0\0"
INVALID = EMPTY + b"\1\5\1\x60\0\1\x7f\3\2\1\0\x0a\4\1\2\0\x0b"

ORDER = [VMState.INITIATED, VMState.LOADED, VMState.VALIDATED, VMState.INSTANTIATED]


def vm_in(state: VMState, source: bytes) -> VM:
    """Make a VM that has come to a state with a module."""
    vm = VM()
    steps: list[Callable[[], None]] = [lambda: vm.load(source), vm.validate, vm.instantiate]
    for step in steps[: ORDER.index(state)]:
        step()
    assert vm.state is state
    return vm


@pytest.fixture
def counter(wat: Wat) -> bytes:
    """Return a module that counts its calls."""
    return wat(COUNTER)


@pytest.mark.parametrize("state", ORDER)
def test_vm_loads_in_every_state(counter: bytes, state: VMState) -> None:
    vm = vm_in(state, counter)
    vm.load(counter)
    assert vm.state is VMState.LOADED
    with pytest.raises(wasmedge.WorkflowError):
        vm.execute("next")


@pytest.mark.parametrize("state", ORDER)
def test_vm_validates_what_is_loaded(counter: bytes, state: VMState) -> None:
    vm = vm_in(state, counter)
    if state is VMState.INITIATED:
        with pytest.raises(wasmedge.WorkflowError, match="cannot validate in a VM that is initiated: load a module"):
            vm.validate()
    else:
        vm.validate()
        assert vm.state is VMState.VALIDATED


@pytest.mark.parametrize("state", ORDER)
def test_vm_instantiates_what_is_validated(counter: bytes, state: VMState) -> None:
    vm = vm_in(state, counter)
    if state in {VMState.INITIATED, VMState.LOADED}:
        with pytest.raises(wasmedge.WorkflowError, match=f"cannot instantiate in a VM that is {state.name.lower()}: "):
            vm.instantiate()
        assert vm.state is state
    else:
        vm.instantiate()
        assert vm.state is VMState.INSTANTIATED


@pytest.mark.parametrize("state", ORDER)
def test_vm_executes_what_is_instantiated(counter: bytes, state: VMState) -> None:
    vm = vm_in(state, counter)
    if state is VMState.INSTANTIATED:
        assert [vm.execute("next"), vm.execute("next"), vm.execute("swap", 3, 0.5)] == [1, 2, (0.5, 3)]
        return
    with pytest.raises(wasmedge.WorkflowError) as caught:
        vm.execute("next")
    assert caught.value.code is ErrCode.WRONG_VM_WORKFLOW
    message = f"cannot execute 'next' in a VM that is {state.name.lower()}: instantiate a module first"
    assert str(caught.value) == message
    assert vm.state is state


@pytest.mark.parametrize("state", ORDER)
def test_vm_registers_in_every_state(counter: bytes, state: VMState) -> None:
    vm = vm_in(state, counter)
    vm.register(counter, "counter")
    assert vm.state is (VMState.VALIDATED if state is VMState.INSTANTIATED else state)
    assert vm.execute_registered("counter", "next") == 1


@pytest.mark.parametrize("state", ORDER)
def test_vm_runs_in_every_state(counter: bytes, state: VMState) -> None:
    vm = vm_in(state, counter)
    assert vm.run(counter, "next") == 1
    assert vm.state is VMState.INSTANTIATED
    assert vm.execute("next") == 2


@pytest.mark.parametrize("state", ORDER)
def test_vm_cleans_up_in_every_state(counter: bytes, state: VMState) -> None:
    vm = vm_in(state, counter)
    vm.register(counter, "counter")
    vm.cleanup()
    assert vm.state is VMState.INITIATED
    assert vm.active_instance is None
    assert (dict(vm.functions), dict(vm.registered), len(vm.store)) == ({}, {}, 0)
    assert vm.run(counter, "next") == 1


@pytest.mark.parametrize("state", ORDER)
@pytest.mark.parametrize("source", [b"nonsense", "/nowhere/none.wasm"])
def test_vm_failed_load_changes_nothing(counter: bytes, state: VMState, source: bytes | str) -> None:
    vm = vm_in(state, counter)
    with pytest.raises(wasmedge.LoadError):
        vm.load(source)
    assert vm.state is state
    for step in [vm.validate, vm.instantiate][max(ORDER.index(state) - 1, 0) :]:
        if state is not VMState.INITIATED:
            step()
    if state is not VMState.INITIATED:
        assert vm.execute("next") == 1


@pytest.mark.parametrize("state", ORDER)
def test_vm_failed_run_changes_nothing(counter: bytes, state: VMState) -> None:
    vm = vm_in(state, counter)
    for source in (b"nonsense", INVALID):
        with pytest.raises((wasmedge.LoadError, wasmedge.ValidationError)):
            vm.run(source, "next")
        with pytest.raises((wasmedge.LoadError, wasmedge.ValidationError)):
            vm.register(source, "name")
    assert vm.state is state
    if state is VMState.INSTANTIATED:
        assert vm.execute("next") == 1


def test_vm_failed_validation_stays_loaded() -> None:
    vm = VM()
    vm.load(INVALID)
    for _ in range(2):
        with pytest.raises(wasmedge.ValidationError):
            vm.validate()
        assert vm.state is VMState.LOADED


def test_vm_needs_its_own_validation_for_a_valid_module(counter: bytes) -> None:
    module = Module.from_bytes(counter)
    wasmedge.Validator().validate(module)
    vm = VM()
    vm.load(module)
    with pytest.raises(wasmedge.WorkflowError, match="validate the module first"):
        vm.instantiate()


def test_vm_second_instantiation_leaves_the_first_alive(counter: bytes) -> None:
    vm = vm_in(VMState.INSTANTIATED, counter)
    first = vm.active_instance
    assert first is not None
    vm.execute("next")
    vm.instantiate()
    assert vm.active_instance != first
    assert vm.execute("next") == 1
    assert first.exports.next() == 2
    vm.close()
    gc.collect()
    assert first.exports.next() == 3
    assert first.exports.memory.read(0, 1) == b"\0"


def test_vm_active_instance_is_one_instance(counter: bytes) -> None:
    vm = VM()
    assert vm.active_instance is None
    vm.run(counter, "next")
    active = vm.active_instance
    assert active is not None
    assert active == vm.active_instance
    assert hash(active) == hash(vm.active_instance)
    assert active.exports.next == active.functions["next"]
    assert active.exports.next() == 2
    assert vm.execute("next") == 3


def test_vm_functions_are_those_of_the_active_instance(counter: bytes) -> None:
    vm = VM()
    assert dict(vm.functions) == {}
    assert vm.function_type("next") is None
    vm.run(counter, "next")
    assert {name: str(type_) for name, type_ in vm.functions.items()} == {
        "next": "() -> i32",
        "swap": "(i32, f64) -> (f64, i32)",
    }
    assert vm.function_type("swap") == vm.functions["swap"]
    assert vm.function_type("none") is None
    assert vm.function_type("memory") is None
    with pytest.raises(TypeError):
        vm.functions["next"] = vm.functions["swap"]  # type: ignore[index]


def test_vm_unknown_function_names_module_function_and_choice(counter: bytes) -> None:
    vm = vm_in(VMState.INSTANTIATED, counter)
    with pytest.raises(wasmedge.FunctionNotFoundError) as caught:
        vm.execute("nxt")
    assert str(caught.value) == "<bytes> exports no function 'nxt'; it exports next, swap"
    assert caught.value.code is ErrCode.FUNC_NOT_FOUND
    with pytest.raises(LookupError, match="exports no function 'memory'"):
        vm.execute("memory")
    with pytest.raises(wasmedge.FunctionNotFoundError, match="exports no function 'none'"):
        vm.run(counter, "none")
    assert vm.execute("next") == 1


@pytest.mark.parametrize("name", ["\ud800", "next\0", "", "ne\u0301xt"])
def test_vm_names_of_no_function(counter: bytes, name: str) -> None:
    vm = vm_in(VMState.INSTANTIATED, counter)
    with pytest.raises((wasmedge.FunctionNotFoundError, UnicodeError)):
        vm.execute(name)
    assert vm.execute("next") == 1


def test_vm_lists_at_most_twenty_functions(wat: Wat) -> None:
    exports = "".join(f'(export "f{i:02}" (func 0))' for i in range(25))
    with pytest.raises(wasmedge.FunctionNotFoundError, match=r"f18, f19 and 5 more$"):
        VM().run(wat(f"(module (func) {exports})"), "g")


@pytest.mark.parametrize("name", [None, 3, b"next"])
def test_vm_takes_str_for_names(counter: bytes, name: object) -> None:
    vm = vm_in(VMState.INSTANTIATED, counter)
    with pytest.raises(TypeError):
        vm.execute(name)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        vm.run(counter, name)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        vm.function_type(name)  # type: ignore[arg-type]


def test_vm_gives_its_parts(counter: bytes) -> None:
    store = wasmedge.Store()
    vm = VM(store=store)
    assert vm.store is store
    assert vm.loader is vm.loader
    module = vm.loader.load(counter)
    vm.validator.validate(module)
    instance = vm.executor.instantiate(vm.store, module)
    assert vm.executor.invoke(instance.exports.next) == 1
    assert vm.executor.statistics is vm.statistics
    assert vm.state is VMState.INITIATED


def test_vm_repr_tells_the_state(counter: bytes) -> None:
    assert repr(vm_in(VMState.LOADED, counter)) == "<VM loaded>"
    vm = VM()
    vm.close()
    assert repr(vm) == "<VM closed>"
