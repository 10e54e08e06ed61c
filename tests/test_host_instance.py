# SPDX-License-Identifier: Apache-2.0
"""Instances made by Python: what can be added to them, and what is refused."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING, Any

import pytest

import wasmedge
from wasmedge import Function, Global, GlobalType, Instance, Limit, Memory, MemoryType, Table, TableType, i32

if TYPE_CHECKING:
    from tests.conftest import CheckPython, Wat

pytestmark = pytest.mark.quick

USER = """
(module
  (import "env" "f" (func $f (param i32) (result i32)))
  (import "env" "m" (memory 1))
  (import "env" "t" (table 1 funcref))
  (import "env" "g" (global i32))
  (func (export "run") (result i32)
    (i32.store (i32.const 0) (call $f (global.get 0))) (i32.load (i32.const 0))))
"""


def double(number: i32) -> i32:
    return 2 * number


def make_objects() -> dict[str, Any]:
    """Make an object of each kind."""
    return {
        "f": Function("(i32) -> i32", double),
        "m": Memory(MemoryType(Limit(1, 2))),
        "t": Table(TableType("funcref", 1)),
        "g": Global(GlobalType("i32"), 21),
    }


def make_env() -> Instance:
    """Make an instance with an object of each kind."""
    env = Instance("env")
    for name, value in make_objects().items():
        env.add(name, value)
    return env


def test_host_instance_serves_a_module(wat: Wat) -> None:
    env = make_env()
    assert (env.name, repr(env)) == ("env", "<Instance 'env'>")
    assert sorted(env.exports) == ["f", "g", "m", "t"]
    assert [list(found) for found in (env.functions, env.memories, env.tables, env.globals)] == [[n] for n in "fmtg"]
    assert (env.exports.f(4), env.exports.g.value, len(env.exports.t)) == (8, 21, 1)
    vm = wasmedge.VM()
    vm.register(env)
    assert vm.run(wat(USER), "run") == 42
    assert env.exports.m.read(0, 1) == b"*"


def test_host_instance_objects_stay_what_they_were() -> None:
    env, objects = Instance("env"), make_objects()
    hashes = {name: hash(value) for name, value in objects.items()}
    for name, value in objects.items():
        env.add(name, value)
        assert env.exports[name] == value
        assert hash(value) == hashes[name]
    assert objects["f"].name == "f"
    del env
    gc.collect()
    assert (objects["f"](4), objects["g"].value, objects["t"][0], objects["m"].pages) == (8, 21, None, 1)


@pytest.mark.parametrize("name", ["f", "m", "t", "g"])
def test_host_instance_refuses_an_object_twice(name: str) -> None:
    env, other, value = Instance("env"), Instance("other"), make_objects()[name]
    env.add(name, value)
    for target in (env, other):
        with pytest.raises(ValueError, match=r"belongs to an instance already, and cannot be added as 'again'"):
            target.add("again", value)
        with pytest.raises(ValueError, match="belongs to an instance already"):
            target.add("again", env.exports[name])
    assert list(env.exports) == [name]
    assert list(other.exports) == []


def test_host_instance_refuses_a_taken_name() -> None:
    env = make_env()
    for name, value in zip("fmtg", reversed(make_objects().values()), strict=True):
        with pytest.raises(ValueError, match=f"instance 'env' has a '{name}' already"):
            env.add(name, value)
        other = Instance("other")
        other.add(name, value)  # it stands alone as before


@pytest.mark.parametrize("value", [3, None, "f", b"f", [], Instance("x"), wasmedge.VM(), object()])
def test_host_instance_refuses_foreign_objects(value: Any) -> None:
    env = Instance("env")
    with pytest.raises(TypeError, match="an instance takes functions, memories, tables and globals, not"):
        env.add("x", value)
    assert list(env.exports) == []


def test_host_instance_takes_callables_with_annotations() -> None:
    env = Instance("env")
    env.add("double", double)
    assert env.exports.double(4) == 8
    assert repr(env.exports.double) == "<Function double (i32) -> i32>"
    with pytest.raises(TypeError, match="annotat"):
        env.add("untyped", lambda a: a)


def test_instance_of_a_module_takes_nothing(wat: Wat) -> None:
    app = wasmedge.instantiate(wat('(module (func (export "f")) (memory (export "m") 1))'))
    for name, value in make_objects().items():
        with pytest.raises(ValueError, match="only to an instance made by Instance"):
            app.add(name + "2", value)
        with pytest.raises(ValueError, match="only to an instance"):
            wasmedge.WasiModule().add(name, value)
    for name in "fm":
        with pytest.raises(ValueError, match="belongs to an instance already"):
            Instance("env").add(name, app.exports[name])


@pytest.mark.parametrize("name", ["a\0b", "\0", "☃", "a b", "x" * 10_000])
def test_host_instance_names_of_any_characters(wat: Wat, name: str) -> None:
    instance = Instance(name)
    instance.add(name, double)
    assert instance.name == name
    assert list(instance.exports) == [name]
    assert instance.exports[name](1) == 2
    escaped = "".join(f"\\{byte:02x}" for byte in name.encode())
    module = wat(
        f'(module (import "{escaped}" "{escaped}" (func $f (param i32) (result i32)))'
        ' (func (export "run") (result i32) (call $f (i32.const 4))))'
    )
    assert wasmedge.instantiate(module, imports={name: instance}).exports.run() == 8


def test_host_instance_refuses_names_that_are_no_text() -> None:
    assert (Instance("").name, repr(Instance(""))) == ("", "<Instance an instance without a name>")
    for name in ("\ud800", "a\udfff"):
        with pytest.raises(UnicodeEncodeError):
            Instance(name)
        with pytest.raises(UnicodeEncodeError):
            Instance("x").add(name, double)
    for wrong in (None, 3, b"env"):
        with pytest.raises(TypeError):
            Instance(wrong)  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            Instance("x").add(wrong, double)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Instance()  # type: ignore[call-arg]


def test_host_instance_closed(wat: Wat) -> None:
    env = make_env()
    f, m = env.exports.f, env.exports.m
    app = wasmedge.instantiate(wat(USER), imports={"env": env})
    env.close()
    env.close()
    uses: list[Any] = [lambda: env.name, lambda: env.exports.f, lambda: env.functions, lambda: env.add("x", double)]
    for use in uses:
        with pytest.raises(ValueError, match="the instance is closed"):
            use()
    assert repr(env) == "<Instance closed>"
    with pytest.raises(ValueError, match="closed"):
        wasmedge.instantiate(wat(USER), imports={"env": env})
    assert (f(3), m.pages, app.exports.run()) == (6, 1, 42)
    with Instance("with") as short:
        short.add("f", double)
    with pytest.raises(ValueError, match="closed"):
        short.exports.f  # noqa: B018


def test_host_instance_may_grow_while_it_is_used(wat: Wat) -> None:
    env = make_env()
    app = wasmedge.instantiate(wat(USER), imports={"env": env})
    for i in range(200):
        env.add(f"f{i}", Function("(i32) -> i32", lambda number, i=i: number + i))
        assert app.exports.run() == 42
    assert env.exports.f199(1) == 200
    assert len(env.functions) == 201


def test_host_instance_is_freed_with_what_it_holds() -> None:
    class Work:
        def __call__(self, number: i32) -> i32:
            return number

    work = Work()
    gone = weakref.ref(work)
    env = Instance("env")
    env.add("f", work)
    del work
    gc.collect()
    assert env.exports.f(3) == 3
    del env
    gc.collect()
    assert gone() is None


ADDING = """
import wasmedge
from wasmedge import *

