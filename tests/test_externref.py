# SPDX-License-Identifier: Apache-2.0
"""References to Python objects: their identity in a guest, and how long the guest keeps them."""

from __future__ import annotations

import gc
import sys
import weakref
from typing import TYPE_CHECKING, Any

import pytest

import wasmedge
from wasmedge import Global, GlobalType, Mutability, Table, TableType

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import CheckPython, Wat

pytestmark = pytest.mark.quick

# Has nowhere to keep anything.
PASSING = """
(module
  (import "env" "f" (func $f (param externref) (result externref)))
  (global (export "number") (mut i32) (i32.const 1))
  (table (export "functions") 1 funcref)
  (memory 1)
  (func (export "same") (param externref) (result externref) (local.get 0))
  (func (export "is_null") (param externref) (result i32) (ref.is_null (local.get 0)))
  (func (export "call") (param externref) (result externref) (call $f (local.get 0)))
  (func (export "trap") (param externref) unreachable)
  (func (export "pick") (param externref externref i32) (result externref)
    (select (result externref) (local.get 0) (local.get 1) (local.get 2))))
"""
TABLE = """
(module (table $t (export "things") 4 externref)
  (func (export "set") (param externref) (table.set $t (i32.const 0) (local.get 0)))
  (func (export "get") (result externref) (table.get $t (i32.const 0))))
"""
GLOBAL = """
(module (global $g (export "thing") (mut externref) (ref.null extern))
  (func (export "set") (param externref) (global.set $g (local.get 0)))
  (func (export "get") (result externref) (global.get $g)))
"""
IMPORTED = """
(module (import "env" "thing" (global $g (mut externref)))
  (func (export "set") (param externref) (global.set $g (local.get 0)))
  (func (export "get") (result externref) (global.get $g)))
"""


class Thing:
    """Can be referred to weakly."""


def same(thing: object) -> object:
    return thing


@pytest.fixture
def passing(wat: Wat) -> wasmedge.Exports:
    """Return functions that pass objects on."""
    return wasmedge.instantiate(wat(PASSING), imports={"env": {"f": same}}).exports


def test_externref_is_the_same_object(passing: wasmedge.Exports) -> None:
    for thing in (Thing(), 1, 10**100, "text", [1], len, Thing, passing, Ellipsis, False, 0):
        assert passing.same(thing) is thing
        assert passing.call(thing) is thing
        assert passing.is_null(thing) == 0
    first, second = Thing(), Thing()
    assert passing.pick(first, second, 1) is first
    assert passing.pick(first, second, 0) is second


def test_externref_none_is_null(passing: wasmedge.Exports) -> None:
    assert passing.same(None) is None
    assert passing.call(None) is None
    assert passing.is_null(None) == 1


def test_externref_explicit_form(passing: wasmedge.Exports) -> None:
    """ExternRef(obj) says what would be done anyway."""
    thing = Thing()
    assert passing.same(wasmedge.ExternRef(thing)) is thing


def test_externref_does_not_change_reference_counts(passing: wasmedge.Exports) -> None:
    thing = Thing()
    before = sys.getrefcount(thing)
    for _ in range(100):
        passing.same(thing)
        passing.call(thing)
        with pytest.raises(wasmedge.Trap):
            passing.trap(thing)
    gc.collect()
    assert sys.getrefcount(thing) == before


@pytest.mark.parametrize("function", ["same", "call", "is_null"])
def test_externref_is_freed_after_the_call_where_nothing_can_keep_it(passing: wasmedge.Exports, function: str) -> None:
    thing = Thing()
    gone = weakref.ref(thing)
    passing[function](thing)
    assert gone() is thing
    del thing
    assert gone() is None


def test_externref_lives_as_long_as_the_call(passing: wasmedge.Exports) -> None:
    """The caller's argument is the only reference to it."""
    assert isinstance(passing.same(Thing()), Thing)
    assert isinstance(passing.call(Thing()), Thing)


