# SPDX-License-Identifier: Apache-2.0
"""Whatever is dropped, and in whatever order: what is left works."""

from __future__ import annotations

import gc
import itertools
import random
import weakref
from typing import TYPE_CHECKING, Any

import pytest

import wasmedge
from wasmedge import VM, Configure, Executor, HostRegistration, Loader, Module, Statistics, Store, Validator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import Wat

EXPORTER = """
(module
  (memory (export "memory") 1)
  (func (export "seven") (result i32) (i32.const 7))
  (func (export "store") (param i32) (i32.store (i32.const 0) (local.get 0)))
  (func (export "load") (result i32) (i32.load (i32.const 0))))
"""
IMPORTER = """
(module
  (import "env" "memory" (memory 1))
  (import "env" "seven" (func $seven (result i32)))
  (func (export "seven") (result i32) (call $seven))
  (func (export "load") (result i32) (i32.load (i32.const 0)))
  (export "memory" (memory 0)))
"""


@pytest.fixture(autouse=True)
def _quick_collector() -> Iterator[None]:
    """Let the collector pass over what the other tests have left."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def build(wat: Wat) -> dict[str, Any]:
    """Make one of everything, each connected with the others."""
    configure, statistics = Configure(), Statistics()
    store, executor, loader, validator = (
        Store(),
        Executor(configure, statistics),
        Loader(configure),
        Validator(configure),
    )
    exporter, importer = loader.load(wat(EXPORTER)), loader.load(wat(IMPORTER))
    validator.validate(exporter)
    validator.validate(importer)
    registered = executor.register(store, exporter, "env")
    registered.exports.store(1234)
    instance = executor.instantiate(store, importer)
    vm = VM(configure, store)
    vm.load(importer)
    vm.validate()
    vm.instantiate()
    return {
        "vm": vm,
        "store": store,
        "executor": executor,
        "module": importer,
        "registered": registered,
        "instance": instance,
        "exports": instance.exports,
        "function": instance.exports.seven,
        "memory": instance.exports.memory,
        "others": (configure, statistics, loader, validator, exporter),
    }


USES: dict[str, Callable[[Any], bool]] = {
    "vm": lambda vm: vm.execute("seven") == 7 and vm.execute_registered("env", "load") == 1234,
    "store": lambda store: store["env"].exports.seven() == 7,
    "executor": lambda executor: executor.statistics is executor.statistics,
    "module": lambda module: module.is_validated,
    "registered": lambda instance: instance.exports.load() == 1234 and instance.name == "env",
    "instance": lambda instance: instance.exports.seven() == 7 and instance.exports.load() == 1234,
    "exports": lambda exports: exports.load() == 1234 and len(exports) == 3,
    "function": lambda function: function() == 7,
    "memory": lambda memory: memory.read(0, 4) == (1234).to_bytes(4, "little"),
    "others": lambda others: Loader(others[0]).load(b"\0asm\1\0\0\0") is not None,
}


@pytest.mark.parametrize("survivor", USES)
def test_lifetimes_one_survivor_still_works(wat: Wat, survivor: str) -> None:
    things = build(wat)
    kept = things.pop(survivor)
    things.clear()
    gc.collect()
    assert USES[survivor](kept)


def test_lifetimes_in_random_orders(wat: Wat) -> None:
    dice = random.Random(5)
    for _ in range(150):
        things = build(wat)
        order = dice.sample(list(things), len(things))
        for name in order:
            del things[name]
            if dice.random() < 0.3:
                gc.collect()
            assert all(USES[left](thing) for left, thing in things.items()), (order, name)


@pytest.mark.parametrize("order", list(itertools.permutations(["exporter", "importer", "function"])), ids="-".join)
def test_lifetimes_importers_and_exporters(wat: Wat, order: tuple[str, ...]) -> None:
    exporter = wasmedge.instantiate(wat(EXPORTER))
    importer = wasmedge.instantiate(wat(IMPORTER), imports={"env": exporter})
    things: dict[str, Any] = {"exporter": exporter, "importer": importer, "function": importer.exports.seven}
    del exporter, importer
    uses: dict[str, Callable[[Any], int]] = {
        "exporter": lambda instance: instance.exports.seven(),
        "importer": lambda instance: instance.exports.seven(),
        "function": lambda function: function(),
    }
    for name in order:
        assert [uses[left](thing) for left, thing in things.items()] == [7] * len(things)
        del things[name]
        gc.collect()


def import_from(executor: Executor, exporter: wasmedge.Instance, module: Module) -> wasmedge.Instance:
    """Instantiate a module that imports from one instance, without a trace in any store."""
    store = Store()
    executor.register_import(store, exporter, "env")
    return executor.instantiate(store, module)


def test_lifetimes_long_chains_of_imports_end_well(wat: Wat) -> None:
    module = Module.from_bytes(wat('(module (import "env" "seven" (func (result i32))) (export "seven" (func 0)))'))
    Validator().validate(module)
    executor = Executor()
    last = wasmedge.instantiate(wat(EXPORTER))
    for _ in range(20_000):
        last = import_from(executor, last, module)
    assert last.exports.seven() == 7
    function = last.exports.seven
    del last
    gc.collect()
    assert function() == 7
    del function
    gc.collect()


def test_lifetimes_of_wasi_behind_a_program(wat: Wat) -> None:
    module = wat("""
        (module (import "wasi_snapshot_preview1" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
          (memory (export "memory") 1)
          (func (export "argc") (result i32)
            (drop (call $sizes (i32.const 0) (i32.const 4)))
            (i32.load (i32.const 0))))""")
    vm = VM(Configure(HostRegistration.WASI))
    wasi = vm.import_instance(HostRegistration.WASI)
    assert wasi is not None
    wasi.init(args=["a", "b"])
    vm.run(module, "argc")
    active = vm.active_instance
    assert active is not None
    argc = active.exports.argc
    wasi.init(args=["other"])
    wasi.close()
    vm.close()
    del vm, wasi, active
    gc.collect()
    assert argc() == 2


def test_lifetimes_exceptions_keep_no_instance(wat: Wat) -> None:
    instance = wasmedge.instantiate(wat('(module (memory 1) (func (export "f") unreachable))'))
    gone = weakref.ref(instance.exports.f)
    error = None
    try:
        instance.exports.f()
    except wasmedge.Trap as trap:
        error = trap.with_traceback(None)
    gc.collect()
    assert gone() is None
    assert error is not None
    assert error.details
