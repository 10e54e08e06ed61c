# SPDX-License-Identifier: Apache-2.0
"""Host functions: how they are made of callables, and what their results and exceptions become."""

from __future__ import annotations

import asyncio
import functools
import math
from typing import TYPE_CHECKING, Any

import pytest

import wasmedge
from wasmedge import (
    V128,
    CallingFrame,
    Function,
    FunctionType,
    externref,
    f32,
    f64,
    funcref,
    host_function,
    i32,
    i64,
    v128,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.conftest import Wat

pytestmark = pytest.mark.quick


class Adder:
    """Adds a number that it holds."""

    def __init__(self, number: int) -> None:
        self.number = number

    def add(self, other: i32) -> i32:
        """Add as a bound method."""
        return self.number + other

    def __call__(self, other: i64) -> i64:
        """Add as a callable object."""
        return self.number + other

    @classmethod
    def of_class(cls, other: i32) -> f64:
        """Give a float as a class method."""
        return other / 2

    @staticmethod
    def of_none(other: f32) -> None:
        """Give nothing as a static method."""


def numbers(a: i32, b: i64, c: f32, d: f64) -> tuple[i32, i64, f32, f64]:
    return a, b, c, d


def plain(a: int, b: float) -> tuple[float, int]:
    return b, a


def vector(a: v128, b: V128) -> v128:
    return V128(a.high, b.low)


def references(a: funcref, b: externref, c: object) -> tuple[funcref, externref]:
    return a, [b, c]


def nothing() -> None:
    pass


async def coroutine(a: i32) -> i32:
    return a


async def generator(a: i32) -> AsyncIterator[int]:
    yield a


class Awaited:
    """Its calls give coroutines."""

    async def __call__(self, a: i32) -> i32:
        """Give a coroutine."""
        return a


@pytest.mark.parametrize(
    ("callable_", "text"),
    [
        (numbers, "(i32, i64, f32, f64) -> (i32, i64, f32, f64)"),
        (plain, "(i64, f64) -> (f64, i64)"),
        (vector, "(v128, v128) -> v128"),
        (references, "(funcref, externref, externref) -> (funcref, externref)"),
        (nothing, "() -> ()"),
        (Adder(1).add, "(i32) -> i32"),
        (Adder(1), "(i64) -> i64"),
        (Adder.of_class, "(i32) -> f64"),
        (Adder.of_none, "(f32) -> ()"),
        (functools.partial(numbers, 1, 2), "(f32, f64) -> (i32, i64, f32, f64)"),
    ],
)
def test_host_function_type_is_taken_from_annotations(callable_: Callable[..., Any], text: str) -> None:
    assert host_function(callable_).type == FunctionType(text)
    assert Function(None, callable_).type == FunctionType(text)


def test_host_function_values_go_there_and_back() -> None:
    assert host_function(numbers)(-1, 2**63, 0.5, math.inf) == (-1, -(2**63), 0.5, math.inf)
    assert host_function(plain)(3, 1e300) == (1e300, 3)
    assert host_function(vector)(V128(1, 2), 3) == V128(1, 3)
    assert host_function(nothing)() is None
    function, thing = host_function(nothing), object()
    given, (first, second) = host_function(references)(function, thing, None)
    assert (given, first, second) == (function, thing, None)
    assert host_function(references)(None, None, thing) == (None, [None, thing])
    assert host_function(Adder(40).add)(2) == host_function(Adder(40))(2) == 42


@pytest.mark.parametrize(
    ("type_", "callable_", "argument", "result"),
    [
        ("(i64) -> i64", abs, -5, 5),
        ("(f64) -> f64", math.floor, 2.5, 2.0),
        ("(i32) -> i32", lambda a: a + 1, 1, 2),
        ("(i32) -> i32", functools.partial(pow, 2), 5, 32),
        ("(externref) -> i32", len, "four", 4),
        ("(externref) -> externref", str, 12, "12"),
        ("(i32) -> externref", [1, 2, 3].__getitem__, 1, 2),
        (FunctionType(["i32"], ["f32"]), float, 3, 3.0),
    ],
)
def test_host_function_of_any_callable(type_: Any, callable_: Any, argument: object, result: object) -> None:
    assert Function(type_, callable_)(argument) == result
    assert host_function(type=type_)(callable_)(argument) == result


def test_host_function_decorates() -> None:
    @host_function
    def first(a: i32) -> i32:
        return a

    @host_function(type="(i32) -> i64", data=100, cost=3)
    def second(data: int, a: int) -> int:
        return data + a

    assert repr(first) == "<Function first (i32) -> i32>"
    assert repr(second) == "<Function second (i32) -> i64>"
    assert (first(1), second(1)) == (1, 101)


def test_host_function_data_comes_after_the_frame() -> None:
    seen: list[object] = []

    def work(frame: CallingFrame, data: list[object], a: i32) -> i32:
        assert isinstance(frame, CallingFrame)
        data.append(a)
        return a

    function = Function(None, work, data=seen)
    assert function.type == FunctionType("(i32) -> i32")
    assert (function(3), function(4), seen) == (3, 4, [3, 4])


def test_host_function_cost_is_measured(wat: Wat) -> None:
    module = wat('(module (import "env" "f" (func $f)) (func (export "run") (call $f)))')
    totals = []
    for cost in (0, 1000):
        vm = wasmedge.VM(wasmedge.Configure(measure_cost=True))
        env = wasmedge.Instance("env")
        env.add("f", Function("() -> ()", lambda: None, cost=cost))
        vm.register(env)
        vm.run(module, "run")
        totals.append(vm.statistics.total_cost)
    assert totals[1] - totals[0] == 1000


@pytest.mark.parametrize("callable_", [coroutine, generator, Awaited(), functools.partial(coroutine, 1)])
def test_host_function_refuses_coroutine_functions(callable_: Any) -> None:
    for make in (host_function, functools.partial(Function, None), functools.partial(Function, "(i32) -> i32")):
        with pytest.raises(TypeError, match="is a coroutine function"):
            make(callable_)


def test_host_function_may_run_a_coroutine_itself() -> None:
    assert Function("(i32) -> i32", lambda a: asyncio.run(coroutine(a)))(3) == 3


def test_host_function_names_what_it_cannot_be_made_of() -> None:
    def half(a: i32, b) -> i32:  # type: ignore[no-untyped-def]
        return a

    def odd(a: str) -> None:
        pass

    def unhashable(a: [1]) -> None:  # type: ignore[misc, valid-type]
        pass

    with pytest.raises(TypeError, match=r"half\(\) has no annotation for b: annotate it or give the type"):
        host_function(half)
    with pytest.raises(TypeError, match=r"odd\(\): the annotation of a, <class 'str'>, is no WebAssembly type"):
        host_function(odd)
    # For CPython 3.10 it is no annotation at all.
    with pytest.raises(
        TypeError, match=r"unhashable\(\)(: the annotation of a, \[1\], is no| has no annotation for a)"
    ):
        host_function(unhashable)
    with pytest.raises(TypeError, match="has no annotation for x, return"):
        host_function(lambda x: x)
    with pytest.raises(TypeError, match="made of a callable, not int"):
        Function("() -> ()", 3)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="expected a FunctionType or a str"):
        Function(3, nothing)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="unknown value type 'int'"):
        Function("(int) -> ()", nothing)


