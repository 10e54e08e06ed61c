# SPDX-License-Identifier: Apache-2.0
"""What guests point to: checked against their memory, structures and unions as well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import numpy as np
import pytest
from host_errors import Errno
from pass_through import PassThrough

import wasmedge
from wasmedge import Instance, f64, i32
from wasmedge.hosts import (
    Array,
    AtMost,
    In,
    OutU32,
    Ptr,
    Slice,
    Tagged,
    Text,
    add_functions,
    guest_function,
    i16,
    u8,
    u16,
    u32,
)

if TYPE_CHECKING:
    from tests.conftest import Wat

pytestmark = pytest.mark.quick

PAGE = 65536


class Point(NamedTuple):
    """A structure with padding before, between and after its fields."""

    x: u8
    y: i32
    name: Text
    tags: Array[u16]
    small: i16
    far: f64


OptionalHandle = Annotated[int | None, Tagged({0: i32, 1: None})]
numbered = guest_function(fault=Errno.FAULT, failure=Errno.FAILURE)


class Everything:
    """One function with each kind of parameter; the last call's arguments are kept."""

    def __init__(self) -> None:
        self.seen: tuple[Any, ...] = ()

    @numbered
    def take(
        self,
        point: In[Point],
        pointer: Ptr,
        data: Slice,
        result: OutU32,
        handle: In[OptionalHandle],
        dims: Annotated[Array[u32], AtMost(4)],
        number: u32,
    ) -> None:
        """Take one of each."""
        self.seen = (point, pointer, data, handle, list(dims), number)
        result.set(number)


# point at 16, pointer 5, data at 10 for 20 bytes, result at 200, handle at 300, two dimensions at 400, number 9
GOOD = (16, 5, 10, 20, 200, 300, 400, 2, 9)


@pytest.fixture
def receiver() -> Everything:
    """Return a receiver."""
    return Everything()


@pytest.fixture
def guest(wat: Wat, receiver: Everything) -> PassThrough:
    """Return a guest with everything in its memory that GOOD points to."""
    guest = PassThrough(wat, receiver)
    guest.memory.write(16, b"\x07\0\0\0" + b"\xfe\xff\xff\xff" + np.array([64, 5, 80, 2], "<u4").tobytes())
    guest.memory.write(40, b"\xff\xff\0\0\0\0\0\0" + np.array(1.5, "<f8").tobytes())
    guest.memory.write(64, "☃ü".encode())
    guest.memory.write(80, b"\1\2\3\4")
    guest.memory.write(300, b"\0\xff\xff\xff" + b"\x2a\0\0\0")
    guest.memory.write(400, np.array([6, 7], "<u4").tobytes())
    return guest


def test_guest_function_gets_what_the_guest_points_to(guest: PassThrough, receiver: Everything) -> None:
    assert guest.call("take", *GOOD) == Errno.SUCCESS
    point, pointer, data, handle, dims, number = receiver.seen
    assert (point.x, point.y, point.name, list(point.tags), point.small, point.far) == (
        7,
        -2,
        "☃ü",
        [513, 1027],
        -1,
        1.5,
    )
    assert (pointer.address, len(data), handle, dims, number) == (5, 20, 42, [6, 7], 9)
    assert guest.memory.read_scalar(200, "<u4") == 9


def test_guest_function_takes_numbers_without_a_sign(guest: PassThrough, receiver: Everything) -> None:
    assert guest.call("take", *GOOD[:-1], -1) == Errno.SUCCESS
    assert receiver.seen[-1] == 0xFFFF_FFFF
    assert guest.memory.read_scalar(200, "<u4") == 0xFFFF_FFFF


@pytest.mark.parametrize(
    ("position", "value"),
    [
        (0, PAGE - 39),
        (0, PAGE),
        (0, -1),
        (2, PAGE - 19),
        (2, -(2**31)),
        (3, PAGE),
        (3, -1),
        (4, PAGE - 3),
        (4, -4),
        (5, PAGE - 7),
        (5, 0x7FFF_FFFF),
        (6, PAGE - 7),
        (6, -8),
        (7, 5),
        (7, 0x4000_0000),
        (7, -1),
    ],
)
def test_guest_function_answers_fault_to_what_is_not_in_the_memory(
    guest: PassThrough, receiver: Everything, position: int, value: int
) -> None:
    arguments: list[int] = list(GOOD)
    arguments[position] = value
    assert guest.call("take", *arguments) == Errno.FAULT
    assert receiver.seen == ()


