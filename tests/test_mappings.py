# SPDX-License-Identifier: Apache-2.0
"""What maps names to objects is a mapping as Python knows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest

import wasmedge
from wasmedge import VM, Store

if TYPE_CHECKING:
    from tests.conftest import Wat

pytestmark = pytest.mark.quick

MODULE = """
(module
  (func (export "f") (result i32) (i32.const 5)) (memory (export "m") 1)
  (table (export "t") 1 funcref) (global (export "g") i32 (i32.const 7)))
"""
# A counter as many are written, and the other names of a mapping's methods.
METHODS = """
(module
  (func (export "get") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
  (func (export "keys") (result i32) (i32.const 2)) (memory (export "values") 3)
  (global (export "items") i32 (i32.const 4)))
"""


@pytest.fixture
def vm(wat: Wat) -> VM:
    """Return a VM with an active and a registered instance."""
    vm = VM()
    vm.register(wat(MODULE), "lib")
    vm.run(wat(MODULE), "f")
    return vm


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("vm.store", ["lib"]),
        ("vm.registered", ["lib"]),
        ("vm.functions", ["f"]),
        ("vm.active_instance.exports", ["f", "t", "m", "g"]),
        ("vm.active_instance.functions", ["f"]),
        ("vm.active_instance.tables", ["t"]),
        ("vm.active_instance.memories", ["m"]),
        ("vm.active_instance.globals", ["g"]),
        ("vm.active_instance.tags", []),
    ],
)
def test_mapping_has_all_of_the_protocol(vm: VM, name: str, names: list[str]) -> None:
    found: Any = eval(name, {"vm": vm})  # noqa: S307
    assert isinstance(found, Mapping)
    assert list(found) == list(found.keys()) == names
    assert (len(found), bool(found)) == (len(names), bool(names))
    assert list(found.values()) == [found[key] for key in names]
    assert list(found.items()) == [(key, found[key]) for key in names]
    assert dict(found) == {**found} == {key: found[key] for key in names}
    assert [found.get(key) for key in names] == [found[key] for key in names]
    assert (found.get("none"), found.get("none", 5)) == (None, 5)
    assert found.keys() & {"none"} == set()
    for key in ("none", "", "\ud800"):
        assert key not in found
        with pytest.raises(KeyError):
            found[key]
    with pytest.raises(TypeError):
        found["f"] = None  # type: ignore[index]


def test_mapping_views_follow_the_store(wat: Wat) -> None:
    store = Store()
    names, items = store.keys(), store.items()
    assert (list(names), len(items)) == ([], 0)
    vm = VM(store=store)
    lib = vm.register(wat(MODULE), "lib")
    assert (list(names), list(items)) == (["lib"], [("lib", lib)])
    assert ("lib", lib) in items
    vm.close()
    assert list(names) == []


def test_mapping_methods_give_way_to_exports(wat: Wat) -> None:
    instance = wasmedge.instantiate(wat(METHODS))
    exports = instance.exports
    assert (exports.get(41), exports.keys(), exports.values.pages, exports.items.value) == (42, 2, 3, 4)
    assert exports.get == exports["get"]
    assert {name: exports[name] for name in exports} == {
        **instance.functions,
        **instance.memories,
        **instance.globals,
    }
    with pytest.raises(AttributeError, match="read-only"):
        exports.get = None  # type: ignore[misc]


def test_mapping_of_exports_is_a_namespace_to_import_from(wat: Wat) -> None:
    exports = wasmedge.instantiate(wat(MODULE)).exports
    text = """
    (module (import "lib" "f" (func $f (result i32))) (import "lib" "m" (memory 1)) (import "lib" "g" (global $g i32))
      (func (export "sum") (result i32) (i32.add (call $f) (global.get $g))))
    """
    assert wasmedge.instantiate(wat(text), imports={"lib": exports}).exports.sum() == 12


@pytest.mark.parametrize("method", ["keys", "values", "items", "get"])
def test_mapping_methods_keep_the_mapping(wat: Wat, method: str) -> None:
    bound = getattr(wasmedge.instantiate(wat(MODULE)).exports, method)
    found = bound("f")() if method == "get" else len(bound())
    assert found == (5 if method == "get" else 4)
