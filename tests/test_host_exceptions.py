# SPDX-License-Identifier: Apache-2.0
"""Exceptions of host functions: they come out of the call as the same objects, on the thread that made it."""

from __future__ import annotations

import sys
import threading
import time
import traceback
from typing import TYPE_CHECKING, Any

import pytest

import wasmedge
from wasmedge import ErrCategory, Function, HostError, Terminate

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import CheckPython, InThreads, Wat

pytestmark = pytest.mark.quick

CALLER = """
(module (import "env" "f" (func $f (param i32) (result i32)))
  (func $inner (param i32) (result i32) (i32.add (call $f (local.get 0)) (i32.const 1)))
  (func (export "run") (param i32) (result i32) (i32.add (call $inner (local.get 0)) (i32.const 1))))
"""


class CustomError(Exception):
    """An exception of the program's own."""


def caller(wat: Wat, function: Callable[[int], int]) -> Function:
    """Return a function of a guest that calls `function` and adds 2."""
    run = wasmedge.instantiate(wat(CALLER), imports={"env": {"f": function}}).exports.run
    assert isinstance(run, Function)
    return run


@pytest.mark.parametrize(
    "error",
    [
        CustomError("mine", 1),
        KeyError("k"),
        KeyboardInterrupt(),
        SystemExit(3),
        GeneratorExit(),
        MemoryError(),
        StopIteration(4),
    ],
    ids=lambda error: type(error).__name__,
)
def test_exceptions_are_the_same_objects(wat: Wat, error: BaseException) -> None:
    def fail(_: int) -> int:
        raise error

    run = caller(wat, fail)
    with pytest.raises(type(error)) as info:
        run(1)
    assert info.value is error
    assert [frame.name for frame in traceback.extract_tb(info.value.__traceback__)][-1] == "fail"
    assert error.__context__ is None


def test_exceptions_carry_the_python_frames_through_wasm(wat: Wat) -> None:
    def bottom() -> int:
        raise CustomError

    def middle(number: int) -> int:
        return int(inner(number)) if number else bottom()

    inner = caller(wat, lambda _: bottom())
    outer = caller(wat, middle)
    with pytest.raises(CustomError) as info:
        outer(1)
    names = [frame.name for frame in traceback.extract_tb(info.value.__traceback__)]
    assert names[-3:] == ["middle", "<lambda>", "bottom"]


def test_exceptions_leave_the_instance_usable(wat: Wat) -> None:
    def work(number: int) -> int:
        if number < 0:
            raise CustomError(number)
        return number

    run = caller(wat, work)
    for number in range(100):
        with pytest.raises(CustomError):
            run(-1)
        assert run(number) == number + 2


def test_exceptions_keep_their_context_and_cause(wat: Wat) -> None:
    def fail(_: int) -> int:
        try:
            raise KeyError("first")
        except KeyError as error:
            raise CustomError from error

    with pytest.raises(CustomError) as info:
        caller(wat, fail)(1)
    assert isinstance(info.value.__cause__, KeyError)


def test_exceptions_can_be_handled_between_two_calls(wat: Wat) -> None:
    def fail(_: int) -> int:
        raise CustomError

    inner = caller(wat, fail)

    def work(number: int) -> int:
        try:
            return int(inner(number))
        except CustomError:
            return 40

    assert caller(wat, work)(0) == 42


def test_exceptions_raised_again_are_one(wat: Wat) -> None:
    kept = CustomError()

    def fail(_: int) -> int:
        raise kept

    run = caller(wat, fail)
    for _ in range(3):
        with pytest.raises(CustomError) as info:
            run(1)
        assert info.value is kept


def test_exceptions_in_start_functions_come_out_of_instantiate(wat: Wat) -> None:
    def fail() -> None:
        raise CustomError

    with pytest.raises(CustomError):
        wasmedge.instantiate(wat('(module (import "e" "f" (func $f)) (start $f))'), imports={"e": {"f": fail}})