@pytest.mark.parametrize(
    ("address", "data"),
    [
        (24, b"\xff\xff\xff\xff"),  # the name's address
        (28, b"\xff\xff\xff\xff"),  # its length
        (64, b"\xff\xff"),  # no UTF-8
        (66, b" "),  # the beginning of a character
        (32, b"\xfe\xff\0\0"),  # the tags' address, two tags from there
        (36, b"\0\0\0\x80"),  # their count, which overflows 32 bits as a size
        (300, b"\2"),  # the tag of the union
    ],
)
def test_guest_function_answers_fault_to_what_is_in_structures(guest: PassThrough, address: int, data: bytes) -> None:
    guest.memory.write(address, data)
    assert guest.call("take", *GOOD) == Errno.FAULT


def test_guest_function_takes_the_last_bytes_and_empty_ones(guest: PassThrough, receiver: Everything) -> None:
    assert guest.call("take", 16, 5, PAGE - 20, 20, PAGE - 4, 300, PAGE - 8, 2, 9) == Errno.SUCCESS
    assert guest.call("take", 16, 5, PAGE, 0, 200, 300, PAGE, 0, 9) == Errno.SUCCESS
    assert (len(receiver.seen[2]), receiver.seen[4]) == (0, [])
    assert guest.call("take", 16, 5, PAGE + 1, 0, 200, 300, PAGE, 0, 9) == Errno.FAULT


def test_guest_function_unions_without_payload(guest: PassThrough, receiver: Everything) -> None:
    guest.memory.write(300, b"\1")
    assert guest.call("take", *GOOD) == Errno.SUCCESS
    assert receiver.seen[3] is None


def test_guest_function_sees_pages_that_were_added(guest: PassThrough) -> None:
    arguments = [*GOOD[:4], PAGE, *GOOD[5:]]
    assert guest.call("take", *arguments) == Errno.FAULT
    guest.memory.grow(1)
    assert guest.call("take", *arguments) == Errno.SUCCESS


class Overlapping:
    """Writes what it reads, to where it likes."""

    @numbered
    def move(self, source: Slice, target: Slice, moved: OutU32) -> None:
        """Copy as much as fits."""
        moved.set(target.write(source.view(), truncate=True))

    @numbered
    def all(self, source: Slice, target: Slice) -> None:
        """Copy all of it."""
        target.write(source.view())

    @numbered
    def two(self, first: OutU32, second: OutU32) -> None:
        """Write two results."""
        first.set(0x11111111)
        second.set(0x22222222)


@pytest.mark.parametrize(("source", "target"), [(100, 104), (104, 100), (100, 100)])
def test_guest_function_overlapping_slices(wat: Wat, source: int, target: int) -> None:
    guest = PassThrough(wat, Overlapping())
    guest.memory.write(source, b"0123456789")
    assert guest.call("move", source, 10, target, 8, 300) == Errno.SUCCESS
    assert guest.memory.read(target, 8) == b"01234567"
    assert guest.memory.read_scalar(300, "<u4") == 8
    assert guest.call("all", source, 10, target, 9) == Errno.FAULT
    assert guest.call("move", source, 4, source + 2, 4, source + 1) == Errno.SUCCESS
    assert guest.call("two", 500, 502) == Errno.SUCCESS
    assert guest.memory.read(500, 6) == b"\x11\x11\x22\x22\x22\x22"


def test_guest_function_without_a_memory(wat: Wat, receiver: Everything) -> None:
    module = Instance("host")
    add_functions(module, receiver)
    assert module.exports.take(*GOOD) == Errno.FAULT  # called by Python, which has no memory
    code = wat(
        '(module (import "host" "take" (func $f (param i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))'
        ' (func (export "f") (result i32) (call $f (i32.const 16) (i32.const 5) (i32.const 10) (i32.const 20)'
        "  (i32.const 200) (i32.const 300) (i32.const 400) (i32.const 2) (i32.const 9))))"
    )
    assert wasmedge.instantiate(code, imports={"host": module}).exports.f() == Errno.FAULT
