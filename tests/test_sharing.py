# SPDX-License-Identifier: Apache-2.0
"""Objects that threads share, and threads that use the runtime side by side, with as many switches as can be had."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

import wasmedge
from wasmedge import VM, Configure, Executor, HostRegistration, Loader, Module, Store, Validator

if TYPE_CHECKING:
    from tests.conftest import InThreads, Wat

SUM = """
(module
  (memory (export "memory") 1)
  (func (export "sum") (param $n i32) (result i64) (local $sum i64)
    (loop $again
      (local.set $sum (i64.add (local.get $sum) (i64.extend_i32_u (local.get $n))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum)))
"""
pytestmark = pytest.mark.usefixtures("many_switches")


def test_sharing_nothing(wat: Wat, in_threads: InThreads) -> None:
    source = wat(SUM)

    def work(i: int) -> None:
        for n in range(i + 1, i + 40):
            vm = VM(Configure(HostRegistration.WASI) if n % 2 else None)
            vm.load(source)
            vm.validate()
            vm.instantiate()
            assert vm.execute("sum", n) == n * (n + 1) // 2
            with pytest.raises(wasmedge.LoadError):
                vm.load(source[: n % 8])

    in_threads(8, work)


def test_sharing_loader_validator_executor_store_and_module(wat: Wat, in_threads: InThreads) -> None:
    loader, validator, executor, store = Loader(), Validator(), Executor(Configure(count_instructions=True)), Store()
    source = wat(SUM)
    shared = loader.load(source)

    def work(i: int) -> list[str]:
        names = []
        for n in range(40):
            validator.validate(shared)
            own = loader.load(source)
            validator.validate(own)
            name = f"{i} {n}"
            registered = executor.register(store, own, name)
            instance = executor.instantiate(store, shared)
            assert instance.exports.sum(100) == registered.exports.sum(100) == store[name].exports.sum(100) == 5050
            assert len(list(store)) > n
            names.append(name)
        return names

    names = in_threads(8, work)
    assert sorted(store) == sorted(name for some in names for name in some)


def test_sharing_a_store_where_all_want_one_name(wat: Wat, in_threads: InThreads) -> None:
    for _ in range(20):
        vm = VM()

        def work(_: int, vm: VM = vm) -> bool:
            try:
                vm.register(wat(SUM), "name")
            except wasmedge.InstantiationError:
                return False
            return True

        assert sorted(in_threads(4, work)) == [False, False, False, True]
        assert vm.execute_registered("name", "sum", 2) == 3


def test_sharing_a_function(wat: Wat, in_threads: InThreads) -> None:
    instance = wasmedge.instantiate(wat(SUM))
    function = instance.exports.sum

    def work(i: int) -> None:
        for n in range(1, 400):
            assert function(n) == n * (n + 1) // 2
            with pytest.raises(TypeError):
                function("n")
            assert instance.exports.sum(i + 1) == (i + 1) * (i + 2) // 2

    in_threads(8, work)


def test_sharing_a_vm(wat: Wat, in_threads: InThreads) -> None:
    vm = VM(Configure(HostRegistration.WASI))
    source = wat(SUM)
    vm.run(source, "sum", 1)

    def work(i: int) -> None:
        for n in range(1, 60):
            try:
                match (i + n) % 6:
                    case 0:
                        vm.load(source)
                        vm.validate()
                        vm.instantiate()
                    case 1:
                        assert vm.run(source, "sum", n) == n * (n + 1) // 2
                    case 2:
                        vm.register(source, f"{i} {n}")
                    case 3:
                        vm.cleanup()
                    case 4:
                        assert all(isinstance(name, str) for name in vm.functions)
                        assert vm.active_instance is None or vm.active_instance.exports.sum(3) == 6
                    case _:
                        assert vm.execute("sum", n) == n * (n + 1) // 2
            except (wasmedge.WorkflowError, wasmedge.FunctionNotFoundError, wasmedge.LinkError):
                pass  # what another thread has done in between

    in_threads(8, work)
    assert vm.run(source, "sum", 3) == 6


def test_sharing_with_the_garbage_collector(wat: Wat, in_threads: InThreads) -> None:
    lender = wat('(module (table (export "table") 1 funcref) (memory 1))')
    borrower = wat('(module (import "env" "table" (table 1 funcref)) (func $f (export "f")) (elem (i32.const 0) $f))')

    gc.collect()
    gc.freeze()  # the collections here are of what is made here

    def work(i: int) -> None:
        for n in range(60):
            if i == 0:
                gc.collect()
                continue
            with wasmedge.instantiate(lender) as exporter:
                function = wasmedge.instantiate(borrower, imports={"env": exporter}).exports.f
            assert function() is None, n

    in_threads(4, work)
    gc.unfreeze()


def test_sharing_statistics(wat: Wat, in_threads: InThreads) -> None:
    statistics, configure = wasmedge.Statistics(), Configure(count_instructions=True)
    module = Module.from_bytes(wat(SUM))
    Validator().validate(module)

    def work(_: int) -> None:
        total = Executor(configure, statistics).instantiate(Store(), module).exports.sum
        for _ in range(100):
            total(50)

    work(0)
    once = statistics.instruction_count
    statistics.clear()
    in_threads(4, work)
    assert statistics.instruction_count == 4 * once