def test_terminate_ends_the_program_well(wat: Wat) -> None:
    def stop(number: int) -> int:
        if number:
            raise Terminate
        return number

    run = caller(wat, stop)
    assert run(1) is None
    assert run(0) == 2

    class Derived(Terminate):
        pass

    def stop_derived(_: int) -> int:
        raise Derived

    assert caller(wat, stop_derived)(1) is None


def test_terminate_ends_only_the_inner_program(wat: Wat) -> None:
    def stop(_: int) -> int:
        raise Terminate

    inner = caller(wat, stop)
    assert caller(wat, lambda number: 40 if inner(number) is None else 0)(1) == 42


@pytest.mark.parametrize("code", [0, 1, 0x15BE, 2**24 - 1])
def test_host_error_has_the_code(wat: Wat, code: int) -> None:
    def fail(_: int) -> int:
        raise HostError(code)

    with pytest.raises(HostError) as info:
        caller(wat, fail)(1)
    assert (info.value.code, info.value.category) == (code, ErrCategory.USER_LEVEL_ERROR)
    assert str(code) in str(info.value)


def test_host_error_refuses_other_codes() -> None:
    for code in (-1, 2**24):
        with pytest.raises(OverflowError, match="from 0 to"):
            HostError(code)
    for wrong in (True, "1", 1.5, None):
        with pytest.raises(TypeError, match="must be int"):
            HostError(wrong)  # type: ignore[arg-type]


@pytest.mark.usefixtures("many_switches")
@pytest.mark.parametrize("shared", [True, False])
def test_exceptions_of_threads_do_not_mix(wat: Wat, in_threads: InThreads, shared: bool) -> None:
    """Each of 8 threads gets its own, whether they call one instance or one each."""

    def fail(number: int) -> int:
        if number % 3 == 0:
            time.sleep(0.0005 * (number % 7) / 7)
        raise CustomError(number, threading.get_ident())

    runs = [caller(wat, fail)] * 8 if shared else [caller(wat, fail) for _ in range(8)]

    def work(thread: int) -> int:
        for i in range(300):
            number = thread * 1000 + i
            with pytest.raises(CustomError) as info:
                runs[thread](number)
            assert info.value.args == (number, threading.get_ident())
        return thread

    assert in_threads(8, work) == list(range(8))


def test_nesting_of_50_levels(wat: Wat) -> None:
    kept = CustomError("bottom")
    runs: list[Any] = []

    def work(level: int) -> int:
        if level >= 50:
            return 0
        if level < 0:
            if level == -50:
                raise kept
            return int(runs[0](level - 1))
        return int(runs[0](level + 1))

    runs.append(caller(wat, work))
    assert runs[0](0) == 2 * 51
    with pytest.raises(CustomError) as info:
        runs[0](-1)
    assert info.value is kept
    names = [frame.name for frame in traceback.extract_tb(kept.__traceback__)]
    assert names.count("work") == 50
    assert runs[0](0) == 2 * 51


NEST = """
import sys
import threading
import wasmedge

def work(level):
    global deepest
    deepest = max(deepest, level)
    return run(level + 1)

def nest():
    global deepest
    deepest = 0
    try:
        run(0)
    except RecursionError:
        print(deepest > 50)
    else:
        print("no end")

run = wasmedge.instantiate(module, imports={"env": {"f": work}}).exports.run
sys.setrecursionlimit(limit)
nest()
nest()
threading.stack_size(size)
thread = threading.Thread(target=nest)
thread.start()
thread.join()
"""


@pytest.mark.parametrize("limit", [sys.getrecursionlimit(), 10**6])
@pytest.mark.parametrize("size", [0, 1 << 20])
def test_nesting_without_end_is_a_recursion_error(check_python: CheckPython, wat: Wat, limit: int, size: int) -> None:
    """Whatever the limit of Python and the size of the thread's stack."""
    assert check_python(NEST, module=wat(CALLER), limit=limit, size=size).split() == ["True"] * 3
