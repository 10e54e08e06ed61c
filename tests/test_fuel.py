# SPDX-License-Identifier: Apache-2.0
"""Fuel, and statistics in each run mode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import wasmedge
from wasmedge import VM, Configure, CostLimitExceeded, Executor, Instance, Statistics

if TYPE_CHECKING:
    from tests.conftest import InThreads, Wat

LOOP = """(module
    (func (export "loop") (param i32) (result i32)
      (loop $l (local.set 0 (i32.sub (local.get 0) (i32.const 1))) (br_if $l (local.get 0))) (i32.const 42))
    (func (export "forever") (loop $l (br $l))))"""
MODES = ["interpreter", "aot", "jit"]

pytestmark = pytest.mark.usefixtures("cache_directory")


def make(source: bytes, mode: str, statistics: Statistics | None = None, **settings: Any) -> Instance:
    module = wasmedge.Module.from_bytes(source)
    wasmedge.Validator().validate(module)
    executor = Executor(Configure(run_mode=mode, strict=True, **settings), statistics)
    return executor.instantiate(wasmedge.Store(), module)


@pytest.mark.parametrize("mode", MODES)
def test_fuel_ends_a_call(wat: Wat, mode: str) -> None:
    exports = make(wat(LOOP), mode, measure_cost=True).exports
    with pytest.raises(CostLimitExceeded):
        exports.forever(fuel=100_000)
    with pytest.raises(CostLimitExceeded):
        exports.loop(1000, fuel=100)
    assert exports.loop(10, fuel=1000) == 42
    assert exports.loop(10) == 42


def test_fuel_needs_no_setting_in_the_interpreter(wat: Wat) -> None:
    exports = wasmedge.instantiate(wat(LOOP), run_mode="interpreter").exports
    with pytest.raises(CostLimitExceeded):
        exports.forever(fuel=1000)
    assert exports.loop(3, fuel=100) == 42


def test_fuel_is_refused_by_code_that_does_not_measure(wat: Wat) -> None:
    exports = wasmedge.instantiate(wat(LOOP), run_mode="jit").exports
    with pytest.raises(ValueError, match="no fuel limits it"):
        exports.forever(fuel=1000)
    assert exports.loop(3) == 42


def test_fuel_is_refused_where_unmetered_code_is_called(wat: Wat) -> None:
    lender = wasmedge.instantiate(wat(LOOP), run_mode="jit")
    source = wat('(module (import "lender" "forever" (func $f)) (func (export "g") (call $f)))')
    borrower = wasmedge.instantiate(source, imports={"lender": lender}, run_mode="interpreter")
    with pytest.raises(ValueError, match="no fuel limits it"):
        borrower.exports.g(fuel=1000)


def test_fuel_is_refused_where_unmetered_code_was_put_into_a_table(wat: Wat) -> None:
    lender = wasmedge.instantiate(wat(LOOP), run_mode="jit")
    source = wat('(module (table (export "t") 1 funcref) (func (export "g") (call_indirect (i32.const 0))))')
    caller = wasmedge.instantiate(source, run_mode="interpreter")
    caller.exports.t[0] = lender.exports.forever
    with pytest.raises(ValueError, match="no fuel limits it"):
        caller.exports.g(fuel=1000)


@pytest.mark.parametrize(
    ("fuel", "error"),
    [(-1, OverflowError), (2**64, OverflowError), (1.5, TypeError), (True, TypeError), ("1", TypeError)],
)
def test_fuel_is_a_number(wat: Wat, fuel: Any, error: type[Exception]) -> None:
    exports = wasmedge.instantiate(wat(LOOP), run_mode="interpreter").exports
    with pytest.raises(error, match="fuel"):
        exports.loop(1, fuel=fuel)
    assert exports.loop(1, fuel=None) == 42
    with pytest.raises(CostLimitExceeded):
        exports.loop(1, fuel=0)


def test_fuel_is_the_only_keyword(wat: Wat) -> None:
    exports = wasmedge.instantiate(wat(LOOP), run_mode="interpreter").exports
    with pytest.raises(TypeError, match="takes no keyword arguments but fuel"):
        exports.loop(1, petrol=3)


@pytest.mark.parametrize("mode", MODES)
def test_fuel_is_each_calls_own_in_threads(wat: Wat, in_threads: InThreads, mode: str) -> None:
    exports = make(wat(LOOP), mode, measure_cost=True).exports

    def call(number: int) -> list[bool]:
        outcomes = []
        for _ in range(20):
            try:
                exports.loop(100, fuel=100 if number % 2 else 100_000)
                outcomes.append(True)
            except CostLimitExceeded:
                outcomes.append(False)
        return outcomes

    assert in_threads(4, call) == [[number % 2 == 0] * 20 for number in range(4)]


@pytest.mark.parametrize("mode", MODES)
def test_fuel_follows_the_cost_table_and_is_counted(wat: Wat, mode: str) -> None:
    statistics = Statistics()
    exports = make(wat(LOOP), mode, statistics, measure_cost=True, count_instructions=True).exports
    exports.loop(10, fuel=1000)
    spent = statistics.total_cost
    assert spent == statistics.instruction_count > 40
    statistics.cost_table = {0x6B: 1000}  # i32.sub
    with pytest.raises(CostLimitExceeded):
        exports.loop(10, fuel=1000)
    exports.loop(10, fuel=20_000)
    assert statistics.total_cost > spent + 10_000
    statistics.clear()
    assert (statistics.total_cost, statistics.instruction_count) == (0, 0)


@pytest.mark.parametrize("mode", MODES)
def test_fuel_does_not_go_beyond_the_cost_limit(wat: Wat, mode: str) -> None:
    statistics = Statistics()
    exports = make(wat(LOOP), mode, statistics, measure_cost=True).exports
    statistics.cost_limit = 1000
    with pytest.raises(CostLimitExceeded):
        exports.forever(fuel=10**9)
    with pytest.raises(CostLimitExceeded):
        exports.loop(1000)


@pytest.mark.parametrize("mode", MODES)
def test_fuel_of_invoke(wat: Wat, mode: str) -> None:
    instance = make(wat(LOOP), mode, measure_cost=True)
    executor = Executor(Configure(measure_cost=True))
    assert executor.invoke(instance.exports.loop, 3, fuel=1000) == 42
    with pytest.raises(CostLimitExceeded):
        executor.invoke(instance.exports.forever, fuel=1000)


@pytest.mark.parametrize("mode", MODES)
def test_statistics_are_the_same_in_each_mode(wat: Wat, mode: str) -> None:
    vm = VM(Configure(run_mode=mode, strict=True, count_instructions=True, measure_cost=True, measure_time=True))
    assert vm.run(wat(LOOP), "loop", 1000) == 42
    # Seven instructions a turn; the interpreter counts the end of a function too.
    assert 6000 <= vm.statistics.instruction_count <= 7010
    assert 6000 <= vm.statistics.total_cost <= 7010
    assert vm.statistics.instructions_per_second > 0
    vm.statistics.cost_limit = 100_000
    with pytest.raises(CostLimitExceeded):
        vm.execute("forever")


def test_statistics_of_counting_code_need_an_executor_that_counts(wat: Wat) -> None:
    counting = make(wat(LOOP), "jit", measure_cost=True)
    with pytest.raises(ValueError, match="counts its instructions or cost"):
        Executor().invoke(counting.exports.loop, 1)
    source = wat('(module (import "m" "loop" (func $f (param i32) (result i32))) (export "f" (func $f)))')
    with pytest.raises(ValueError, match="counts its instructions or cost"):
        wasmedge.instantiate(source, imports={"m": counting}, run_mode="interpreter")
    imported = wasmedge.instantiate(
        source, imports={"m": counting}, configure=Configure(measure_cost=True), run_mode="interpreter"
    )
    assert imported.exports.f(3) == 42
