# SPDX-License-Identifier: Apache-2.0
"""Imports as mappings of names to objects."""

from __future__ import annotations

import gc
import types
import weakref
from typing import TYPE_CHECKING, Any

import pytest

import wasmedge
from wasmedge import (
    V128,
    CallingFrame,
    Function,
    Global,
    GlobalType,
    Instance,
    Limit,
    LinkError,
    Memory,
    MemoryType,
    Mutability,
    Table,
    TableType,
    f64,
    i32,
)

if TYPE_CHECKING:
    from tests.conftest import Wat

pytestmark = pytest.mark.quick

ALL = """
(module
  (import "env" "f" (func $f (param i32) (result i32)))
  (import "env" "m" (memory 1))
  (import "env" "t" (table 1 funcref))
  (import "env" "c" (global $c i32))
  (import "env" "v" (global $v (mut i64)))
  (export "m" (memory 0)) (export "t" (table 0)) (export "v" (global $v)) (export "f" (func $f))
  (func (export "run") (result i32)
    (global.set $v (i64.add (global.get $v) (i64.const 1)))
    (i32.store (i32.const 0) (call $f (global.get $c))) (i32.load (i32.const 0))))
"""


def one_import(description: str) -> str:
    return f'(module (import "env" "x" {description}))'


def make_env() -> dict[str, Any]:
    """Make an object for each of the imports."""
    return {
        "f": lambda number: number * 2,
        "m": Memory(MemoryType(Limit(1, 3))),
        "t": Table(TableType("funcref", 1)),
        "c": 21,
        "v": Global(GlobalType("i64", Mutability.VAR), 5),
    }


def test_namespace_of_every_kind(wat: Wat) -> None:
    env = make_env()
    app = wasmedge.instantiate(wat(ALL), imports={"env": env})
    assert app.exports.run() == 42
    assert env["m"].read(0, 1) == b"*"
    assert (env["v"].value, app.exports.v) == (6, env["v"])
    assert (app.exports.m, app.exports.t) == (env["m"], env["t"])
    assert app.exports.f(4) == 8


def test_namespace_is_any_mapping(wat: Wat) -> None:
    proxy = types.MappingProxyType(make_env())
    imports = types.MappingProxyType({"env": proxy, "unused": {"any": object()}})
    assert wasmedge.instantiate(wat(ALL), imports=imports).exports.run() == 42


def test_namespace_takes_only_what_is_wanted(wat: Wat) -> None:
    env = {**make_env(), "other": object(), "Memory": Memory}
    assert wasmedge.instantiate(wat(ALL), imports={"env": env}).exports.run() == 42


def test_namespace_is_reported_by_run(wat: Wat) -> None:
    assert wasmedge.run(wat(ALL), "run", imports={"env": make_env()}) == 42


def test_namespace_callables_get_the_wanted_type(wat: Wat) -> None:
    module = wat(
        '(module (import "env" "f" (func $f (param i32 f32) (result f64))) (export "f" (func $f))'
        ' (func (export "run") (result f64) (call $f (i32.const 2) (f32.const 0.5))))'
    )

    def annotated(a: i32, b: wasmedge.f32) -> f64:
        return a * b

    def framed(frame: CallingFrame, a: int, b: float) -> float:
        assert frame.instance is not None
        return a * b

    def plain(a: int, b: float) -> float:
        return a * b

    for function in (annotated, framed, plain, lambda a, b: a * b, pow):
        result = wasmedge.instantiate(module, imports={"env": {"f": function}}).exports.run()
        assert result == (2**0.5 if function is pow else 1.0)

    def wrong(a: i32) -> i32:
        return a

    with pytest.raises(LinkError, match=r"wanted function \(i32, f32\) -> f64, but found function \(i32\) -> i32"):
        wasmedge.instantiate(module, imports={"env": {"f": wrong}})


