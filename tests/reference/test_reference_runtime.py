# SPDX-License-Identifier: Apache-2.0
"""WasmEdge Runtime: the example, loader, validator, executor, AST module, store."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

import wasmedge
from wasmedge import Configure, Executor, Instance, Loader, LoadError, Module, Statistics, Store, Validator

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Wat

pytestmark = pytest.mark.quick


@pytest.fixture
def module(fibonacci: Path) -> Module:
    """Return the parsed and validated fibonacci.wasm."""
    module = Loader().load(fibonacci)
    Validator().validate(module)
    return module


def test_runtime_example_step_by_step(fibonacci: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Example 49, of "WASM Execution Example Step-By-Step"."""
    caplog.set_level(logging.DEBUG, "wasmedge")
    before = wasmedge.get_log_level()
    wasmedge.set_log_level(wasmedge.LogLevel.DEBUG)
    try:
        configure = Configure()
        configure.count_instructions = True
        configure.measure_time = True
        statistics, store = Statistics(), Store()
        loader, validator = Loader(configure), Validator(configure)
        executor = Executor(configure, statistics)

        module = loader.load(fibonacci)
        validator.validate(module)
        instance = executor.instantiate(store, module)
        assert list(instance.functions) == ["fib"]
        assert executor.invoke(instance.functions["fib"], 30) == 1346269
    finally:
        wasmedge.set_log_level(before)
    assert statistics.instruction_count == 28271634
    lines = [record.getMessage() for record in caplog.records]
    assert " Execution succeeded." in lines
    assert " Executed wasm instructions count: 28271634" in lines
    assert any(line.startswith(" Total execution time: ") for line in lines)


def test_loader(fibonacci: Path) -> None:
    """Example 50, of "Loader"."""
    loader = Loader(Configure())
    from_file = loader.load(fibonacci)
    from_buffer = loader.load(fibonacci.read_bytes())
    assert [item.name for item in from_file.exports] == [item.name for item in from_buffer.exports] == ["fib"]
    with pytest.raises(wasmedge.ModuleFileNotFoundError):
        loader.load(fibonacci.with_name("missing.wasm"))
    with pytest.raises(LoadError):
        loader.load(fibonacci.read_bytes()[:-1])


def test_validator(wat: Wat, fibonacci: Path) -> None:
    """Example 51, of "Validator"."""
    configure = Configure()
    validator = Validator(configure)
    module = Loader(configure).load(fibonacci)
    assert not module.is_validated
    validator.validate(module)
    assert module.is_validated

    invalid = Loader(configure).load(wat('(module (func (export "f") (result i32)))'))
    with pytest.raises(wasmedge.ValidationError):
        validator.validate(invalid)


def test_executor_register_module(module: Module) -> None:
    """Example 52, of "Executor"."""
    configure = Configure(count_instructions=True)
    statistics, store = Statistics(), Store()
    executor = Executor(configure, statistics)
    instance = executor.register(store, module, "mod")
    assert list(store) == ["mod"]
    assert executor.invoke(instance.functions["fib"], 21) == 17711
    assert statistics.instruction_count > 0
    with pytest.raises(wasmedge.InstantiationError, match="mod"):
        executor.register(store, module, "mod")


def test_executor_register_instance() -> None:
    """Example 53, of "Executor"."""
    executor, store = Executor(Configure(), Statistics()), Store()
    instance = Instance("mod")
    instance.add("memory", wasmedge.Memory(wasmedge.Limit(1, 2)))
    executor.register_import(store, instance)
    assert store["mod"] == instance
    with pytest.raises(wasmedge.InstantiationError, match="mod"):
        executor.register_import(store, Instance("mod"))


def test_executor_instantiate(wat: Wat, module: Module) -> None:
    """Example 54, of "Executor"."""
    executor, store = Executor(Configure(), Statistics()), Store()
    instance = executor.instantiate(store, module)
    assert instance.name == ""
    assert list(store) == []
    assert instance.exports.fib(21) == 17711

    importing = Loader().load(wat('(module (import "mod" "fib" (func (param i32) (result i32))))'))
    Validator().validate(importing)
    with pytest.raises(wasmedge.LinkError, match="fib"):
        executor.instantiate(store, importing)
    executor.register(store, module, "mod")
    executor.instantiate(store, importing)


def test_ast_module(wat: Wat) -> None:
    """Example 55, of "AST Module"."""
    text = '(module (import "env" "log" (func)) (import "env" "memory" (memory 1)) (export "again" (memory 0)))'
    ast = Loader().load(wat(text))
    assert [f"Import: {item.module} {item.name}" for item in ast.imports] == ["Import: env log", "Import: env memory"]
    assert [f"Export: {item.name}" for item in ast.exports] == ["Export: again"]


def test_store(module: Module) -> None:
    """Example 56, of "Store"."""
    store = Store()
    assert list(store) == []
    Executor().register(store, module, "module")
    assert list(store) == ["module"]
    assert store["module"].exports.fib(21) == 17711
    assert store.get("no such module") is None
    assert "no such module" not in store
