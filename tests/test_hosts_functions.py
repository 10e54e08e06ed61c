# SPDX-License-Identifier: Apache-2.0
"""Guest functions: what guests pass becomes checked objects, and what goes wrong becomes their error numbers."""

from __future__ import annotations

import copy
import logging
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import pytest
from host_errors import Errno
from pass_through import PassThrough

import wasmedge
from wasmedge import CallingFrame, HostError, Instance, Terminate, f32, f64, i32, i64
from wasmedge.hosts import (
    GuestError,
    Out,
    Slice,
    Tagged,
    Text,
    add_functions,
    guest_function,
    i16,
    u8,
    u32,
    u64,
)

if TYPE_CHECKING:
    from tests.conftest import Wat

pytestmark = pytest.mark.quick

PAGE = 65536


numbered = guest_function(fault=Errno.FAULT, failure=Errno.FAILURE)


class Pair(NamedTuple):
    """A structure."""

    first: u8
    second: i32


OptionalHandle = Annotated[int | None, Tagged({0: i32, 1: None})]


class Failing:
    """Raises what it was made with."""

    def __init__(self, error: BaseException | None) -> None:
        # The tests' own lives on, and its traceback would keep all guests.
        self.error = copy.copy(error)

    @numbered
    def numbered(self) -> None:
        """Raise, where exceptions become numbers."""
        if self.error:
            raise self.error

    @guest_function(fault=0, failure=0)
    def handle(self) -> u64:
        """Raise, where there is a result beside."""
        if self.error:
            raise self.error
        return 2**63

    @guest_function
    def plain(self) -> None:
        """Raise, where they do not."""
        if self.error:
            raise self.error

    @guest_function
    def point(self, data: Slice) -> None:
        """Take what is outside of the memory."""


@pytest.mark.parametrize(
    ("error", "number"),
    [
        (None, Errno.SUCCESS),
        (GuestError(Errno.REFUSED), Errno.REFUSED),
        (GuestError(0xFFFF_FFFF, "all bits"), -1),
        (RuntimeError("backend"), Errno.FAILURE),
        (MemoryError(), Errno.FAILURE),
        (RecursionError(), Errno.FAILURE),
        (wasmedge.OutOfBoundsError("by hand"), Errno.FAULT),
    ],
)
def test_guest_function_exceptions_become_numbers(
    wat: Wat, error: BaseException | None, number: int, caplog: pytest.LogCaptureFixture
) -> None:
    guest = PassThrough(wat, Failing(error))
    with caplog.at_level(logging.ERROR, "wasmedge.hosts"):
        assert guest.call("numbered") == number
    is_failure = number == Errno.FAILURE
    assert [record.exc_info is not None for record in caplog.records] == [True] * is_failure
    if error is not None and not isinstance(error, GuestError):
        assert guest.call("handle") == 0
    if error is not None:
        with pytest.raises(type(error)):
            guest.call("plain")


@pytest.mark.parametrize("error", [HostError(3), KeyboardInterrupt(), SystemExit(4)])
def test_guest_function_what_ends_programs_passes(wat: Wat, error: BaseException) -> None:
    with pytest.raises(type(error)):
        PassThrough(wat, Failing(error)).call("numbered")


def test_guest_function_may_terminate(wat: Wat) -> None:
    assert PassThrough(wat, Failing(Terminate())).call("numbered") is None


def test_guest_function_without_numbers_raises(wat: Wat) -> None:
    guest = PassThrough(wat, Failing(None))
    assert guest.call("handle") == -(2**63)
    assert guest.call("plain") is None
    with pytest.raises(wasmedge.OutOfBoundsError, match="2 bytes at 65535 are not in the memory of 65536 bytes"):
        guest.call("point", PAGE - 1, 2)


class Numbers:
    """Takes each kind of number, for which no memory is needed."""

    @guest_function
    def add(self, a: u32, b: u64, c: i32, d: i64, e: f32, f: f64) -> f64:
        """Add them up."""
        return a + b + c + d + e + f


def test_guest_function_numbers_of_each_type() -> None:
    module = Instance("host")
    add_functions(module, Numbers())
    assert module.exports.add(2**32 - 1, 2**64 - 1, -1, -1, 0.5, 0.25) == 2**32 - 1 + 2**64 - 1 - 2 + 0.75


