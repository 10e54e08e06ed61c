# SPDX-License-Identifier: Apache-2.0
"""Statistics, and Tools Driver."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import wasmedge
from wasmedge import Configure, CostLimitExceeded, Executor, Loader, Statistics, Store, Validator

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunPython

    from wasmedge import Function

COST_TABLE = [
    *(0, 0),
    10,  # 0x02: block
    11,  # 0x03: loop
    12,  # 0x04: if
    12,  # 0x05: else
    *(0, 0, 0, 0, 0, 0),
    20,  # 0x0C: br
    21,  # 0x0D: br_if
    22,  # 0x0E: br_table
    0,
]


def fib_counting_into(statistics: Statistics, fibonacci: Path, configure: Configure) -> Function:
    """Return a function whose executor counts into `statistics`."""
    module = Loader(configure).load(fibonacci)
    Validator(configure).validate(module)
    return Executor(configure, statistics).instantiate(Store(), module).functions["fib"]


def test_statistics_instruction_counter(fibonacci: Path) -> None:
    """Example 25, of "Statistics"."""
    statistics = Statistics()
    fib = fib_counting_into(statistics, fibonacci, Configure(count_instructions=True, measure_time=True))
    assert fib(21) == 17711
    assert statistics.instruction_count > 35421  # of the calls alone, each executes more than one
    assert statistics.instructions_per_second > 0


def test_statistics_need_their_options(fibonacci: Path) -> None:
    """What "Statistics" calls undefined behaviour is an error."""
    statistics = Statistics()
    assert fib_counting_into(statistics, fibonacci, Configure())(21) == 17711
    for name, option in (
        ("instruction_count", "count_instructions"),
        ("instructions_per_second", "count_instructions|measure_time"),
        ("total_cost", "measure_cost"),
    ):
        with pytest.raises(ValueError, match=option):
            getattr(statistics, name)


def test_statistics_cost_table(fibonacci: Path) -> None:
    """Example 26, of "Statistics"."""
    statistics = Statistics()
    statistics.cost_table = COST_TABLE
    statistics.cost_limit = 5000000
    fib = fib_counting_into(statistics, fibonacci, Configure(measure_cost=True))
    assert fib(21) == 17711
    # One `if` in each of the 2 * fib(21) - 1 calls; nothing else in this module has a cost in the table.
    assert statistics.total_cost == 12 * (2 * 17711 - 1)

    with pytest.raises(CostLimitExceeded, match="cost limit exceeded"):
        fib(27)
    assert statistics.total_cost <= 5000000
    statistics.clear()
    assert fib(21) == 17711


def test_tools_driver_run(run_python: RunPython, fibonacci: Path) -> None:
    """Example 27, of "Tools Driver"."""
    code = """
        import sys
        import wasmedge

        sys.argv = argv
        sys.exit(wasmedge.tools.run(sys.argv))
    """
    done = run_python(code, argv=["wasmedge", "--reactor", str(fibonacci), "fib", "21"])
    assert (done.returncode, done.stdout) == (0, "17711\n")


def test_tools_driver_compile(run_python: RunPython, fibonacci: Path, tmp_path: Path) -> None:
    """Example 28, of "Tools Driver"."""
    code = """
        import sys
        import wasmedge

        sys.argv = argv
        sys.exit(wasmedge.tools.compile(sys.argv))
    """
    compiled = tmp_path / "compiled.wasm"
    done = run_python(code, argv=["wasmedgec", str(fibonacci), str(compiled)])
    if "not supported" in done.stdout + done.stderr:
        pytest.skip("the runtime was built without a compiler")
    assert done.returncode == 0
    assert compiled.stat().st_size > fibonacci.stat().st_size
    assert wasmedge.run(compiled, "fib", 21) == 17711
