# SPDX-License-Identifier: Apache-2.0
"""Globals, made by Python and found in instances."""

from __future__ import annotations

import gc
import math
import weakref
from typing import TYPE_CHECKING, Any

import pytest

import wasmedge
from wasmedge import V128, Function, Global, GlobalType, ImmutableGlobalError, Mutability, ValType

if TYPE_CHECKING:
    from tests.conftest import Wat

pytestmark = pytest.mark.quick

MODULE = """
(module
  (global $count (export "count") (mut i32) (i32.const 3))
  (global (export "limit") i64 (i64.const -1))
  (global $thing (export "thing") (mut externref) (ref.null extern))
  (global $work (export "work") (mut funcref) (ref.func $next))
  (func $next (export "next") (result i32)
    (global.set $count (i32.add (global.get $count) (i32.const 1))) (global.get $count)))
"""


@pytest.fixture
def app(wat: Wat) -> wasmedge.Instance:
    """Return an instance with globals."""
    return wasmedge.instantiate(wat(MODULE))


def variable(type_: str, value: object) -> Global:
    """Make a global that can be set."""
    return Global(GlobalType(type_, Mutability.VAR), value)


def test_global_found_in_an_instance(app: wasmedge.Instance) -> None:
    count = app.exports.count
    assert isinstance(count, Global)
    assert (count.value, app.exports.limit.value, app.exports.thing.value) == (3, -1, None)
    assert app.exports.next() == 4
    assert count.value == 4
    count.value = 2**32 - 1
    assert (count.value, app.exports.next()) == (-1, 0)
    assert count.type == GlobalType("i32", Mutability.VAR)
    assert app.exports.limit.type == GlobalType(ValType.I64, Mutability.CONST)
    assert repr(count) == "<Global var i32 0>"
    assert repr(app.exports.limit) == "<Global const i64 -1>"
    assert app.exports.work.value == app.exports.next


@pytest.mark.parametrize(
    ("type_", "first", "second"),
    [
        ("i32", -5, 2**31 - 1),
        ("i64", 2**62, -(2**63)),
        ("f32", 0.5, -math.inf),
        ("f64", 1e300, 3.25),
        ("v128", V128(1, 2), V128(2**64 - 1, 0)),
        ("externref", ["any"], None),
        ("funcref", None, Function("() -> ()", lambda: None)),
    ],
)
def test_global_made_by_python(type_: str, first: Any, second: Any) -> None:
    made = variable(type_, first)
    assert made.value == first
    made.value = second
    assert made.value == second
    assert Global(GlobalType(type_), second).value == second
    assert made.type == GlobalType(type_, Mutability.VAR)


def test_global_floats_are_exact() -> None:
    assert math.isnan(variable("f64", math.nan).value)
    assert math.copysign(1, variable("f32", -0.0).value) == -1
    assert variable("f32", 0.1).value == pytest.approx(0.1, abs=1e-8)


def test_global_that_is_constant_cannot_be_set(app: wasmedge.Instance) -> None:
    for found in (app.exports.limit, Global(GlobalType("i64"), -1)):
        with pytest.raises(ImmutableGlobalError, match="cannot set a constant global of type const i64") as info:
            found.value = 1
        assert isinstance(info.value, AttributeError)
        assert info.value.code == wasmedge.ErrCode.SET_VALUE_TO_CONST
        assert found.value == -1


@pytest.mark.parametrize(
    ("type_", "good", "wrong", "error", "text"),
    [
        ("i32", 1, "1", TypeError, "global value must be i32, not str"),
        ("i32", 1, True, TypeError, "global value must be i32, not bool"),
        ("i32", 1, None, TypeError, "global value must be i32, not NoneType"),
        ("i32", 1, 2**32, OverflowError, "global value: 4294967296 is out of range for i32"),
        ("i64", 1, 1.0, TypeError, "global value must be i64, not float"),
        ("f32", 1, 1e39, OverflowError, "out of range for f32"),
        ("f64", 1, "x", TypeError, "global value must be f64, not str"),
        ("v128", 1, b"x", ValueError, "a v128 has 16 bytes, not 1"),
        ("v128", 1, -1, OverflowError, "from 0 to"),
        ("funcref", None, len, TypeError, "global value must be funcref, not builtin"),
    ],
)
def test_global_refuses_wrong_values(
    type_: str, good: object, wrong: object, error: type[Exception], text: str
) -> None:
    made = variable(type_, good)
    before = made.value
    with pytest.raises(error, match=text):
        made.value = wrong
    assert made.value == before
    with pytest.raises(error, match=text):
        Global(GlobalType(type_), wrong)


def test_global_equality_is_that_of_the_instance(app: wasmedge.Instance) -> None:
    assert app.exports.count == app.exports["count"] == app.globals["count"]
    assert hash(app.exports.count) == hash(app.exports["count"])
    assert app.exports.count != app.exports.limit
    assert variable("i32", 1) != variable("i32", 1)
    assert app.exports.count != 3


def test_global_keeps_its_instance(wat: Wat) -> None:
    app = wasmedge.instantiate(wat(MODULE))
    gone = weakref.ref(app)
    count, work = app.exports.count, app.exports.work
    del app
    gc.collect()
    assert gone() is None
    assert work.value() == 4
    assert count.value == 4


def test_global_keeps_the_function_that_it_holds(wat: Wat) -> None:
    app, other = wasmedge.instantiate(wat(MODULE)), wasmedge.instantiate(wat(MODULE))
    app.exports.work.value = other.exports.next
    alone = variable("funcref", other.exports.next)
    del other
    gc.collect()
    assert app.exports.work.value() == 4
    del app
    gc.collect()
    assert alone.value() == 5


def test_global_that_holds_itself_is_collected() -> None:
    class Thing:
        pass

    thing = Thing()
    gone = weakref.ref(thing)
    thing.held = variable("externref", thing)  # type: ignore[attr-defined]
    del thing
    gc.collect()
    assert gone() is None


def test_global_that_refers_to_itself_has_a_repr() -> None:
    first, second = Global("var externref", None), Global("var externref", None)
    first.value, second.value = second, first
    assert repr(first) == "<Global var externref <Global var externref <Global ...>>>"
    first.value = first
    for _ in range(2):
        assert repr(first) == "<Global var externref <Global ...>>"
    first.value = None


def test_global_passes_the_exception_of_a_repr_through() -> None:
    class Shy:
        def __repr__(self) -> str:
            raise ZeroDivisionError

    shy = Global("externref", Shy())
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            repr(shy)
