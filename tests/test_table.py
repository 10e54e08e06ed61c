# SPDX-License-Identifier: Apache-2.0
"""Tables, made by Python and found in instances."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING

import pytest

import wasmedge
from wasmedge import Function, Limit, Table, TableType, ValType

if TYPE_CHECKING:
    from tests.conftest import Wat

pytestmark = pytest.mark.quick

MODULE = """
(module
  (type $number (func (result i32)))
  (table $t (export "table") 3 5 funcref)
  (table $x (export "things") 2 externref)
  (func $seven (export "seven") (result i32) (i32.const 7))
  (elem (i32.const 1) $seven)
  (func (export "get") (param i32) (result externref) (table.get $x (local.get 0)))
  (func (export "grow") (param i32) (result i32) (table.grow $t (ref.null func) (local.get 0)))
  (func (export "call") (param i32) (result i32) (call_indirect $t (type $number) (local.get 0))))
"""


@pytest.fixture
def app(wat: Wat) -> wasmedge.Instance:
    """Return an instance with two tables."""
    return wasmedge.instantiate(wat(MODULE))


def test_table_found_in_an_instance(app: wasmedge.Instance) -> None:
    table = app.exports.table
    assert isinstance(table, Table)
    assert (len(table), len(app.exports.things)) == (3, 2)
    assert repr(table) == "<Table of 3 funcref, max 5>"
    assert repr(app.exports.things) == "<Table of 2 externref>"
    assert table.type == TableType("funcref", Limit(3, 5))
    assert app.exports.things.type == TableType(ValType.EXTERNREF, Limit(2))
    assert table[1] == app.exports.seven
    assert table[1]() == 7
    assert (table[0], table[2]) == (None, None)


def test_table_items_are_seen_by_both_sides(app: wasmedge.Instance) -> None:
    table, things = app.exports.table, app.exports.things
    table[0] = Function("() -> i32", lambda: 40)
    table[-1] = table[1]
    assert [app.exports.call(i) for i in range(3)] == [40, 7, 7]
    table[1] = None
    with pytest.raises(wasmedge.Trap, match="uninitialized"):
        app.exports.call(1)
    thing = object()
    things[1] = thing
    assert app.exports.get(1) is things[1] is things[-1] is thing
    things[1] = None
    assert app.exports.get(1) is None


@pytest.mark.parametrize("index", [3, -4, 2**40, 2**62, -(2**62)])
def test_table_index_outside_is_an_error(app: wasmedge.Instance, index: int) -> None:
    with pytest.raises(IndexError, match="outside of the table of 3 elements"):
        app.exports.table[index]
    with pytest.raises(IndexError, match="outside of the table of 3 elements"):
        app.exports.table[index] = None


def test_table_index_of_another_type_is_an_error(app: wasmedge.Instance) -> None:
    for index in ("1", 1.0, None, slice(0, 1)):
        with pytest.raises(TypeError):
            app.exports.table[index]


def test_table_is_iterated(app: wasmedge.Instance) -> None:
    table = app.exports.table
    assert list(table) == [None, app.exports.seven, None]
    assert app.exports.seven in table
    assert list(reversed(table)) == list(table)


@pytest.mark.parametrize("wrong", [1, "f", len, object(), True])
def test_table_refuses_what_is_no_function(app: wasmedge.Instance, wrong: object) -> None:
    with pytest.raises(TypeError, match="table element must be funcref, not"):
        app.exports.table[0] = wrong
    with pytest.raises(TypeError, match="table element must be funcref, not"):
        Table(TableType("funcref", 1), wrong)
    assert app.exports.table[0] is None


def test_table_grows_up_to_its_maximum(app: wasmedge.Instance) -> None:
    table = app.exports.table
    table.grow(1)
    table.grow(0)
    assert app.exports.grow(1) == 4
    assert (len(table), table[3], table[4]) == (5, None, None)
    with pytest.raises(ValueError, match="cannot grow the table of 5 elements by 1: its maximum is 5"):
        table.grow(1)
    with pytest.raises(ValueError, match="cannot grow"):
        table.grow(2**64 - 1)
    assert (len(table), app.exports.grow(1)) == (5, -1)
    assert table[1] == app.exports.seven


@pytest.mark.parametrize("count", [-1, "1", 1.5, None])
def test_table_growth_of_no_count_is_refused(app: wasmedge.Instance, count: object) -> None:
    with pytest.raises((TypeError, ValueError, OverflowError)):
        app.exports.table.grow(count)
    assert len(app.exports.table) == 3


def test_table_made_by_python() -> None:
    function = Function("() -> i32", lambda: 1)
    table = Table(TableType("funcref", Limit(2, 4)), function)
    assert list(table) == [function, function]
    table.grow(1)
    assert table[2] == function
    table[0] = None
    assert table[0] is None
    empty = Table(TableType("externref", Limit(0)))
    assert (len(empty), list(empty), repr(empty)) == (0, [], "<Table of 0 externref>")
    thing = ["any"]
    things = Table(TableType("externref", 2), thing)
    assert things[0] is things[1] is thing


def test_table_of_an_absurd_size_is_refused(wat: Wat) -> None:
    for size in (10_000_001, 2**32 - 1):
        with pytest.raises(ValueError, match="at most 10000000 elements"):
            Table(TableType("funcref", Limit(size)))
        with pytest.raises(wasmedge.InstantiationError, match="at most 10000000"):
            wasmedge.instantiate(wat(f'(module (table {size} funcref) (table (export "t") {size} funcref))'))
    table = Table(TableType("funcref", Limit(1)))
    with pytest.raises(ValueError, match="maximum is 10000000"):
        table.grow(10_000_000)
    assert len(table) == 1


def test_table_type_is_what_was_asked_for() -> None:
    assert Table(TableType("funcref", Limit(1))).type == TableType("funcref", Limit(1))
    assert Table(TableType("funcref", Limit(1, 2**32 - 1))).type.limit.min == 1


def test_table_equality_is_that_of_the_instance(app: wasmedge.Instance, wat: Wat) -> None:
    table = app.exports.table
    assert table == app.exports["table"] == app.tables["table"]
    assert hash(table) == hash(app.exports["table"])
    assert table != app.exports.things
    assert table != wasmedge.instantiate(wat(MODULE)).exports.table
    assert table != 3
    with pytest.raises(AttributeError):
        table.type = table.type


def test_table_keeps_its_instance_and_its_items(wat: Wat) -> None:
    app = wasmedge.instantiate(wat(MODULE))
    gone = weakref.ref(app)
    table = app.exports.table
    other = wasmedge.instantiate(wat(MODULE))
    table[0] = other.exports.seven
    del app, other
    gc.collect()
    assert gone() is None
    assert table[0]() == table[1]() == 7
    seven = table[1]
    del table
    gc.collect()
    assert seven() == 7


def test_table_that_stands_alone_keeps_its_functions() -> None:
    class Work:
        def __call__(self) -> int:
            return 5

    work = Work()
    gone = weakref.ref(work)
    table = Table(TableType("funcref", 1))
    table[0] = Function("() -> i32", work)
    del work
    gc.collect()
    assert table[0]() == 5
    del table
    gc.collect()
    assert gone() is None
