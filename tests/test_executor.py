# SPDX-License-Identifier: Apache-2.0
"""The executor, step by step, without a VM."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from wat_modules import COUNTER, TWICE

import wasmedge
from wasmedge import Configure, ErrCode, Executor, Loader, Module, Statistics, Store, Validator

if TYPE_CHECKING:
    from tests.conftest import Wat

pytestmark = pytest.mark.quick

LOOP = """
(module (func (export "loop") (param $n i32)
  (loop $again
    (local.set $n (i32.sub (local.get $n) (i32.const 1)))
    (br_if $again (local.get $n)))))
"""


def valid(source: bytes) -> Module:
    """Load and validate a module."""
    module = Loader().load(source)
    Validator().validate(module)
    return module


def test_executor_step_by_step(wat: Wat) -> None:
    configure = Configure()
    loader, validator, executor, store = Loader(configure), Validator(configure), Executor(configure), Store()
    counter, twice = loader.load(wat(COUNTER)), loader.load(wat(TWICE))
    validator.validate(counter)
    validator.validate(twice)
    registered = executor.register(store, counter, "counter")
    assert (registered.name, list(store)) == ("counter", ["counter"])
    instance = executor.instantiate(store, twice)
    assert instance.name == ""
    assert list(store) == ["counter"]
    function = instance.exports["twice"]
    assert isinstance(function, wasmedge.Function)
    assert executor.invoke(function) == 2
    assert function() == 4
    assert executor.invoke(registered.exports.next) == 5


@pytest.mark.parametrize("way", ["instantiate", "register"])
def test_executor_refuses_unvalidated_modules(wat: Wat, way: str) -> None:
    executor, store = Executor(), Store()
    module = Module.from_bytes(wat(COUNTER))
    arguments = {"instantiate": (store, module), "register": (store, module, "counter")}
    with pytest.raises(wasmedge.ValidationError, match="<bytes>") as caught:
        getattr(executor, way)(*arguments[way])
    assert caught.value.code is ErrCode.NOT_VALIDATED
    assert len(store) == 0
    Validator().validate(module)
    assert executor.instantiate(store, module).exports.next() == 1


def test_executor_registers_instances_by_alias(wat: Wat) -> None:
    executor, store = Executor(), Store()
    anonymous = executor.instantiate(store, valid(wat(COUNTER)))
    named = executor.register(Store(), valid(wat(COUNTER)), "counter")
    executor.register_import(store, named)
    executor.register_import(store, anonymous, "first")
    executor.register_import(store, anonymous, alias="second")
    assert {name: store[name] == anonymous for name in store} == {"counter": False, "first": True, "second": True}
    assert store["counter"] == named
    renamed = wat(TWICE.replace('"counter"', '"second"'))
    assert executor.instantiate(store, valid(renamed)).exports.twice() == 2
    assert anonymous.exports.next() == 3
    assert named.exports.next() == 1


def test_executor_links_with_the_store_that_it_is_given(wat: Wat) -> None:
    executor, one, other = Executor(), Store(), Store()
    executor.register(one, valid(wat(COUNTER)), "counter")
    module = valid(wat(TWICE))
    assert executor.instantiate(one, module).exports.twice() == 2
    with pytest.raises(wasmedge.LinkError, match="no module of that name"):
        executor.instantiate(other, module)


def test_executor_invokes_functions_of_other_executors(wat: Wat) -> None:
    configure = Configure(count_instructions=True)
    first, second = Executor(configure), Executor(configure)
    loop = first.instantiate(Store(), valid(wat(LOOP))).exports.loop
    loop(10)
    assert first.statistics.instruction_count > 0
    assert second.statistics.instruction_count == 0
    counted = first.statistics.instruction_count
    second.invoke(loop, 10)
    assert second.statistics.instruction_count == counted
    assert first.statistics.instruction_count == counted


def test_executor_checks_arguments_like_every_call(wat: Wat) -> None:
    executor = Executor()
    loop = executor.instantiate(Store(), valid(wat(LOOP))).exports.loop
    with pytest.raises(TypeError, match=r"^loop\(\) takes 1 argument \(i32\), but 0 were given$"):
        executor.invoke(loop)
    with pytest.raises(TypeError, match=r"^loop\(\) argument 1 must be i32, not float$"):
        executor.invoke(loop, 1.0)
    for value in (None, len, "loop"):
        with pytest.raises(TypeError, match="expected a Function, not"):
            executor.invoke(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("arguments", [(None, None), (Store(), b"\0asm\1\0\0\0"), (Executor(), None)])
def test_executor_takes_stores_and_modules_only(arguments: tuple[object, object]) -> None:
    with pytest.raises(TypeError):
        Executor().instantiate(*arguments)  # type: ignore[arg-type]


def test_executor_keeps_to_the_cost_limit(wat: Wat) -> None:
    statistics = Statistics()
    statistics.cost_limit = 1000
    executor = Executor(Configure(measure_cost=True), statistics)
    assert executor.statistics is statistics
    instance = executor.instantiate(Store(), valid(wat(LOOP)))
    instance.exports.loop(100)
    with pytest.raises(wasmedge.CostLimitExceeded, match=r"^loop\(\): cost limit exceeded") as caught:
        instance.exports.loop(10_000)
    assert caught.value.code is ErrCode.COST_LIMIT_EXCEEDED
    assert not isinstance(caught.value, wasmedge.Trap)
    assert statistics.total_cost >= 1000
    with pytest.raises(wasmedge.CostLimitExceeded):
        instance.exports.loop(1000)
    statistics.clear()
    instance.exports.loop(100)


def test_executor_cost_limit_holds_for_start_functions(wat: Wat) -> None:
    executor = Executor(Configure(measure_cost=True))
    executor.statistics.cost_limit = 1000
    endless = valid(wat("(module (func $start (loop $again (br $again))) (start $start))"))
    with pytest.raises(wasmedge.CostLimitExceeded, match=r"^cannot instantiate <bytes>: "):
        executor.instantiate(Store(), endless)


def test_executor_cost_limit_survives_a_second_executor(wat: Wat) -> None:
    statistics = Statistics()
    statistics.cost_limit = 500
    configure = Configure(measure_cost=True)
    first = Executor(configure, statistics)
    second = Executor(configure, statistics)
    assert statistics.cost_limit == 500
    for executor in (first, second):
        loop = executor.instantiate(Store(), valid(wat(LOOP))).exports.loop
        statistics.clear()
        with pytest.raises(wasmedge.CostLimitExceeded):
            loop(10_000)


def test_executor_a_start_function_that_exits_is_no_instance(wat: Wat) -> None:
    module = wat("""
        (module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (func $start (call $exit (i32.const 3))) (start $start))""")
    executor, store = Executor(), Store()
    wasi = wasmedge.WasiModule()
    executor.register_import(store, wasi)
    with pytest.raises(wasmedge.InstantiationError) as caught:
        executor.instantiate(store, valid(module))
    assert caught.value.code is ErrCode.TERMINATED
    assert wasi.exit_code == 3


@pytest.mark.parametrize("wrong", [5, None, "name", b"\0asm\1\0\0\0", wasmedge.Store()])
def test_executor_registers_instances_only(wrong: Any) -> None:
    store, executor = wasmedge.Store(), wasmedge.Executor()
    for alias in (None, "name"):
        with pytest.raises(TypeError, match=rf"^expected an Instance, not \S*{type(wrong).__name__}$"):
            executor.register_import(store, wrong, alias)
    assert len(store) == 0
