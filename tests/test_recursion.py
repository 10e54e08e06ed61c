# SPDX-License-Identifier: Apache-2.0
"""Recursion without end in interpreted code: an exception, and nothing else is harmed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import CheckPython, Wat

# A sanitizer also takes the place of the allocator, by which endless recursion is noticed.
pytestmark = pytest.mark.resources
RECURSION = """
(module
  (import "env" "f" (func $f (param i32) (result i32)))
  (global $depth (export "depth") (mut i32) (i32.const 0))
  (func $endless (export "endless") (result i32)
    (global.set $depth (i32.add (global.get $depth) (i32.const 1)))
    (i32.add (call $endless) (i32.const 1)))
  (func $even (export "even") (param i64 i64 i64 i64) (result i32)
    (i32.add (call $odd (local.get 0) (local.get 1) (local.get 2) (local.get 3)) (i32.const 1)))
  (func $odd (param i64 i64 i64 i64) (result i32)
    (i32.add (call $even (local.get 0) (local.get 1) (local.get 2) (local.get 3)) (i32.const 1)))
  (func $down (export "down") (param i32) (result i32)
    (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 0))
      (else (i32.add (call $down (i32.sub (local.get 0) (i32.const 1))) (i32.const 1)))))
  (func (export "tail") (result i32) (call $f (i32.const 1))))
"""
START = '(module (func $f (export "f") (call $f) (call $f)) (start $f))'
# 4 GiB of address space beyond what the memories of the process reserve already.
BEGIN = """
import resource
import threading
import wasmedge
from wasmedge import StackExhausted, Trap, TrapCode

resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))

def nest(level):
    try:
        return exports.endless()
    except StackExhausted:
        return 77

exports = wasmedge.instantiate(module, imports={"env": {"f": nest}}).exports
"""


def test_recursion_without_end_is_an_exception(check_python: CheckPython, wat: Wat) -> None:
    code = """
for function, arguments in ((exports.endless, ()), (exports.even, (1, 2, 3, 4))):
    try:
        function(*arguments)
    except Trap as error:
        print(type(error) is StackExhausted, error.trap is TrapCode.STACK_EXHAUSTED, error)
        assert isinstance(error.offset, (int, type(None))) and isinstance(error.frames, tuple)
print(exports.depth.value > 1_000_000)
"""
    output = check_python(BEGIN + code, module=wat(RECURSION)).splitlines()
    assert output[0] == "True True endless(): call stack exhausted"
    assert output[1] == "True True even(): call stack exhausted"
    assert output[2] == "True"


def test_recursion_leaves_the_instance_usable(check_python: CheckPython, wat: Wat) -> None:
    code = """
for _ in range(2):
    try:
        exports.endless()
    except StackExhausted:
        assert exports.down(10) == 10
        assert exports.down(100_000) == 100_000
        exports.depth.value = 0
print(exports.down(0), exports.depth.value)
"""
    assert check_python(BEGIN + code, module=wat(RECURSION)) == "0 0\n"


def test_recursion_that_ends_is_not_disturbed(check_python: CheckPython, wat: Wat) -> None:
    code = "print(exports.down(1_000_000), exports.down(1_000_000))\n"
    assert check_python(BEGIN + code, module=wat(RECURSION)) == "1000000 1000000\n"


def test_recursion_in_a_nested_call_can_be_handled(check_python: CheckPython, wat: Wat) -> None:
    code = "print(exports.tail(), exports.tail(), exports.down(5))\n"
    assert check_python(BEGIN + code, module=wat(RECURSION)) == "77 77 5\n"


def test_recursion_in_a_nested_call_comes_out(check_python: CheckPython, wat: Wat) -> None:
    code = """
nest = lambda level: exports.endless()
exports = wasmedge.instantiate(module, imports={"env": {"f": nest}}).exports
try:
    exports.tail()
except StackExhausted as error:
    print(error)
print(exports.down(5))
"""
    assert check_python(BEGIN + code, module=wat(RECURSION)) == "endless(): call stack exhausted\n5\n"


def test_recursion_in_a_start_function(check_python: CheckPython, wat: Wat) -> None:
    code = """
for _ in range(2):
    try:
        wasmedge.instantiate(start)
    except StackExhausted as error:
        print("exhausted")
print(exports.down(5))
"""
    output = check_python(BEGIN + code, module=wat(RECURSION), start=wat(START))
    assert output == "exhausted\nexhausted\n5\n"


@pytest.mark.parametrize("shared", [True, False])
def test_recursion_in_one_thread_spares_the_others(check_python: CheckPython, wat: Wat, shared: bool) -> None:
    """The runtime's way to stop a call is of an executor, which threads may share."""
    code = """
failures = []
done = threading.Event()
other = exports if shared else wasmedge.instantiate(module, imports={"env": {"f": nest}}).exports

def work():
    while not done.is_set():
        try:
            assert other.down(1000) == 1000
        except BaseException as error:
            failures.append(error)

thread = threading.Thread(target=work)
thread.start()
try:
    exports.endless()
except StackExhausted:
    print("exhausted")
done.set()
thread.join()
print(failures)
"""
    assert check_python(BEGIN + code, module=wat(RECURSION), shared=shared) == "exhausted\n" + "[]\n"


def test_recursion_with_counting(check_python: CheckPython, wat: Wat) -> None:
    code = """
configure = wasmedge.Configure(count_instructions=True, measure_cost=True)
exports = wasmedge.instantiate(module, imports={"env": {"f": nest}}, configure=configure).exports
try:
    exports.endless()
except StackExhausted:
    print(exports.down(10))
"""
    assert check_python(BEGIN + code, module=wat(RECURSION)) == "10\n"
