# SPDX-License-Identifier: Apache-2.0
"""WasmEdge VM: instance tracing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wasmedge import VM, FunctionType, Store

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.quick


def test_instance_tracing_own_store(fibonacci: Path) -> None:
    """Example 43, of "Instance Tracing"."""
    vm = VM()
    store = vm.store
    vm.register(fibonacci, "mod")
    assert list(store) == ["mod"]
    instance = store["mod"]
    del vm
    assert instance.exports.fib(21) == 17711


def test_instance_tracing_given_store(fibonacci: Path) -> None:
    """Example 44, of "Instance Tracing"."""
    store = Store()
    vm = VM(store=store)
    assert vm.store is store
    vm.register(fibonacci, "mod")
    assert list(store) == ["mod"]


def test_instance_tracing_exported_functions(fibonacci: Path) -> None:
    """Example 45, of "Instance Tracing"."""
    vm = VM()
    vm.load(fibonacci)
    vm.validate()
    vm.instantiate()
    assert list(vm.functions) == ["fib"]
    assert list(vm.functions.values()) == [FunctionType(["i32"], ["i32"])]

    vm.register(fibonacci, "mod")
    assert list(vm.store["mod"].functions) == ["fib"]


def test_instance_tracing_function_types(fibonacci: Path, fibonacci_vm: VM) -> None:
    """Example 46, of "Instance Tracing"."""
    assert fibonacci_vm.function_type("fib") == FunctionType(["i32"], ["i32"])
    assert fibonacci_vm.function_type("no such function") is None
    fibonacci_vm.register(fibonacci, "mod")
    assert fibonacci_vm.function_type_registered("mod", "fib") == FunctionType(["i32"], ["i32"])
    assert fibonacci_vm.function_type_registered("mod", "no such function") is None
    assert fibonacci_vm.function_type_registered("no such module", "fib") is None


def test_instance_tracing_active_module(fibonacci_vm: VM) -> None:
    """Example 47, of "Instance Tracing"."""
    active = fibonacci_vm.active_instance
    assert active is not None
    assert active.name == ""
    assert active.functions["fib"](21) == 17711
    assert VM().active_instance is None


def test_instance_tracing_components(fibonacci: Path, fibonacci_vm: VM) -> None:
    """Example 48, of "Instance Tracing"."""
    module = fibonacci_vm.loader.load(fibonacci)
    fibonacci_vm.validator.validate(module)
    instance = fibonacci_vm.executor.instantiate(fibonacci_vm.store, module)
    assert fibonacci_vm.executor.invoke(instance.functions["fib"], 21) == 17711
    assert fibonacci_vm.executor.statistics is fibonacci_vm.statistics
