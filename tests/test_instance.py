# SPDX-License-Identifier: Apache-2.0
"""Instances: what they export by kind, when two of them are one, and their names."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

import wasmedge
from wasmedge import VM, Function, Instance, Memory

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Wat

pytestmark = pytest.mark.quick

MODULE = """
(module
  (func (export "f") (result i32) (i32.const 1))
  (func (export "a") (param i32))
  (memory (export "m") 1)
  (table (export "t") 1 funcref)
  (global (export "g") i32 (i32.const 1)))
"""


@pytest.fixture
def instance(wat: Wat) -> Instance:
    """Return an instance that exports something of each kind."""
    return wasmedge.instantiate(wat(MODULE))


def test_instance_lists_exports_by_kind(instance: Instance) -> None:
    assert sorted(instance.functions) == ["a", "f"]
    assert sorted(instance.memories) == ["m"]
    assert all(isinstance(function, Function) for function in instance.functions.values())
    assert all(isinstance(memory, Memory) for memory in instance.memories.values())
    assert instance.functions["f"]() == 1
    assert instance.functions["f"] == instance.exports.f


@pytest.mark.parametrize("kind", ["functions", "memories"])
def test_instance_mappings_are_read_only(instance: Instance, kind: str) -> None:
    mapping = getattr(instance, kind)
    assert isinstance(mapping, MappingProxyType)
    with pytest.raises(TypeError):
        mapping["new"] = None  # type: ignore[index]
    with pytest.raises(AttributeError):
        setattr(instance, kind, {})
    with pytest.raises(KeyError):
        mapping["g"]


def test_instance_without_exports() -> None:
    empty = wasmedge.instantiate(b"\0asm\1\0\0\0")
    assert (len(empty.functions), len(empty.memories), len(empty.exports)) == (0, 0, 0)


def test_instance_objects_for_one_instance_are_equal(wat: Wat) -> None:
    vm = VM()
    registered = vm.register(wat(MODULE), "name")
    others = [vm.store["name"], vm.registered["name"], vm.store.get("name")]
    assert all(other == registered for other in others)
    assert len({registered, *others}) == 1
    again = vm.register(wat(MODULE), "other")
    assert again != registered
    assert len({registered, again}) == 2
    assert registered != "name"
    assert registered is not None


def test_instance_names(wat: Wat, tmp_path: Path) -> None:
    path = tmp_path / "m.wasm"
    path.write_bytes(wat(MODULE))
    vm = VM()
    named = vm.register(path, "ünï ☃")
    assert (named.name, repr(named)) == ("ünï ☃", "<Instance 'ünï ☃'>")
    anonymous = wasmedge.instantiate(path)
    assert (anonymous.name, repr(anonymous)) == ("", f"<Instance {str(path)!r}>")
    with pytest.raises(AttributeError):
        anonymous.name = "mine"  # type: ignore[misc]


def test_instance_state_is_its_own(wat: Wat) -> None:
    module = wat("""
        (module (memory (export "m") 1)
          (func (export "add") (param i32) (result i32)
            (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (local.get 0)))
            (i32.load (i32.const 0))))""")
    first, second = wasmedge.instantiate(module), wasmedge.instantiate(module)
    assert [first.exports.add(5), second.exports.add(7), first.exports.add(5)] == [5, 7, 10]
    assert first.exports.m.read(0, 1) + second.exports.m.read(0, 1) == b"\x0a\x07"


def test_instance_of_wasi_is_an_instance() -> None:
    wasi = wasmedge.WasiModule()
    assert isinstance(wasi, Instance)
    assert wasi.name == "wasi_snapshot_preview1"
    assert str(wasi.functions["fd_write"].type) == "(i32, i32, i32, i32) -> i32"
    assert "proc_exit" in wasi.exports
