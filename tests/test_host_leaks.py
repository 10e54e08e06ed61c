# SPDX-License-Identifier: Apache-2.0
"""Host functions, references and exceptions leave no memory behind, however many rounds there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import CheckPython, Wat

pytestmark = pytest.mark.resources
CALLER = """
(module (import "env" "f" (func $f (param i32) (result i32)))
  (import "env" "g" (func $g (param externref) (result externref)))
  (table $t (export "table") 1 funcref)
  (func (export "run") (param i32) (result i32) (call $f (local.get 0)))
  (func (export "pass") (param externref) (result externref) (call $g (local.get 0))))
"""
HOLDER = """
(module (table $t (export "things") 1 externref)
  (func (export "set") (param externref) (table.set $t (i32.const 0) (local.get 0))))
"""
# A round makes objects of 2 KB at least, so one that is left behind every time shows.
MEASURE = """
import gc
import mmap
import weakref
import wasmedge
from wasmedge import *

ROUNDS = 10_000

class Thing:
    def __init__(self, number=0):
        self.number = number
        self.ballast = bytes(2000)

    def __call__(self, number):
        return number

def same(value):
    return value

def fail(number):
    raise KeyError(Thing(number))

def resident():
    gc.collect()
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * mmap.PAGESIZE

{step}

def repeat(count):
    for i in range(count):
        step(i)
        if i % 1000 == 0:
            gc.collect()

repeat(2000)
before = resident()
repeat(ROUNDS)
print((resident() - before) / ROUNDS)
last = Thing()
gone = weakref.ref(last)
del last
gc.collect()
print(gone() is None, sum(isinstance(found, Thing) for found in gc.get_objects()) <= left)
"""
STEPS: dict[str, tuple[int, str]] = {
    "instances": (
        0,
        """
loaded = Module.from_bytes(caller)
def step(i):
    app = wasmedge.instantiate(loaded, imports={"env": {"f": Thing(), "g": same}})
    assert app.exports.run(i) == i
""",
    ),
    "instances in cycles": (
        0,
        """
loaded = Module.from_bytes(caller)
def step(i):
    work = Thing()
    work.app = wasmedge.instantiate(loaded, imports={"env": {"f": work, "g": same}})
    work.app.exports.table[0] = work.app.exports.run
    assert work.app.exports.run(i) == i
""",
    ),
    "host functions": (
        0,
        """
def step(i):
    function = Function("(i32) -> i32", Thing(), data=None)
    assert function(i) == i
    env = Instance("env")
    env.add("f", function)
    env.add("g", Function("() -> externref", lambda data: data, data=Thing()))
    assert env.exports.g().number == 0
""",
    ),
    "memories, tables and globals": (
        0,
        """
def step(i):
    Memory(MemoryType(Limit(1, 2)))
    table = Table(TableType("externref", Limit(4)), Thing())
    table.grow(2)
    value = Global(GlobalType("externref", Mutability.VAR), table)
    value.value = Thing()
""",
    ),
    "externrefs that are passed on": (
        0,
        """
app = wasmedge.instantiate(caller, imports={"env": {"f": same, "g": same}})
def step(i):
    assert app.exports["pass"](Thing(i)).number == i
""",
    ),
    "externrefs that are kept": (
        0,
        """
loaded = Module.from_bytes(holder)
def step(i):
    app = wasmedge.instantiate(loaded)
    app.exports.set(Thing())
    app.exports.things[0] = Thing()
    assert app.exports.things[0].number == 0
""",
    ),
    "exceptions in callbacks": (
        0,
        """
app = wasmedge.instantiate(caller, imports={"env": {"f": fail, "g": same}})
def step(i):
    try:
        app.exports.run(i)
    except KeyError as error:
        assert error.args[0].number == i
""",
    ),
    "wrong results of callbacks": (
        0,
        """
app = wasmedge.instantiate(caller, imports={"env": {"f": Thing, "g": same}})
def step(i):
    try:
        app.exports.run(i)
    except TypeError:
        pass
""",
    ),
    "functions put into a table": (
        1,
        """
app = wasmedge.instantiate(caller, imports={"env": {"f": same, "g": same}})
def step(i):
    app.exports.table[0] = None
    Table(TableType("funcref", 1), Function("(i32) -> i32", Thing()))
""",
    ),
    "callables that are refused": (
        0,
        """
def step(i):
    add = Instance("e").add
    for make in (Function, lambda _, thing: Function("(i32) -> bad", thing), lambda _, thing: add("x", thing)):
        try:
            make(None, Thing())
        except (TypeError, ValueError):
            pass
""",
    ),
    "frames": (
        0,
        """
def work(frame: CallingFrame, number: i32) -> i32:
    assert frame.instance is not None and frame.executor is not None
    return number
app = wasmedge.instantiate(caller, imports={"env": {"f": work, "g": same}})
def step(i):
    assert app.exports.run(i) == i
""",
    ),
}


@pytest.mark.parametrize("what", STEPS)
def test_host_objects_leave_nothing_behind(check_python: CheckPython, wat: Wat, what: str) -> None:
    left, step = STEPS[what]
    modules: dict[str, Any] = {"caller": wat(CALLER), "holder": wat(HOLDER)}
    output = check_python(MEASURE.format(step=step), left=left, **modules).split()
    assert float(output[0]) < 1024
    assert output[1:] == ["True", "True"]
