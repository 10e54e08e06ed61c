# SPDX-License-Identifier: Apache-2.0
"""VM.register: files, bytes, modules and instances under names, and what imports from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from wat_modules import COUNTER, TWICE

import wasmedge
from wasmedge import VM, ErrCode, Module, VMState

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Wat

pytestmark = pytest.mark.quick


@pytest.mark.parametrize("kind", ["file", "bytes", "module", "instance"])
def test_register_from_every_source(tmp_path: Path, wat: Wat, kind: str) -> None:
    path = tmp_path / "counter.wasm"
    path.write_bytes(wat(COUNTER))
    make: dict[str, Callable[[], wasmedge.Source | wasmedge.Instance]] = {
        "file": lambda: path,
        "bytes": path.read_bytes,
        "module": lambda: Module.from_file(path),
        "instance": lambda: wasmedge.instantiate(path),
    }
    vm = VM()
    source = make[kind]()
    registered = vm.register(source, "counter")
    assert registered == vm.registered["counter"] == vm.store["counter"]
    if kind == "instance":
        assert registered is source
    else:
        assert registered.name == "counter"
        assert repr(registered) == "<Instance 'counter'>"
    assert vm.run(wat(TWICE), "twice") == 2
    assert vm.execute_registered("counter", "next") == 3
    assert registered.exports.next() == 4


def test_register_needs_a_name_for_a_module(wat: Wat) -> None:
    with pytest.raises(TypeError, match="needs a name"):
        VM().register(wat(COUNTER))  # type: ignore[call-overload]


def test_register_takes_an_instance_by_its_own_name(wat: Wat) -> None:
    executor, store = wasmedge.Executor(), wasmedge.Store()
    module = Module.from_bytes(wat(COUNTER))
    wasmedge.Validator().validate(module)
    instance = executor.register(store, module, "counter")
    vm = VM()
    assert vm.register(instance) is instance
    assert vm.register(instance, "alias") is instance
    assert set(vm.registered) == {"counter", "alias"}
    assert vm.registered["alias"] == vm.registered["counter"]
    assert vm.execute_registered("alias", "next") == 1
    assert vm.execute_registered("counter", "next") == 2


def test_register_one_module_under_two_names_makes_two_instances(wat: Wat) -> None:
    vm = VM()
    module = Module.from_bytes(wat(COUNTER))
    first, second = vm.register(module, "first"), vm.register(module, "second")
    assert first != second
    assert [vm.execute_registered(name, "next") for name in ("first", "first", "second")] == [1, 2, 1]


def test_register_modules_that_import_from_each_other(wat: Wat) -> None:
    vm = VM()
    vm.register(wat(COUNTER), "counter")
    vm.register(wat(TWICE), "twice")
    again = wat("""
        (module
          (import "twice" "twice" (func $twice (result i32)))
          (import "counter" "next" (func $next (result i32)))
          (func (export "all") (result i32 i32) (call $twice) (call $next)))""")
    assert vm.run(again, "all") == (2, 3)


def test_register_does_not_let_a_module_import_from_itself(wat: Wat) -> None:
    vm = VM()
    with pytest.raises(wasmedge.LinkError, match="'counter' 'next': wanted function"):
        vm.register(wat(TWICE), "counter")
    assert dict(vm.registered) == {}


def test_register_asks_for_another_instantiation(wat: Wat) -> None:
    vm = VM()
    vm.register(wat(COUNTER), "counter")
    vm.run(wat(TWICE), "twice")
    vm.register(wat(COUNTER), "other")
    assert vm.state is VMState.VALIDATED
    with pytest.raises(wasmedge.WorkflowError):
        vm.execute("twice")
    vm.instantiate()
    assert vm.execute("twice") == 4


def test_register_failure_changes_nothing(wat: Wat) -> None:
    vm = VM()
    vm.register(wat(COUNTER), "counter")
    vm.run(wat(COUNTER), "next")
    with pytest.raises(wasmedge.WasmEdgeError, match="registered as 'counter' already") as caught:
        vm.register("/nowhere/none.wasm", "counter")  # the name is looked at before the file
    assert caught.value.code is ErrCode.MODULE_NAME_CONFLICT
    with pytest.raises(wasmedge.ModuleFileNotFoundError):
        vm.register("/nowhere/none.wasm", "other")
    with pytest.raises(wasmedge.Trap):
        vm.register(wat("(module (func $f unreachable) (start $f))"), "other")
    assert vm.state is VMState.INSTANTIATED
    assert set(vm.registered) == {"counter"}
    assert vm.execute("next") == 2


def test_register_runs_the_start_function_once(wat: Wat) -> None:
    vm = VM()
    vm.register(wat(COUNTER), "counter")
    starting = wat('(module (import "counter" "next" (func $n (result i32))) (func $s (drop (call $n))) (start $s))')
    vm.register(starting, "starting")
    assert vm.execute_registered("counter", "next") == 2


@pytest.mark.parametrize(
    ("module", "function", "message"),
    [
        ("none", "next", "no instance is registered as 'none'"),
        ("counter", "none", "exports no function 'none'"),
        ("", "next", "no instance is registered as ''"),
    ],
)
def test_register_unknown_names_are_not_found(wat: Wat, module: str, function: str, message: str) -> None:
    vm = VM()
    vm.register(wat(COUNTER), "counter")
    with pytest.raises(wasmedge.FunctionNotFoundError, match=message) as caught:
        vm.execute_registered(module, function)
    assert caught.value.code is ErrCode.FUNC_NOT_FOUND
    assert vm.function_type_registered(module, function) is None
    assert vm.execute_registered("counter", "next") == 1


def test_register_function_types(wat: Wat) -> None:
    vm = VM()
    vm.register(wat(COUNTER), "counter")
    assert str(vm.function_type_registered("counter", "next")) == "() -> i32"
    assert vm.function_type("next") is None


def test_register_mapping_is_read_only(wat: Wat) -> None:
    vm = VM()
    instance = vm.register(wat(COUNTER), "counter")
    with pytest.raises(TypeError):
        vm.registered["other"] = instance  # type: ignore[index]
    assert "other" not in vm.store


def test_register_checks_arguments_like_every_call(wat: Wat) -> None:
    vm = VM()
    vm.register(wat(COUNTER), "counter")
    with pytest.raises(TypeError, match=r"^next\(\) takes 0 arguments \(\), but 1 was given$"):
        vm.execute_registered("counter", "next", 1)
    with pytest.raises(TypeError):
        vm.register(None, "name")  # type: ignore[call-overload]
