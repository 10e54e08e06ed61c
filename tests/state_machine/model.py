# SPDX-License-Identifier: Apache-2.0
"""What the objects of a run have to be like, in plain Python.

The model refers to none of the package's objects, and to no object that a guest was given: it must keep nothing alive.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    import wasmedge

PAGE = 65536


@dataclass(frozen=True)
class ThingId:
    """Stands for a Python object that was passed as an externref."""

    number: int


@dataclass
class Returned:
    """A call that comes back with a value."""

    value: Any


@dataclass
class Trapped:
    """A call that ends in a trap."""

    code: wasmedge.TrapCode


@dataclass
class Raised:
    """A call out of which this very exception of a host function comes."""

    exception: BaseException


@dataclass
class Failed:
    """A call that the package refuses with an exception of this class."""

    error: type[BaseException]


@dataclass
class Terminated:
    """A call whose program a host function has ended."""


Outcome: TypeAlias = "Returned | Trapped | Raised | Failed | Terminated"
# What a call comes to is known when it has been made: host functions do what they like meanwhile.
Finish: TypeAlias = "Callable[[], Outcome]"


@dataclass(eq=False)
class State:
    """What is known of an object that can be exported."""

    owner: InstanceState | None = None  # None for what stands alone


@dataclass(eq=False)
class FunctionState(State):
    """A function: its type, and what a call with some arguments comes to."""

    signature: str = "() -> i32"
    begin: Callable[[tuple[Any, ...]], Finish] = lambda _: lambda: Returned(None)


@dataclass(eq=False)
class MemoryState(State):
    """A memory."""

    data: bytearray = field(default_factory=bytearray)
    maximum: int | None = None

    @property
    def pages(self) -> int:
        """The number of pages."""
        return len(self.data) // PAGE

    def grow(self, pages: int) -> bool:
        """Grow, unless that is beyond the maximum."""
        if self.pages + pages > (65536 if self.maximum is None else self.maximum):
            return False
        self.data += bytes(pages * PAGE)
        return True

    def write(self, offset: int, data: bytes) -> None:
        """Write what is known to fit."""
        self.data[offset : offset + len(data)] = data


@dataclass(eq=False)
class TableState(State):
    """A table; elements are thing ids, states of functions, or None."""

    ref_type: str = "funcref"
    elements: list[Any] = field(default_factory=list)
    maximum: int | None = None
    initial: Any = None

    def grow(self, count: int, value: Any) -> bool:
        """Grow, unless that is beyond the maximum."""
        if len(self.elements) + count > (10_000_000 if self.maximum is None else self.maximum):
            return False
        self.elements += [value] * count
        return True


@dataclass(eq=False)
class GlobalState(State):
    """A global."""

    type: str = "i32"
    mutable: bool = True
    value: Any = None


@dataclass(eq=False)
class TagState(State):
    """A tag."""


@dataclass(eq=False)
class InstanceState:
    """An instance: its name, and what it exports."""

    name: str = ""
    is_host: bool = False
    exports: dict[str, State] = field(default_factory=dict)


@dataclass
class ModuleState:
    """A module: which of the known ones it is."""

    kind: str
    validated: bool


@dataclass(eq=False)
class StoreState:
    """A store."""

    instances: dict[str, InstanceState] = field(default_factory=dict)


@dataclass(eq=False)
class VMState:
    """A VM, its store, and what it has registered there."""

    store: StoreState
    state: str = "INITIATED"
    module: ModuleState | None = None
    active: InstanceState | None = None
    registered: list[tuple[str, InstanceState]] = field(default_factory=list)

    def leave_store(self) -> None:
        """Take what this VM has registered out of the store."""
        for name, instance in self.registered:
            if self.store.instances.get(name) is instance:
                del self.store.instances[name]
        self.registered.clear()


@dataclass(eq=False)
class Slot:
    """A variable of a run: an object, what is known of it, and whether it has been closed."""

    name: str
    object: Any
    state: Any
    closed: bool = False
    exported: bool = True  # for functions: whether it was found by a name, or made, and not got as a reference


def wrap32(number: int) -> int:
    """Return a number as a signed i32."""
    return (number + 2**31) % 2**32 - 2**31


def plain(work: Callable[..., Outcome]) -> Callable[[tuple[Any, ...]], Finish]:
    """Return the behaviour of a function during which no Python code runs."""

    def begin(args: tuple[Any, ...]) -> Finish:
        outcome = work(*args)
        return lambda: outcome

    return begin


def then(finish: Finish, work: Callable[[Any], Outcome]) -> Finish:
    """Return what a call comes to that goes on with the value of another."""

    def go_on() -> Outcome:
        outcome = finish()
        return work(outcome.value) if isinstance(outcome, Returned) else outcome

    return go_on
