# SPDX-License-Identifier: Apache-2.0
"""References to Python objects that cross instances: whoever has one last keeps the object."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING

import pytest

import wasmedge
from wasmedge import Instance

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Wat

pytestmark = pytest.mark.quick

KEEPER = """
(module (table $t (export "table") 1 externref)
  (func (export "put") (param externref) (table.set $t (i32.const 0) (local.get 0)))
  (func (export "get") (result externref) (table.get $t (i32.const 0))))
"""
# Each has a function "pass" that puts an object into the keeper's table, but nowhere to keep one itself.
BY_TABLE = """
(module (import "keeper" "table" (table $t 1 externref))
  (func (export "pass") (param externref) (table.set $t (i32.const 0) (local.get 0))))
"""
BY_CALL = """
(module (import "keeper" "put" (func $put (param externref)))
  (func (export "pass") (param externref) (call $put (local.get 0))))
"""
BY_FUNCREF = """
(module (type $put (func (param externref))) (table $t (export "functions") 1 funcref)
  (func (export "pass") (param externref) (call_indirect $t (type $put) (local.get 0) (i32.const 0))))
"""
BY_RESULT = """
(module (import "keeper" "put" (func $put (param externref))) (import "env" "make" (func $make (result externref)))
  (func (export "pass") (call $put (call $make))))
"""


class Thing:
    """Can be referred to weakly."""


def pass_argument(passer: Instance) -> weakref.ref[Thing]:
    thing = Thing()
    passer.exports["pass"](thing)
    return weakref.ref(thing)


def by_import(wat: Wat, keeper: Instance, text: str) -> weakref.ref[Thing]:
    return pass_argument(wasmedge.instantiate(wat(text), imports={"keeper": keeper}))


def by_table(wat: Wat, keeper: Instance) -> weakref.ref[Thing]:
    return by_import(wat, keeper, BY_TABLE)


def by_call(wat: Wat, keeper: Instance) -> weakref.ref[Thing]:
    return by_import(wat, keeper, BY_CALL)


def by_funcref(wat: Wat, keeper: Instance) -> weakref.ref[Thing]:
    passer = wasmedge.instantiate(wat(BY_FUNCREF))
    passer.exports.functions[0] = keeper.exports.put
    return pass_argument(passer)


def by_result(wat: Wat, keeper: Instance) -> weakref.ref[Thing]:
    made: list[weakref.ref[Thing]] = []

    def make() -> Thing:
        thing = Thing()
        made.append(weakref.ref(thing))
        return thing

    passer = wasmedge.instantiate(wat(BY_RESULT), imports={"keeper": keeper, "env": {"make": make}})
    passer.exports["pass"]()
    return made[0]


def check_kept(keepers: list[Instance], gone: weakref.ref[Thing]) -> None:
    """Check that an object lives as long as the one instance in the list, which is taken out of it."""
    # Asked before the guest is: what has been freed must not be touched.
    assert gone() is not None
    assert keepers[0].exports.get() is gone()
    keepers.clear()
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("way", [by_table, by_call, by_funcref, by_result])
def test_externref_outlives_the_guest_that_passed_it_on(
    wat: Wat, way: Callable[[Wat, Instance], weakref.ref[Thing]]
) -> None:
    keepers = [wasmedge.instantiate(wat(KEEPER))]
    gone = way(wat, keepers[0])
    gc.collect()
    check_kept(keepers, gone)


def test_externref_outlives_a_guest_linked_before_it_could_be_kept(wat: Wat) -> None:
    """That the passer's provider can hand it on to the keeper is known only after the passer was linked."""
    keepers = [wasmedge.instantiate(wat(KEEPER))]
    provider = wasmedge.instantiate(wat(BY_FUNCREF))
    passer = wasmedge.instantiate(
        wat("""
        (module (import "provider" "pass" (func $pass (param externref)))
          (func (export "pass") (param externref) (call $pass (local.get 0))))"""),
        imports={"provider": provider},
    )
    provider.exports.functions[0] = keepers[0].exports.put
    gone = pass_argument(passer)
    del passer, provider
    gc.collect()
    check_kept(keepers, gone)


def test_externref_is_freed_after_a_call_that_only_python_gets(wat: Wat) -> None:
    """A host function that lies in a table keeps what it wants by itself."""
    got: list[int] = []
    passer = wasmedge.instantiate(wat(BY_FUNCREF))
    passer.exports.functions[0] = wasmedge.Function("(externref) -> ()", lambda thing: got.append(id(thing)))
    gone = pass_argument(passer)
    assert len(got) == 1
    assert gone() is None
