# SPDX-License-Identifier: Apache-2.0
"""What all steps of a run share: variables, the record of the steps, calls, and what is true after each step."""

from __future__ import annotations

import functools
import gc
import os
import sys
import weakref
from typing import TYPE_CHECKING, Any, TypeVar

from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule
from tests.state_machine.model import (
    Failed,
    FunctionState,
    GlobalState,
    InstanceState,
    MemoryState,
    Raised,
    Returned,
    Slot,
    State,
    TableState,
    Terminated,
    ThingId,
    Trapped,
)

from wasmedge import Configure, Executor, Instance, Loader, Memory, Proposal, Store, Trap, Validator

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.state_machine.model import Finish

Result = TypeVar("Result")
CONFIGURE = Configure(Proposal.EXCEPTION_HANDLING)
KINDS: dict[type[Any], str] = {
    InstanceState: "instance",
    FunctionState: "function",
    MemoryState: "memory",
    TableState: "table",
    GlobalState: "global",
}

modules: Bundle[str] = Bundle("modules")
instances: Bundle[str] = Bundle("instances")
functions: Bundle[str] = Bundle("functions")
memories: Bundle[str] = Bundle("memories")
tables: Bundle[str] = Bundle("tables")
globals_: Bundle[str] = Bundle("globals")
stores: Bundle[str] = Bundle("stores")
executors: Bundle[str] = Bundle("executors")
vms: Bundle[str] = Bundle("vms")


class MissingError(Exception):
    """A step names a variable that a host function has deleted, or that steps left out would have made."""


class Thing:
    """An object that guests are given; it may refer to anything."""

    def __init__(self, number: int, peer: object) -> None:
        self.number = number
        self.peer = peer


def step(make_rule: Callable[..., Any] = rule, /, **strategies: Any) -> Callable[[Callable[..., Any]], Any]:
    """Make a rule that writes down what it is about to do, for the case that the process does not survive it."""

    def decorate(work: Callable[..., Any]) -> Any:
        @functools.wraps(work)
        def logged(self: Base, **arguments: Any) -> Any:
            if not self.inside:
                self.record(work.__name__, arguments)
            self.inside += 1
            try:
                made = work(self, **arguments)
            except MissingError:
                made = None
            finally:
                self.inside -= 1
            return multiple() if made is None and "target" in strategies else made

        return make_rule(**strategies)(logged)

    return decorate


