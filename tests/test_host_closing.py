# SPDX-License-Identifier: Apache-2.0
"""Host functions that close, clean up and free what runs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from wat_modules import CALLER

import wasmedge
from wasmedge import Function, Instance

if TYPE_CHECKING:
    from tests.conftest import CheckPython, Wat

pytestmark = pytest.mark.quick

TAKING = """
import gc
import wasmedge
from wasmedge import *

def work(number):
    global vm, app, env
    if number:
        {action}
        gc.collect()
        for _ in range(20):  # whatever was freed is written over
            wasmedge.instantiate(module, imports={{"env": {{"f": lambda number: number}}}}).exports.run(2)
    return number

for _ in range(10):
    vm = VM()
    env = Instance("env")
    env.add("f", Function("(i32) -> i32", work))
    vm.register(env)
    vm.load(module)
    vm.validate()
    vm.instantiate()
    app = vm.active_instance
    assert {call} == 6
    try:
        vm.execute("run", 0)
    except (WasmEdgeError, ValueError, AttributeError):
        pass
    gc.collect()
print("done")
"""
ACTIONS = [
    "vm.instantiate()",
    "vm.cleanup()",
    "vm.close()",
    "vm.load(module)",
    "vm.run(module, 'run', 0)",
    "vm.register(module, 'other')",
    "vm.cleanup(); app.close(); env.close()",
    "app.close()",
    "env.close()",
    "app.exports.memory.close()",
    "vm = app = env = None",
    "vm.active_instance.close(); vm.store.__init__()",
]


@pytest.mark.parametrize("call", ["vm.execute('run', 5)", "app.exports.run(5)", "vm.active_instance.exports.run(5)"])
@pytest.mark.parametrize("action", ACTIONS)
def test_host_function_takes_away_what_runs_it(check_python: CheckPython, wat: Wat, action: str, call: str) -> None:
    """The call that is running ends well, whatever is closed and freed meanwhile."""
    assert check_python(TAKING.format(action=action, call=call), module=wat(CALLER)) == "done\n"


def test_host_function_may_use_its_vm(wat: Wat) -> None:
    vm = wasmedge.VM()

    def work(number: int) -> int:
        return int(vm.execute("run", number - 1)) if number else 0

    env = Instance("env")
    env.add("f", Function("(i32) -> i32", work))
    vm.register(env)
    assert vm.run(wat(CALLER), "run", 5) == 6
    vm.close()


ADDING = """
import gc
import wasmedge
from wasmedge import CallingFrame, Function, Instance, i32

def work(frame: CallingFrame) -> i32:
    env.add("a name that is longer than the one of the callable", function)
    gc.collect()
    executor = frame.executor
    assert executor.statistics is executor.statistics
    return "no number"

for _ in range(10):
    env = Instance("env")
    function = Function(None, work)
    try:
        function()
    except TypeError as error:
        assert str(error) == "work() result must be i32, not str", error
    assert repr(function) == "<Function a name that is longer than the one of the callable () -> i32>"
    assert env.exports[function.name] == function
print("done")
"""


def test_host_function_adds_itself_to_an_instance(check_python: CheckPython) -> None:
    """What the call that is running needs stays where it was."""
    assert check_python(ADDING) == "done\n"