@pytest.mark.parametrize("cost", [-1, 2**64, 1.5, "1", None])
def test_host_function_refuses_bad_costs(cost: Any) -> None:
    with pytest.raises((TypeError, ValueError, OverflowError)):
        Function("() -> ()", nothing, cost=cost)


def test_host_function_refuses_parameters_that_no_guest_can_fill() -> None:
    def keyword(a: i32, *, b: i32) -> i32:
        return a + b

    def any_number(*a: i32) -> i32:
        return len(a)

    for callable_ in (keyword, any_number):
        with pytest.raises(TypeError, match=callable_.__name__):
            host_function(callable_)


def test_host_function_takes_many_arguments(wat: Wat) -> None:
    seen: list[tuple[int, ...]] = []
    words = " ".join(["i64"] * 30)
    passed = " ".join(f"(i64.const {i})" for i in range(30))
    module = wat(f'(module (import "env" "f" (func $f (param {words}))) (func (export "run") (call $f {passed})))')
    wasmedge.instantiate(module, imports={"env": {"f": lambda *args: seen.append(args)}}).exports.run()
    assert seen == [tuple(range(30))]


def test_host_function_checks_its_arguments() -> None:
    function = host_function(Adder(1).add)
    with pytest.raises(TypeError, match=r"add\(\) takes 1 argument \(i32\), but 2 were given"):
        function(1, 2)
    with pytest.raises(TypeError, match=r"add\(\) argument 1 must be i32, not str"):
        function("1")
    with pytest.raises(OverflowError, match=r"add\(\) argument 1"):
        function(2**32)


def test_host_function_of_another_signature_fails_in_the_call() -> None:
    with pytest.raises(TypeError, match="positional argument"):
        Function("(i32, i32) -> ()", lambda a: None)(1, 2)


def test_host_function_annotations_that_cannot_be_evaluated_count_as_none() -> None:
    def strange(a: "Missing") -> "Missing":  # type: ignore[name-defined] # noqa: F821, UP037
        return a

    assert Function("(i32) -> i32", strange)(3) == 3
    with pytest.raises(TypeError, match="has no annotation for a, return"):
        host_function(strange)