class Base(RuleBasedStateMachine):
    """A run. Variables are names in the bundles, so that a step can be written down, and a variable be deleted."""

    log: int | None = None  # a descriptor

    def __init__(self) -> None:
        super().__init__()
        self.slots: dict[str, Slot] = {}
        self.number = 0  # of the step
        self.inside = 0  # steps: host functions take some
        self.depth = 0  # of calls
        self.adoptable: list[str] = []  # instances that are in no bundle yet
        self.seen: list[Instance] = []  # what calling frames have given
        self.things: list[weakref.ref[Any]] = []  # each object that a guest was given
        self.callables: list[weakref.ref[Any]] = []  # each Python side of a host function
        self.loader, self.validator = Loader(CONFIGURE), Validator(CONFIGURE)
        gc.freeze()  # each collection is to look at what this run makes only

    def record(self, name: str, arguments: Mapping[str, Any]) -> None:
        """Write a step down. What is written is in the kernel's hands, whatever happens to this process."""
        self.number += 1
        if self.log is not None:
            os.write(self.log, f"{(self.number, name, dict(arguments))!r}\n".encode())

    def new(self, object_: Any, state: Any, *, exported: bool = True) -> str:
        """Make a variable; its name depends on the number of the step only."""
        kind = KINDS.get(type(state)) or type(object_).__name__.lower()
        name = next(name for i in range(10**6) if (name := f"{kind}_{self.number}_{i}") not in self.slots)
        self.slots[name] = Slot(name, object_, state, exported=exported)
        if self.depth and kind == "instance":
            self.adoptable.append(name)
        return name

    def get(self, name: str) -> Slot:
        """Return a variable."""
        if name not in self.slots:
            raise MissingError(name)
        return self.slots[name]

    def new_thing(self, peer: object = None) -> Thing:
        """Return an object to be given to a guest."""
        thing = Thing(len(self.things), peer)
        self.things.append(weakref.ref(thing))
        return thing

    def expect(self, error: type[Exception] | None, work: Callable[[], Result]) -> Result | None:
        """Do something that has to succeed, or to raise an exception of a class."""
        try:
            result = work()
        except AssertionError:
            raise
        except Exception as caught:
            if error is None or not isinstance(caught, error):
                raise AssertionError(f"{caught!r} instead of {error}") from caught
            return None
        assert error is None, f"{result!r} instead of {error}"
        return result

    def settle(self, finish: Finish, work: Callable[[], Result]) -> Result | None:
        """Run a guest, and compare what comes of it; return the result of a success."""
        result, error = None, None
        self.depth += 1
        try:
            result = work()
        except AssertionError:
            raise
        except Exception as caught:
            error = caught
        finally:
            self.depth -= 1
        found: Any = error if error is not None else result
        match finish():
            case Returned(value):
                assert error is None, repr(error)
                self.compare(result, value, self.known_functions())
                return result
            case Trapped(code):
                assert isinstance(found, Trap), (found, code)
                assert found.trap is code, (found, code)
            case Raised(exception):
                assert found is exception, (found, exception)
            case Failed(wanted):
                assert isinstance(found, wanted), (found, wanted)
            case Terminated():
                assert found is None, found
        return None

    def known_functions(self) -> dict[Any, FunctionState]:
        """Return what the functions of all variables are."""
        found = (slot for slot in self.slots.values() if isinstance(slot.state, FunctionState))
        return {slot.object: slot.state for slot in found}

    @staticmethod
    def compare(found: Any, wanted: Any, known: Mapping[Any, FunctionState]) -> None:
        """Compare a value with that of the model."""
        if isinstance(wanted, ThingId):
            assert type(found) is Thing, (found, wanted)
            assert found.number == wanted.number, (found, wanted)
        elif isinstance(wanted, FunctionState):
            assert str(found.type) == wanted.signature, (found, wanted.signature)
            assert known.get(found, wanted) is wanted, found
            assert found in known or wanted not in known.values(), found
        else:
            assert (type(found), found) == (type(wanted), wanted)

    def check_slot(self, slot: Slot, known: Mapping[Any, FunctionState]) -> None:
        """Compare an object with its model."""
        object_, state = slot.object, slot.state
        if slot.closed:
            assert object_ in {object_}
            assert "closed" in repr(object_)
            self.expect(ValueError, lambda: object_.pages if isinstance(object_, Memory) else object_.exports)
            return
        match state:
            case MemoryState():
                assert (object_.pages, object_.size) == (state.pages, len(state.data))
                for offset in (0, max(0, len(state.data) - 32)):
                    size = min(32, len(state.data) - offset)
                    assert object_.read(offset, size) == state.data[offset : offset + size]
            case TableState():
                assert len(object_) == len(state.elements)
                for found, wanted in zip(object_, state.elements, strict=True):
                    self.compare(found, wanted, known)
            case GlobalState():
                self.compare(object_.value, state.value, known)
            case FunctionState():
                assert str(object_.type) == state.signature
            case InstanceState():
                assert (object_.name, sorted(object_.exports)) == (state.name, sorted(state.exports))

    @invariant()
    def everything_is_as_in_the_model(self) -> None:
        """Look at variables: the newest, and some of the others, so that each has its turn."""
        known = self.known_functions()
        slots = list(self.slots.values())
        for slot in slots if self.number % 8 == 0 else slots[self.number % 8 :: 8] + slots[-8:]:
            if isinstance(slot.state, State | InstanceState):
                self.check_slot(slot, known)
            elif isinstance(slot.object, Store):
                assert sorted(slot.object) == sorted(slot.state.instances)
        for instance in self.seen:
            functions_ = instance.functions
            assert "fixed" not in functions_ or functions_["fixed"]() == 70

    def teardown(self) -> None:
        """Delete everything: nothing may be left of what guests were given, and of what called back."""
        self.slots.clear()
        self.adoptable.clear()
        self.seen.clear()
        if sys.exc_info()[0] is not None:
            return  # the exception refers to objects of the run
        gc.collect()
        left = [reference() for reference in (*self.things, *self.callables) if reference() is not None]
        assert not left, left

    def see(self, instance: Instance | None) -> None:
        """Keep what a calling frame has given."""
        if instance is not None and instance not in self.seen and len(self.seen) < 10:
            self.seen.append(instance)

    def act_on(self, verb: str, name: str | None, number: int) -> None:
        """Do what a host function was made for."""
        raise NotImplementedError

    def add_to(self, instance: str | None, name: str, object_: Any) -> None:
        """Add an object to an instance."""
        raise NotImplementedError

    def executor(self, name: str | None) -> Executor:
        """Return an executor."""
        executor: Executor = self.get(name).object if name else Executor(CONFIGURE)
        return executor