env = Instance("env")
def adds(number: i32) -> i32:
    env.add(f"late{number}", Function("() -> i32", lambda: number))
    env.add(f"memory{number}", Memory(MemoryType(1)))
    return env.exports[f"late{number}"]()

env.add("f", adds)
env.add("m", Memory(MemoryType(1)))
env.add("t", Table(TableType("funcref", 1)))
env.add("g", Global(GlobalType("i32"), 7))
app = wasmedge.instantiate(module, imports={"env": env})
print(app.exports.run(), sorted(env.exports))
"""


def test_host_instance_is_added_to_by_its_own_function(check_python: CheckPython, wat: Wat) -> None:
    assert check_python(ADDING, module=wat(USER)) == "7 ['f', 'g', 'late7', 'm', 'memory7', 't']\n"


REFERENCES = """
import gc
import wasmedge
from wasmedge import Function, Global, GlobalType, Instance, Table, TableType

function = Function("() -> i32", lambda: 5)
table = Table(TableType("funcref", 1), function)
variable = Global(GlobalType("funcref"), function)
lend = Function("() -> funcref", lambda: function)
for reference in (table[0], variable.value, lend()):
    env = Instance("env")
    try:
        env.add("f", reference)
    except ValueError as error:
        print(error)
    assert len(env.exports) == 0
    del env
gc.collect()
assert [table[0](), variable.value(), lend()()] == [5, 5, 5]
table[0] = None
del function, reference, table, variable, lend
gc.collect()
print("done")
"""


def test_host_instance_refuses_functions_that_came_as_references(check_python: CheckPython) -> None:
    """What a table or another function has given stands alone no more than what is in an instance."""
    refusal = "a function that came as a reference cannot be added as 'f': add the object made first\n"
    assert check_python(REFERENCES) == 3 * refusal + "done\n"


MEDDLING = """
import inspect
import wasmedge
from wasmedge import Instance

class Meddler:
    @property
    def __signature__(self):
        {action}
        return inspect.signature(lambda: None)

    def __call__(self) -> None:
        print("called")

env = Instance("env")
try:
    env.add("f", Meddler())
except ValueError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ("env.close()", "the instance is closed"),
        ("'f' in env.exports or env.add('f', wasmedge.Function('()', print))", "instance 'env' has a 'f' already"),
    ],
)
def test_host_instance_survives_callables_that_change_it(check_python: CheckPython, action: str, message: str) -> None:
    """A callable is asked for its signature, which runs Python code."""
    assert check_python(MEDDLING.format(action=action)) == message + "\n"
