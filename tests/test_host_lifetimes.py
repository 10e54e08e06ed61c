# SPDX-License-Identifier: Apache-2.0
"""How long host functions, and what they refer to, live."""

from __future__ import annotations

import gc
import itertools
import weakref
from typing import TYPE_CHECKING, Any

import pytest
from wat_modules import CALLER

import wasmedge
from wasmedge import Function, Instance, Table, TableType

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import CheckPython, Wat

pytestmark = pytest.mark.quick


class Work:
    """A callable that can hold anything, and be referred to weakly."""

    def __init__(self, *held: Any) -> None:
        self.held = list(held)

    def __call__(self, number: int) -> int:
        """Give the number back."""
        return number


def collected(make: Callable[[Work], object]) -> bool:
    """Tell whether a callable is freed with all that was made of it."""
    work = Work()
    gone = weakref.ref(work)
    make(work)
    del work
    gc.collect()
    return gone() is None


def make_function(work: Work) -> Function:
    return Function("(i32) -> i32", work)


def test_host_function_is_freed_without_the_collector() -> None:
    gc.disable()
    try:
        work = Work()
        gone = weakref.ref(work)
        function = make_function(work)
        del work
        assert function(3) == 3
        del function
        assert gone() is None
    finally:
        gc.enable()


def test_host_function_data_is_freed() -> None:
    data = Work()
    gone = weakref.ref(data)
    function = Function("() -> ()", lambda _: None, data=data)
    function()
    del data
    assert gone() is not None
    del function
    gc.collect()
    assert gone() is None


def cycle_of_function(work: Work) -> None:
    work.held.append(make_function(work))


def cycle_of_instance(work: Work) -> None:
    env = Instance("env")
    env.add("f", make_function(work))
    work.held.append(env)


def cycle_of_export(work: Work) -> None:
    env = Instance("env")
    env.add("f", make_function(work))
    work.held.append(env.exports.f)


def cycle_of_table(work: Work) -> None:
    table = Table(TableType("funcref", 1), make_function(work))
    work.held.append(table)


def cycle_of_store(work: Work) -> None:
    env, store = Instance("env"), wasmedge.Store()
    env.add("f", make_function(work))
    wasmedge.Executor().register_import(store, env)
    work.held.append(store)


def cycle_of_vm(work: Work) -> None:
    env, vm = Instance("env"), wasmedge.VM()
    env.add("f", make_function(work))
    vm.register(env)
    work.held.append(vm)


def cycle_of_two(work: Work) -> None:
    other = Work(make_function(work))
    work.held.append(Function("(i32) -> i32", other))


def cycle_of_exception(work: Work) -> None:
    def fail() -> None:
        assert work
        raise KeyError(function)

    function = Function("() -> ()", fail)
    with pytest.raises(KeyError) as info:
        function()
    work.held.append(info.value)


@pytest.mark.parametrize(
    "make",
    [
        cycle_of_function,
        cycle_of_instance,
        cycle_of_export,
        cycle_of_table,
        cycle_of_store,
        cycle_of_vm,
        cycle_of_two,
        cycle_of_exception,
    ],
)
def test_cycles_are_collected(make: Callable[[Work], None]) -> None:
    assert collected(make)


@pytest.mark.parametrize("what", ["instance", "function", "memory", "table", "exports", "vm"])
def test_cycles_through_guests_are_collected(wat: Wat, what: str) -> None:
    def make(work: Work) -> None:
        vm = wasmedge.VM()
        env = Instance("env")
        env.add("f", make_function(work))
        vm.register(env)
        assert vm.run(wat(CALLER), "run", 1) == 2
        app = vm.active_instance
        assert app is not None
        found = {"instance": app, "exports": app.exports, "function": app.exports.run, "vm": vm}
        found |= {"memory": app.exports.memory, "table": app.exports.table}
        work.held.append(found[what])

    assert collected(make)


def test_cycles_through_tables_of_two_guests_are_collected(wat: Wat) -> None:
    def make(work: Work) -> None:
        first = wasmedge.instantiate(wat(CALLER), imports={"env": {"f": work}})
        second = wasmedge.instantiate(wat(CALLER), imports={"env": {"f": Work(first)}})
        first.exports.set(second.exports.run)
        second.exports.set(first.exports.run)
        work.held.append(second)

    assert collected(make)


ORDER = """
import gc
import itertools
import wasmedge
from wasmedge import *

def made():
    work = lambda number: number + 1
    function = Function("(i32) -> i32", work)
    env = Instance("env")
    env.add("f", function)
    vm = VM()
    vm.register(env)
    vm.run(module, "run", 1)
    app = vm.active_instance
    app.exports.set(function)
    return dict(function=function, env=env, vm=vm, app=app, run=app.exports.run, table=app.exports.table)

USES = dict(
    function=lambda function: function(1) == 2,
    env=lambda env: env.exports.f(1) == 2,
    vm=lambda vm: vm.execute("run", 1) == 3 and vm.execute_registered("env", "f", 1) == 2,
    app=lambda app: app.exports.run(1) == 3,
    run=lambda run: run(1) == 3,
    table=lambda table: table[0](1) == 2 and table[1]() == 9,
)
names = list(made())
for order in list(itertools.permutations(names))[::3]:
    objects = made()
    for name in order:
        del objects[name]
        if len(objects) % 2:
            gc.collect()
        for left, value in objects.items():
            assert USES[left](value), (order, left)
        value = None
gc.collect()
print("done")
"""


def test_host_objects_deleted_in_every_order(check_python: CheckPython, wat: Wat) -> None:
    assert check_python(ORDER, module=wat(CALLER)) == "done\n"


@pytest.mark.parametrize("order", list(itertools.permutations(["function", "table", "instance"])))
def test_host_function_in_a_table_outlives_all_others(order: tuple[str, ...]) -> None:
    work = Work()
    gone = weakref.ref(work)
    objects: dict[str, Any] = {"function": make_function(work), "instance": Instance("env")}
    objects["table"] = Table(TableType("funcref", 1), objects["function"])
    objects["instance"].add("f", objects["function"])
    del work
    for name in order:
        del objects[name]
        gc.collect()
        if "function" in objects:
            assert objects["function"](1) == 1
        if "table" in objects:
            assert objects["table"][0](1) == 1
        if "instance" in objects:
            assert objects["instance"].exports.f(1) == 1
    assert gone() is None


def test_exceptions_are_freed(wat: Wat) -> None:
    class CustomError(Exception):
        pass

    def fail(_: int) -> int:
        raise CustomError

    app = wasmedge.instantiate(wat(CALLER), imports={"env": {"f": fail}})
    with pytest.raises(CustomError) as info:
        app.exports.run(1)
    gone = weakref.ref(info.value)
    del info
    gc.collect()
    assert gone() is None