@pytest.mark.parametrize(
    ("type_", "value", "result"),
    [
        ("i32", 3, 3),
        ("i64", 2**63, -(2**63)),
        ("f32", 1, 1.0),
        ("f64", 0.1, 0.1),
        ("v128", 5, V128(0, 5)),
        ("externref", [1], [1]),
    ],
)
def test_namespace_numbers_are_constant_globals(wat: Wat, type_: str, value: object, result: object) -> None:
    text = f'(module (import "env" "x" (global {type_})) (export "x" (global 0)))'
    app = wasmedge.instantiate(wat(text), imports={"env": {"x": value}})
    assert app.exports.x.value == result


def test_namespace_numbers_that_do_not_fit(wat: Wat) -> None:
    with pytest.raises(OverflowError):
        wasmedge.instantiate(wat(one_import("(global i32)")), imports={"env": {"x": 2**32}})
    with pytest.raises(TypeError, match="must be i32, not float"):
        wasmedge.instantiate(wat(one_import("(global i32)")), imports={"env": {"x": 1.5}})
    with pytest.raises(TypeError, match=r"imports\['env'\]\['x'\] must be a callable"):
        wasmedge.instantiate(wat(one_import("(global (mut i32))")), imports={"env": {"x": 1}})


@pytest.mark.parametrize("description", ["(func)", "(memory 1)", "(table 1 funcref)"])
def test_namespace_refuses_other_objects(wat: Wat, description: str) -> None:
    for value in (3, "x", None, b""):
        with pytest.raises(TypeError, match=r"imports\['env'\]\['x'\] must be a callable, Function, Memory"):
            wasmedge.instantiate(wat(one_import(description)), imports={"env": {"x": value}})
    for namespace in (3, "env", None, [1]):
        with pytest.raises(TypeError, match=r"imports\['env'\] must be an Instance or a mapping"):
            wasmedge.instantiate(wat(one_import(description)), imports={"env": namespace})  # type: ignore[dict-item]


@pytest.mark.parametrize("imports", [[1], 3, "env", {3: {}}, {None: {}}, {b"env": {}}])
def test_namespaces_are_a_mapping_of_names(wat: Wat, imports: Any) -> None:
    with pytest.raises(TypeError, match="imports"):
        wasmedge.instantiate(wat("(module)"), imports=imports)


def test_namespace_callable_for_what_is_no_function(wat: Wat) -> None:
    def function(a: i32) -> i32:
        return a

    for description in ("(memory 1)", "(table 1 funcref)", "(global (mut i32))", "(global i32)"):
        with pytest.raises(LinkError, match=r"but found function \(i32\) -> i32"):
            wasmedge.instantiate(wat(one_import(description)), imports={"env": {"x": function}})


def test_namespace_of_objects_of_other_instances(wat: Wat) -> None:
    """A function, memory, table and global of a guest, under other names than it gives them."""
    source = wasmedge.instantiate(
        wat("""
        (module (memory (export "mem") 1 3) (table (export "tab") 1 funcref)
          (global (export "var") (mut i64) (i64.const 5)) (global (export "con") i32 (i32.const 21))
          (func (export "double") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2))))""")
    ).exports
    env = {"f": source.double, "m": source.mem, "t": source.tab, "c": source.con, "v": source.var}
    app = wasmedge.instantiate(wat(ALL), imports={"env": env})
    assert app.exports.run() == 42
    assert source.mem.read(0, 1) == b"*"
    assert source.var.value == 6
    assert app.exports.m == source.mem
    mixed = {**make_env(), "f": source.double, "m": source.mem}
    assert wasmedge.instantiate(wat(ALL), imports={"env": mixed}).exports.run() == 42
    del source, env, mixed
    gc.collect()
    assert app.exports.run() == 42


def test_namespace_memory_is_shared_by_two_instances(wat: Wat) -> None:
    memory = Memory(MemoryType(Limit(1, 4)))
    text = """
    (module (import "env" "m" (memory 1))
      (func (export "set") (param i32) (i32.store (i32.const 4) (local.get 0)))
      (func (export "get") (result i32) (i32.load (i32.const 4)))
      (func (export "grow") (result i32) (memory.grow (i32.const 1)))
      (func (export "size") (result i32) (memory.size)))
    """
    first, second = (wasmedge.instantiate(wat(text), imports={"env": {"m": memory}}).exports for _ in range(2))
    first.set(7)
    assert (second.get(), memory.read(4, 1)) == (7, b"\7")
    assert (first.grow(), second.size(), memory.pages) == (1, 2, 2)
    memory.grow(1)
    assert (first.size(), second.size()) == (3, 3)
    del memory, first
    gc.collect()
    second.set(8)
    assert second.get() == 8