def test_externref_result_of_a_host_function_lives_until_it_is_returned(wat: Wat) -> None:
    made: list[weakref.ref[Thing]] = []

    def make(_: object) -> Thing:
        thing = Thing()
        made.append(weakref.ref(thing))
        return thing

    call = wasmedge.instantiate(wat(PASSING), imports={"env": {"f": make}}).exports.call
    got = call(None)
    assert got is made[0]()
    del got
    assert made[0]() is None


@pytest.mark.parametrize("text", [TABLE, GLOBAL], ids=["table", "global"])
def test_externref_is_kept_where_it_was_put_and_freed_with_the_instance(wat: Wat, text: str) -> None:
    app = wasmedge.instantiate(wat(text))
    thing = Thing()
    gone = weakref.ref(thing)
    app.exports.set(thing)
    del thing
    gc.collect()
    assert isinstance(app.exports.get(), Thing)
    assert app.exports.get() is gone()
    del app
    gc.collect()
    assert gone() is None


def test_externref_put_by_python_is_kept(wat: Wat) -> None:
    tables, globals_ = wasmedge.instantiate(wat(TABLE)), wasmedge.instantiate(wat(GLOBAL))
    tables.exports.things[0] = Thing()
    globals_.exports.thing.value = Thing()
    gone = [weakref.ref(tables.exports.get()), weakref.ref(globals_.exports.get())]
    gc.collect()
    assert isinstance(tables.exports.get(), Thing)
    assert isinstance(globals_.exports.get(), Thing)
    del tables, globals_
    gc.collect()
    assert [reference() for reference in gone] == [None, None]


def test_externref_in_an_imported_global_outlives_the_importer(wat: Wat) -> None:
    holder = Global(GlobalType("externref", Mutability.VAR), None)
    app = wasmedge.instantiate(wat(IMPORTED), imports={"env": {"thing": holder}})
    thing = Thing()
    gone = weakref.ref(thing)
    app.exports.set(thing)
    del thing, app
    gc.collect()
    assert holder.value is gone()
    assert isinstance(holder.value, Thing)
    del holder
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize(
    "make",
    [lambda: Table(TableType("externref", 1), Thing()), lambda: Global(GlobalType("externref"), Thing())],
    ids=["table", "global"],
)
def test_externref_in_what_stands_alone(make: Callable[[], Any]) -> None:
    holder = make()
    thing = holder[0] if isinstance(holder, Table) else holder.value
    gone = weakref.ref(thing)
    del thing
    gc.collect()
    assert isinstance(gone(), Thing)
    assert repr(holder)
    del holder
    gc.collect()
    assert gone() is None


def test_externref_that_refers_to_its_holder_is_collected(wat: Wat) -> None:
    app = wasmedge.instantiate(wat(TABLE))
    thing: Any = Thing()
    thing.app = app
    gone = weakref.ref(thing)
    app.exports.set(thing)
    del app, thing
    gc.collect()
    assert gone() is None


def test_externref_through_nested_calls(wat: Wat) -> None:
    runs: list[Any] = []

    def work(thing: Any) -> Any:
        return thing if len(thing) == 0 else [runs[0](thing[1:])]

    runs.append(wasmedge.instantiate(wat(PASSING), imports={"env": {"f": work}}).exports.call)
    assert runs[0]([1, 2, 3]) == [[[[]]]]


def test_externref_argument_whose_conversion_fails_keeps_nothing(passing: wasmedge.Exports) -> None:
    thing = Thing()
    gone = weakref.ref(thing)
    with pytest.raises(TypeError):
        passing.pick(thing, thing, "one")
    del thing
    assert gone() is None


EXCHANGE = """
import gc
import wasmedge

class Thing:
    def __del__(self):
        global dropped
        dropped += 1
        app.exports.set(None)

dropped = 0
app = wasmedge.instantiate(module)
for _ in range(1000):
    app.exports.set(Thing())
    assert isinstance(app.exports.get(), Thing)
get = app.exports.get
app = wasmedge.instantiate(module)
assert isinstance(get(), Thing)
del get
gc.collect()
print(dropped)
"""


def test_externref_with_a_finalizer_that_calls_the_guest(check_python: CheckPython, wat: Wat) -> None:
    assert check_python(EXCHANGE, module=wat(TABLE)) == "1000\n"