class Uniform:
    """Has one number for all that goes wrong, or none."""

    @guest_function(error=9)
    def one(self, number: u32, data: Slice) -> u32:
        """Raise in several ways."""
        if number == 1:
            raise GuestError(Errno.REFUSED)
        if number == 2:
            raise OSError("backend")
        return len(data)

    @guest_function(silent=True)
    def silent(self, number: u32, data: Slice) -> None:
        """Raise in several ways."""
        self.one(number, data)


def test_guest_function_with_one_number_or_none(wat: Wat, caplog: pytest.LogCaptureFixture) -> None:
    guest = PassThrough(wat, Uniform())
    assert [guest.call("one", number, 0, 5) for number in range(4)] == [5, 9, 9, 5]
    assert guest.call("one", 0, PAGE, 1) == 9
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert [guest.call("silent", number, 0, 5) for number in range(4)] == [None] * 4
    assert guest.call("silent", 0, PAGE, 1) is None
    assert [record.levelname for record in caplog.records] == ["ERROR"] * 2

    class Wrong:
        @guest_function(silent=True)
        def function(self) -> u32:
            return 1

    with pytest.raises(TypeError, match="has a result, so it cannot be silent"):
        add_functions(Instance("host"), Wrong())


class WithFrame:
    """Takes the frame."""

    @guest_function(name="from")
    def caller(self, frame: CallingFrame, number: u32) -> Errno:
        """Check that the caller has a memory."""
        assert frame.memory().size == PAGE * number
        return Errno.REFUSED


def test_guest_function_frame_name_and_enumeration(wat: Wat) -> None:
    guest = PassThrough(wat, WithFrame(), pages=3)
    assert guest.call("from", 3) == Errno.REFUSED
    assert str(guest.instance.exports["from"].type) == "(i32) -> i32"


def test_guest_function_results_are_checked(wat: Wat) -> None:
    class Wrong:
        @guest_function
        def text(self) -> u32:
            return "a"  # type: ignore[return-value]

        @numbered
        def out(self, result: Out[u8]) -> None:
            result.set(256)

    guest = PassThrough(wat, Wrong())
    with pytest.raises(TypeError, match="i32"):
        guest.call("text")
    assert guest.call("out", 0) == Errno.FAILURE
    assert guest.memory[0] == 0


def make_wrong(kind: Any, result: Any = None) -> object:
    """Make a receiver whose function takes, and returns, by these annotations."""

    def function(self: object, argument: Any) -> None:
        raise AssertionError((self, argument))

    function.__annotations__ = {"argument": kind, "return": result}
    return type("Wrong", (), {"function": guest_function(function)})()


@pytest.mark.parametrize(
    "kind",
    [int, str, u8, i16, bytes, Pair, OptionalHandle, list[int], Annotated[int, "u32"], "unknown"],
)
def test_add_functions_refuses_annotations_that_say_nothing(kind: Any) -> None:
    with pytest.raises(TypeError, match=r"function\(\)"):
        add_functions(Instance("host"), make_wrong(kind))


@pytest.mark.parametrize("result", [str, u8, Pair, Slice, Text, tuple[i32, i32]])
def test_add_functions_refuses_results_that_are_no_numbers(result: Any) -> None:
    with pytest.raises(TypeError, match=r"function|says nothing"):
        add_functions(Instance("host"), make_wrong(u32, result))


def test_add_functions_wants_declared_methods() -> None:
    with pytest.raises(TypeError, match="object has no methods declared by guest_function"):
        add_functions(Instance("host"), object())
    instance = Instance("host")
    add_functions(instance, Numbers())
    with pytest.raises(ValueError, match="has a 'add' already"):
        add_functions(instance, Numbers())

    class Missing:
        @guest_function
        def function(self, argument) -> None:  # type: ignore[no-untyped-def]
            raise AssertionError(argument)

    with pytest.raises(TypeError, match="parameter argument: no annotation"):
        add_functions(instance, Missing())


def test_add_functions_takes_overridden_and_inherited_methods(wat: Wat) -> None:
    class Base:
        @guest_function
        def one(self) -> u32:
            return 1

        @guest_function
        def two(self) -> u32:
            return 2

    class Derived(Base):
        @guest_function
        def two(self) -> u32:
            return 22

    guest = PassThrough(wat, Derived())
    assert (guest.call("one"), guest.call("two")) == (1, 22)