def test_namespace_function_serves_several_instances(wat: Wat) -> None:
    function = Function("(i32) -> i32", lambda number: number + 1)
    env = {**make_env(), "f": function}
    apps = [wasmedge.instantiate(wat(ALL), imports={"env": {**make_env(), "f": function}}) for _ in range(3)]
    assert [app.exports.run() for app in apps] == [22] * 3
    assert env["f"](1) == 2


def test_namespace_functions_exported_again(wat: Wat) -> None:
    first = wasmedge.instantiate(wat(ALL), imports={"env": make_env()})
    text = """(module (import "a" "f" (func $f (param i32) (result i32))) (export "g" (func $f))
                (func (export "run") (param i32) (result i32) (call $f (local.get 0))))"""
    second = wasmedge.instantiate(wat(text), imports={"a": first})
    third = wasmedge.instantiate(wat(text), imports={"a": {"f": second.exports.g}})
    assert [second.exports.run(1), second.exports.g(2), third.exports.run(3), third.exports.g(4)] == [2, 4, 6, 8]
    del first, second
    gc.collect()
    assert third.exports.run(5) == 10


def test_namespace_frame_is_that_of_the_importer(wat: Wat) -> None:
    """Also when the function was found in another guest that imports it."""
    seen: list[Any] = []

    def work(frame: CallingFrame, number: i32) -> i32:
        seen.append(frame.instance)
        return number

    first = wasmedge.instantiate(wat(ALL), imports={"env": {**make_env(), "f": work}})
    second = wasmedge.instantiate(wat(ALL), imports={"env": {**make_env(), "f": first.exports.f}})
    assert second.exports.run() == 21
    assert seen == [second]


def test_namespace_refuses_native_functions(wat: Wat) -> None:
    wasi = wasmedge.WasiModule()
    text = '(module (import "env" "x" (func (param i32))) (memory (export "memory") 1))'
    with pytest.raises(TypeError, match="x is a function of"):
        wasmedge.instantiate(wat(text), imports={"env": {"x": wasi.exports.proc_exit}})


def test_namespace_instance_serves_as_a_whole(wat: Wat) -> None:
    env = Instance("other name")
    for name, value in make_env().items():
        env.add(
            name,
            Function("(i32) -> i32", value) if name == "f" else value if name != "c" else Global(GlobalType("i32"), 21),
        )
    assert wasmedge.instantiate(wat(ALL), imports={"env": env}).exports.run() == 42
    vm = wasmedge.VM()
    vm.register(env, "env")
    assert vm.run(wat(ALL), "run") == 42


def test_namespace_of_an_empty_name(wat: Wat) -> None:
    module = wat('(module (import "" "" (func $f (result i32))) (func (export "run") (result i32) (call $f)))')
    assert wasmedge.instantiate(module, imports={"": {"": lambda: 3}}).exports.run() == 3


def test_namespace_callables_are_freed_with_the_instance(wat: Wat) -> None:
    class Work:
        def __call__(self, number: int) -> int:
            return number

    work = Work()
    gone = weakref.ref(work)
    app = wasmedge.instantiate(wat(ALL), imports={"env": {**make_env(), "f": work}})
    del work
    gc.collect()
    assert app.exports.run() == 21
    del app
    gc.collect()
    assert gone() is None


def test_namespace_leaves_the_objects_of_a_failed_link_usable(wat: Wat) -> None:
    env = make_env()
    with pytest.raises(LinkError):
        wasmedge.instantiate(wat(ALL), imports={"env": {**env, "c": Global(GlobalType("i64"), 1)}})
    assert wasmedge.instantiate(wat(ALL), imports={"env": env}).exports.run() == 42
