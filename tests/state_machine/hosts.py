# SPDX-License-Identifier: Apache-2.0
"""Host functions that do anything to the objects of the run, also to those that are calling them."""

from __future__ import annotations

import gc
import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.state_machine.model import Failed, FunctionState, Outcome, Raised, Returned, Terminated

import wasmedge
from wasmedge import CallingFrame, Function, Instance

if TYPE_CHECKING:
    from tests.state_machine.base import Base
    from tests.state_machine.model import Finish

MOST_CALLS = 4
# What a host function of the type () -> i32 does with a variable before it returns a number.
VERBS = (
    "return",
    "raise",
    "terminate",
    "fail",
    "return text",
    "call",
    "close",
    "drop",
    "collect",
    "register",
    "instantiate",
    "grow",
    "add itself",
    "look at the frame",
    "clean up",
)
# What others do: give back what they were given.
PASSING = ("(externref) -> externref", "(externref) -> ()", "(funcref) -> funcref", "(i32) -> ()")


class MarkerError(Exception):
    """Raised by host functions."""


@dataclass(eq=False)
class Host:
    """What is known of a host function: what it does, and what came of its last call."""

    verb: str
    target: str | None
    number: int
    calls: int = 0
    last: Outcome | None = None

    def begin(self, args: tuple[Any, ...]) -> Finish:
        """Begin a call whose outcome the Python side will note."""
        before = self.calls

        def finish() -> Outcome:
            assert self.calls > before, "the host function was not called"
            last, self.last = self.last, None
            assert last is not None
            return Returned(args[0]) if self.verb == "pass" and isinstance(last, Returned) and last.value else last

        return finish


class Callback:
    """The Python side of a host function of the type () -> i32."""

    def __init__(self, machine: Base, host: Host) -> None:
        self.machine = machine
        self.host = host
        self.function: Any = None  # itself, in a cycle that the collector has to find

    def __call__(self, frame: CallingFrame) -> Any:
        """Do what is to be done, and note what comes of it."""
        host = self.host
        outcome: Outcome | None = None
        try:
            returned = self.act(frame)
        except AssertionError:
            raise
        except wasmedge.Terminate:
            outcome = Terminated()
            raise
        except Exception as error:
            outcome = Raised(error)
            raise
        else:
            outcome = Returned(returned) if isinstance(returned, int) else Failed(TypeError)
            return returned
        finally:
            host.calls += 1
            host.last = outcome

    def act(self, frame: CallingFrame) -> Any:
        """Carry the verb out."""
        host, machine = self.host, self.machine
        if machine.depth > MOST_CALLS:
            return 0
        match host.verb:
            case "raise":
                raise MarkerError(host.number)
            case "terminate":
                raise wasmedge.Terminate
            case "fail":
                raise wasmedge.HostError(host.number % 2**24)
            case "return text":
                return "text"
            case "collect":
                gc.collect()
            case "add itself":
                machine.add_to(host.target, f"added {host.number}", self.function)
            case "look at the frame":
                self.look(frame)
            case "return":
                pass
            case _:
                machine.act_on(host.verb, host.target, host.number)
        return host.number

    def look(self, frame: CallingFrame) -> None:
        """Keep what calls: it stays valid."""
        assert frame.executor.statistics is frame.executor.statistics
        instance = frame.instance
        if instance is None:
            return
        assert isinstance(instance, Instance)
        for function in instance.functions.values():
            assert isinstance(function, Function)
        self.machine.see(instance)


class Passing:
    """The Python side of a host function that gives back what it was given."""

    def __init__(self, machine: Base, host: Host, has_result: bool) -> None:
        self.machine = machine
        self.host = host
        self.has_result = has_result

    def __call__(self, frame: CallingFrame, value: Any) -> Any:
        """Pass a value on."""
        self.machine.see(frame.instance)
        self.host.calls += 1
        self.host.last = Returned(self.has_result or None)
        return value if self.has_result else None


def make_host(machine: Base, verb: str, target: str | None, number: int, signature: str) -> str:
    """Make a host function, and a variable for it."""
    host = Host(verb, target, number)
    callback: Any = (
        Callback(machine, host)
        if signature == "() -> i32"
        else Passing(machine, host, has_result=not signature.endswith("-> ()"))
    )
    function = Function(signature, callback)
    if isinstance(callback, Callback) and number % 2:
        callback.function = function
    machine.callables.append(weakref.ref(callback))
    return machine.new(function, FunctionState(None, signature, host.begin))
