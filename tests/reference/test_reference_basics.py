# SPDX-License-Identifier: Apache-2.0
"""WasmEdge-go Basics: version, logging, value types, results, contexts."""

from __future__ import annotations

import gc
import logging
import weakref
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import wasmedge
from wasmedge import V128, VM, Configure, ErrCategory, ExternRef, HostError, LogLevel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Wat

pytestmark = pytest.mark.quick

UNREACHABLE = '(module (func (export "fail") unreachable) (func (export "work")))'
IDENTITIES = """
(module
  (func (export "i32") (param i32) (result i32) (local.get 0))
  (func (export "i64") (param i64) (result i64) (local.get 0))
  (func (export "f32") (param f32) (result f32) (local.get 0))
  (func (export "f64") (param f64) (result f64) (local.get 0))
  (func (export "v128") (param v128) (result v128) (local.get 0))
  (func (export "funcref") (param funcref) (result funcref) (local.get 0))
  (func (export "externref") (param externref) (result externref) (local.get 0)))
"""


@pytest.fixture
def level() -> Iterator[None]:
    """Set the level of the log back after the test."""
    before = wasmedge.get_log_level()
    yield
    wasmedge.set_log_level(before)


def test_version() -> None:
    """Example 1, of "Version"."""
    assert wasmedge.runtime_version.startswith("0.17.")
    major, minor, patch = wasmedge.runtime_version_info
    assert wasmedge.runtime_version.split("-")[0] == f"{major}.{minor}.{patch}"


@pytest.mark.usefixtures("level")
def test_logging_settings(wat: Wat, caplog: pytest.LogCaptureFixture) -> None:
    """The section "Logging Settings", which shows no code."""
    caplog.set_level(logging.DEBUG, "wasmedge")
    module = wat(UNREACHABLE)
    assert wasmedge.get_log_level() is LogLevel.ERROR

    def levels() -> set[int]:
        caplog.clear()
        with pytest.raises(wasmedge.Trap):
            wasmedge.run(module, "fail")
        wasmedge.run(module, "work")
        return {record.levelno for record in caplog.records}

    assert levels() == {logging.ERROR}
    wasmedge.set_log_level(LogLevel.DEBUG)
    assert levels() == {logging.ERROR, logging.DEBUG}
    wasmedge.set_log_level(LogLevel.OFF)
    assert levels() == set()
    wasmedge.set_log_level(LogLevel.ERROR)
    assert levels() == {logging.ERROR}


@pytest.mark.parametrize(
    ("name", "given", "got"),
    [
        ("i32", np.uint32(2**32 - 1), -1),
        ("i32", np.int32(-5), -5),
        ("i32", 2**31, -(2**31)),
        ("i64", np.uint64(2**64 - 1), -1),
        ("i64", np.int64(-5), -5),
        ("i64", 2**63, -(2**63)),
        ("f32", np.float32(0.1), float(np.float32(0.1))),
        ("f32", 0.5, 0.5),
        ("f64", np.float64(0.1), 0.1),
        ("f64", 0.1, 0.1),
    ],
)
def test_value_types_numbers(wat: Wat, name: str, given: Any, got: Any) -> None:
    """The first item of the section "Value Types", which shows no code."""
    result = wasmedge.instantiate(wat(IDENTITIES)).functions[name](given)
    assert result == got
    assert type(result) is type(got)


def test_value_types_v128(wat: Wat) -> None:
    """Example 2, of "Value Types"."""
    value = V128(1234, 5678)
    assert (value.high, value.low) == (1234, 5678)
    assert wasmedge.instantiate(wat(IDENTITIES)).functions["v128"](value) == value


def test_value_types_references(wat: Wat) -> None:
    """Example 3, of "Value Types"."""
    functions = wasmedge.instantiate(wat(IDENTITIES)).functions
    function = functions["i32"]
    assert functions["funcref"](function) == function
    assert functions["funcref"](None) is None

    class Number:
        value = 1234

    number = Number()
    reference = ExternRef(number)
    number.value = 5678
    assert reference.value.value == 5678
    for passed in (number, reference):
        assert functions["externref"](passed) is number


def test_results(wat: Wat) -> None:
    """Example 4, of "Results"."""
    vm = VM()
    with pytest.raises(wasmedge.Trap, match="unreachable") as caught:
        vm.run(wat(UNREACHABLE), "fail")
    assert caught.value.category is ErrCategory.WASM
    assert caught.value.code == wasmedge.ErrCode.UNREACHABLE

    error = HostError(123456)
    assert error.code == 123456
    assert error.category is ErrCategory.USER_LEVEL_ERROR


def test_contexts_and_their_life_cycles(fibonacci: Path) -> None:
    """Example 5, of "Contexts And Their Life Cycles"."""
    configure = Configure(max_memory_pages=7)
    vm = VM(configure)
    del configure
    gc.collect()
    assert vm.run(fibonacci, "fib", 21) == 17711

    def body() -> None:
        """Do nothing; its life is watched."""

    function, dead = wasmedge.Function("()", body), weakref.ref(body)
    del body, function
    gc.collect()
    assert dead() is None
