# SPDX-License-Identifier: Apache-2.0
"""WasmEdge VM: registrations and executions of modules, asynchronous execution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import wasmedge
from wasmedge import VM, InstantiationError, Loader

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Wat

pytestmark = pytest.mark.quick

needs_async = pytest.mark.skipif(not hasattr(wasmedge, "Async"), reason="asynchronous calls are planned")

SOURCES = ["file", "buffer", "ast"]


def source_of(kind: str, fibonacci: Path) -> Any:
    """Return the module as a path, as bytes, or parsed."""
    if kind == "ast":
        return Loader().load(fibonacci)
    return fibonacci if kind == "file" else fibonacci.read_bytes()


@pytest.mark.parametrize("kind", SOURCES)
def test_wasm_registrations_named(fibonacci: Path, kind: str) -> None:
    """Example 39, of "WASM Registrations And Executions"."""
    vm = VM()
    vm.register(source_of(kind, fibonacci), "module_name")
    assert list(vm.registered) == ["module_name"]
    with pytest.raises(InstantiationError, match="module_name"):
        vm.register(fibonacci, "module_name")


@pytest.mark.parametrize("kind", SOURCES)
def test_wasm_registrations_execute(wat: Wat, fibonacci: Path, kind: str) -> None:
    """Example 40, of "WASM Registrations And Executions"."""
    vm = VM()
    vm.register(source_of(kind, fibonacci), "mod")
    assert vm.execute_registered("mod", "fib", 25) == 121393

    importing = """
        (module
          (import "mod" "fib" (func $fib (param i32) (result i32)))
          (func (export "twice") (param i32) (result i32)
            (i32.mul (i32.const 2) (call $fib (local.get 0)))))"""
    assert vm.run(wat(importing), "twice", 21) == 2 * 17711


def test_wasm_registrations_execute_host_functions() -> None:
    """A comment of example 40, of "WASM Registrations And Executions"."""
    vm, host = VM(), wasmedge.Instance("host")
    host.add("add", wasmedge.Function("(i32, i32) -> i32", lambda a, b: a + b))
    vm.register(host)
    assert vm.execute_registered("host", "add", 1234, 5678) == 6912


@needs_async
@pytest.mark.parametrize("kind", SOURCES)
def test_asynchronous_execution_rapidly(fibonacci: Path, kind: str) -> None:
    """Example 41, of "Asynchronous Execution"."""
    vm: Any = VM()
    assert vm.run_async(source_of(kind, fibonacci), "fib", 20).result(timeout=60) == 10946


@needs_async
def test_asynchronous_execution_manually(fibonacci: Path) -> None:
    """Example 42, of "Asynchronous Execution"."""
    vm: Any = VM()
    vm.load(fibonacci)
    vm.validate()
    vm.instantiate()
    assert vm.execute_async("fib", 25).result(timeout=60) == 121393
    vm.register(fibonacci, "mod")
    assert vm.execute_registered_async("mod", "fib", 20).result(timeout=60) == 10946
