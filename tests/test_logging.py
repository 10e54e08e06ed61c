# SPDX-License-Identifier: Apache-2.0
"""What the runtime logs goes to Python's logging and into exceptions, and nowhere else."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

import pytest

import wasmedge
from wasmedge import LogLevel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import CheckPython, RunPython, Wat

pytestmark = pytest.mark.quick

TRAP = '(module (func (export "f") unreachable) (func (export "one") (result i32) (i32.const 1)))'


@pytest.fixture(autouse=True)
def level() -> Iterator[None]:
    """Set the level back after each test."""
    before = wasmedge.get_log_level()
    yield
    wasmedge.set_log_level(before)


def trap(wat: Wat) -> wasmedge.Trap:
    """Make the runtime log a trap, and return the exception."""
    with pytest.raises(wasmedge.Trap) as caught:
        wasmedge.run(wat(TRAP), "f")
    return caught.value


def test_logging_says_nothing_on_the_standard_streams(check_python: CheckPython, wat: Wat) -> None:
    code = """
        import wasmedge

        for source in (b"", b"nonsense", module, needy):
            try:
                wasmedge.run(source, "f")
            except wasmedge.WasmEdgeError as error:
                assert str(error)
        assert wasmedge.run(module, "one") == 1
    """
    needy = wat('(module (import "env" "f" (func)))')
    assert check_python(code, module=wat(TRAP), needy=needy) == ""


@pytest.mark.parametrize("name", [level.name for level in LogLevel])
def test_logging_says_nothing_on_the_standard_streams_at_any_level(
    check_python: CheckPython, wat: Wat, name: str
) -> None:
    code = """
        import wasmedge

        wasmedge.set_log_level(wasmedge.LogLevel[name])
        try:
            wasmedge.run(module, "f")
        except wasmedge.Trap as error:
            assert error.details, error
    """
    assert check_python(code, module=wat(TRAP), name=name) == ""


def test_logging_reaches_the_handlers_of_the_program(run_python: RunPython, wat: Wat) -> None:
    code = """
        import logging
        import wasmedge

        logging.basicConfig(format="%(levelname)s %(name)s %(message)s")
        try:
            wasmedge.run(module, "f")
        except wasmedge.Trap:
            pass
    """
    done = run_python(code, module=wat(TRAP))
    assert (done.returncode, done.stdout) == (0, "")
    lines = done.stderr.splitlines()
    assert lines[0] == "ERROR wasmedge execution failed: unreachable, Code: 0x40a"
    assert all(line.startswith("ERROR wasmedge ") for line in lines)


def test_logging_records_are_the_details(wat: Wat, caplog: pytest.LogCaptureFixture) -> None:
    assert wasmedge.get_log_level() is LogLevel.ERROR
    error = trap(wat)
    records = [record for record in caplog.records if record.name == "wasmedge"]
    assert tuple(record.getMessage() for record in records) == error.details
    assert {record.levelno for record in records} == {logging.ERROR}


def test_logging_off_keeps_the_details(wat: Wat, caplog: pytest.LogCaptureFixture) -> None:
    expected = trap(wat).details
    caplog.clear()
    wasmedge.set_log_level(LogLevel.OFF)
    assert wasmedge.get_log_level() is LogLevel.OFF
    assert trap(wat).details == expected
    assert caplog.records == []
    wasmedge.set_log_level(LogLevel.CRITICAL)
    assert trap(wat).details == expected
    assert caplog.records == []
    wasmedge.set_log_level(LogLevel.ERROR)
    trap(wat)
    assert len(caplog.records) == len(expected)


def test_logging_lower_levels_tell_more(wat: Wat, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(1, "wasmedge")
    wasmedge.set_log_level(LogLevel.DEBUG)
    wasmedge.run(wat(TRAP), "one")
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.DEBUG, " Execution succeeded.")
    ]
    wasmedge.set_log_level(LogLevel.INFO)
    caplog.clear()
    wasmedge.run(wat(TRAP), "one")
    assert caplog.records == []


def test_logging_what_is_no_warning_is_no_detail(wat: Wat, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(1, "wasmedge")
    wasmedge.set_log_level(LogLevel.INFO)
    vm = wasmedge.VM(wasmedge.Configure(measure_cost=True, measure_time=True))
    vm.statistics.cost_limit = 0
    with pytest.raises(wasmedge.CostLimitExceeded) as caught:
        vm.run(wat(TRAP), "one")
    levels: dict[int, list[str]] = {}
    for record in caplog.records:
        levels.setdefault(record.levelno, []).append(record.getMessage())
    assert any("Gas costs" in line for line in levels[logging.INFO])
    assert caught.value.details == tuple(levels[logging.ERROR])


def test_logging_filters_of_python_are_heeded(wat: Wat, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "wasmedge")
    assert trap(wat).details
    assert caplog.records == []


def test_logging_a_failing_handler_does_not_hide_the_exception(wat: Wat) -> None:
    class Failing(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            raise ZeroDivisionError(record.getMessage())

    logger, handler = logging.getLogger("wasmedge"), Failing()
    logger.addHandler(handler)
    unraisable: list[Any] = []
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sys.unraisablehook", unraisable.append)
            assert trap(wat).trap is wasmedge.TrapCode.UNREACHABLE
    finally:
        logger.removeHandler(handler)
    assert [type(event.exc_value) for event in unraisable] == [ZeroDivisionError]


def test_logging_handlers_may_use_the_runtime(wat: Wat) -> None:
    results: list[int] = []

    class Using(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            results.append(wasmedge.run(wat(TRAP), "one"))

    logger, handler = logging.getLogger("wasmedge"), Using()
    logger.addHandler(handler)
    try:
        details = trap(wat).details
    finally:
        logger.removeHandler(handler)
    assert results == [1] * len(details)


def test_logging_percent_signs_are_no_formats(wat: Wat, caplog: pytest.LogCaptureFixture) -> None:
    module = wat('(module (import "%s%d" "%(name)s" (func)))')
    with pytest.raises(wasmedge.LinkError, match=r"'%s%d' '%\(name\)s'"):
        wasmedge.instantiate(module)
    assert any("%s%d" in record.getMessage() for record in caplog.records)


def test_logging_details_belong_to_their_thread(wat: Wat) -> None:
    module = wat("""
        (module (memory 1)
          (func (export "f") (param i32) (result i32) (i32.load (local.get 0))))""")
    wrong: list[object] = []

    def run(offset: int) -> None:
        function = wasmedge.instantiate(module).exports.f
        for _ in range(200):
            try:
                function(offset)
            except wasmedge.Trap as error:
                if len(error.details) != 4 or f"{offset:#010x}" not in error.details[1]:
                    wrong.append(error.details)

    threads = [threading.Thread(target=run, args=(2**20 + i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize("value", [None, "ERROR", 3, logging.ERROR])
def test_logging_levels_are_of_their_enumeration(value: object) -> None:
    with pytest.raises(TypeError):
        wasmedge.set_log_level(value)  # type: ignore[arg-type]
    assert wasmedge.get_log_level() is LogLevel.ERROR
