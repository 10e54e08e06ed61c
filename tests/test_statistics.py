# SPDX-License-Identifier: Apache-2.0
"""Counting instructions, measuring cost and time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import wasmedge
from wasmedge import VM, Configure, Statistics

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Wat

pytestmark = pytest.mark.quick

# local.get, i32.const, i32.add, and the end of the function.
ADD = '(module (func (export "f") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1))))'
LOCAL_GET, I32_CONST, I32_ADD = 0x20, 0x41, 0x6A


def vm_with(source: bytes, **settings: Any) -> VM:
    """Make a VM that has instantiated a module."""
    vm = VM(Configure(**settings))
    vm.load(source)
    vm.validate()
    vm.instantiate()
    return vm


def test_statistics_count_instructions(wat: Wat) -> None:
    vm = vm_with(wat(ADD), count_instructions=True)
    assert vm.statistics.instruction_count == 0
    vm.execute("f", 1)
    once = vm.statistics.instruction_count
    assert 3 <= once <= 5
    for _ in range(9):
        vm.execute("f", 1)
    assert vm.statistics.instruction_count == 10 * once
    vm.statistics.clear()
    assert vm.statistics.instruction_count == 0


def test_statistics_measure_cost(wat: Wat) -> None:
    vm = vm_with(wat(ADD), measure_cost=True)
    vm.execute("f", 1)
    base = vm.statistics.total_cost
    assert base >= 3
    vm.statistics.clear()
    vm.statistics.cost_table = {I32_ADD: 101}
    vm.execute("f", 1)
    assert vm.statistics.total_cost == base + 100


def test_statistics_cost_tables_know_opcodes_with_a_prefix(wat: Wat) -> None:
    fill = '(module (memory 1) (func (export "f") (memory.fill (i32.const 0) (i32.const 0) (i32.const 8))))'
    vm = vm_with(wat(fill), measure_cost=True)
    vm.statistics.cost_table = {0xFC << 8 | 11: 1001}
    vm.execute("f")
    assert 1001 < vm.statistics.total_cost < 1010


TABLES: dict[str, Callable[[], Any]] = {
    "list": lambda: [7 if opcode == I32_ADD else 0 for opcode in range(256)],
    "generator": lambda: (7 * (opcode == I32_ADD) for opcode in range(256)),
    "numpy": lambda: np.array([7 * (opcode == I32_ADD) for opcode in range(65536)], np.uint64),
}


@pytest.mark.parametrize("kind", TABLES)
def test_statistics_take_cost_tables(wat: Wat, kind: str) -> None:
    vm = vm_with(wat(ADD), measure_cost=True)
    vm.statistics.cost_table = TABLES[kind]()
    vm.execute("f", 1)
    assert vm.statistics.total_cost == 7
    vm.statistics.cost_table = []
    vm.statistics.clear()
    vm.execute("f", 1)
    assert vm.statistics.total_cost == 0


@pytest.mark.parametrize(
    ("table", "error"),
    [
        ([0] * 65537, ValueError),
        ({65536: 1}, ValueError),
        ({-1: 1}, (TypeError, ValueError, OverflowError)),
        ([-1], (TypeError, ValueError, OverflowError)),
        ([2**64], (TypeError, ValueError, OverflowError)),
        (["1"], (TypeError, ValueError)),
        (None, TypeError),
        (5, TypeError),
    ],
    ids=str,
)
def test_statistics_refuse_other_cost_tables(table: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        Statistics().cost_table = table


@pytest.mark.parametrize("value", [-1, 2**64, "1", 1.5])
def test_statistics_refuse_other_limits(value: Any) -> None:
    statistics = Statistics()
    with pytest.raises((TypeError, ValueError, OverflowError)):
        statistics.cost_limit = value
    assert statistics.cost_limit is None


def test_statistics_limit_is_none_at_first() -> None:
    statistics = Statistics()
    assert statistics.cost_limit is None
    statistics.cost_limit = 5
    assert statistics.cost_limit == 5
    statistics.cost_limit = 0
    assert statistics.cost_limit == 0
    statistics.cost_limit = None
    assert statistics.cost_limit is None


def test_statistics_limit_can_be_lifted(wat: Wat) -> None:
    vm = vm_with(wat(ADD), measure_cost=True)
    vm.statistics.cost_limit = 1
    with pytest.raises(wasmedge.CostLimitExceeded):
        vm.execute("f", 1)
    vm.statistics.cost_limit = None
    assert vm.execute("f", 1) == 2


def test_statistics_measure_time(wat: Wat) -> None:
    vm = vm_with(
        wat("""(module (func (export "f") (param $n i32)
          (loop $again (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))"""),
        measure_time=True,
        count_instructions=True,
    )
    vm.execute("f", 100_000)
    assert 1e5 < vm.statistics.instructions_per_second < 1e12


PROPERTIES = {
    "instruction_count": ["count_instructions"],
    "total_cost": ["measure_cost"],
    "instructions_per_second": ["count_instructions", "measure_time"],
}


@pytest.mark.parametrize("property_", PROPERTIES)
def test_statistics_not_switched_on_say_which_option(wat: Wat, property_: str) -> None:
    wanted = PROPERTIES[property_]
    vm = vm_with(wat(ADD))
    vm.execute("f", 1)
    with pytest.raises(ValueError, match=rf"is not measured: .*Configure\({wanted[0]}=True\)"):
        getattr(vm.statistics, property_)
    with pytest.raises(ValueError, match="is not measured"):
        getattr(Statistics(), property_)
    vm = vm_with(wat(ADD), **dict.fromkeys(wanted, True))
    vm.execute("f", 1)
    assert getattr(vm.statistics, property_) > 0


def test_statistics_are_shared_by_executors(wat: Wat) -> None:
    statistics, configure = Statistics(), Configure(count_instructions=True)
    module = wasmedge.Module.from_bytes(wat(ADD))
    wasmedge.Validator().validate(module)
    counts = []
    for _ in range(2):
        wasmedge.Executor(configure, statistics).instantiate(wasmedge.Store(), module).exports.f(1)
        counts.append(statistics.instruction_count)
    assert counts[0] > 0
    assert counts[1] == 2 * counts[0]
