# SPDX-License-Identifier: Apache-2.0
"""Pointers, slices and arrays of guests, in the hands of a host module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import hypothesis
import hypothesis.strategies as st
import numpy as np
import pytest
from host_errors import Errno
from pass_through import PassThrough

import wasmedge
from wasmedge import f64, i32
from wasmedge.hosts import (
    Array,
    AtMost,
    Out,
    Ptr,
    Slice,
    Tagged,
    guest_function,
    u8,
    u16,
    u64,
)
from wasmedge.hosts.layout import layout_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Wat

pytestmark = pytest.mark.quick

PAGE = 65536


OptionalHandle = Annotated[int | None, Tagged({0: i32, 1: None})]
numbered = guest_function(fault=Errno.FAULT, failure=Errno.FAILURE)


class Values:
    """Looks at values by hand, and keeps the last one."""

    def __init__(self) -> None:
        self.seen: Any = None

    @numbered
    def slice(self, data: Slice) -> None:
        """Keep a slice."""
        self.seen = data

    @numbered
    def array(self, items: Array[u16]) -> None:
        """Keep an array."""
        self.seen = items

    @numbered
    def pointer(self, pointer: Ptr) -> None:
        """Keep a pointer."""
        self.seen = pointer

    @numbered
    def out(self, result: Out[Pair]) -> None:
        """Write a structure."""
        result.set(Pair(7, -1.5))


class Pair(NamedTuple):
    """A structure that is written."""

    number: u8
    value: f64


@pytest.fixture
def values(wat: Wat) -> tuple[PassThrough, Values]:
    """Return a guest, and what has seen its values."""
    receiver = Values()
    guest = PassThrough(wat, receiver)
    guest.memory.write(0, bytes(range(100)))
    return guest, receiver


def test_slice_is_on_the_memory(values: tuple[PassThrough, Values]) -> None:
    guest, receiver = values
    assert guest.call("slice", 4, 8) == Errno.SUCCESS
    data = receiver.seen
    assert (bytes(data), len(data), repr(data)) == (bytes(range(4, 12)), 8, "Slice(0x4, 8)")
    view = data.view("<u4")
    view[0] = 0
    assert guest.memory.read(4, 5) == b"\0\0\0\0\x08"
    with pytest.raises(ValueError, match="8 bytes are no whole number of elements of 3"):
        data.view("S3")
    assert data.write(np.arange(8, dtype=np.uint8)[::2]) == 4
    assert guest.memory.read(4, 5) == b"\0\2\4\6\x08"
    assert data.write(b"") == 0
    assert data.write(np.zeros((3, 4), "<f4"), truncate=True) == 8
    with pytest.raises(wasmedge.OutOfBoundsError, match="9 bytes do not fit in 8"):
        data.write(bytes(9))
    with pytest.raises(TypeError):
        data.write("text")


def test_array_is_a_sequence(values: tuple[PassThrough, Values]) -> None:
    guest, receiver = values
    assert guest.call("array", 10, 3) == Errno.SUCCESS
    items = receiver.seen
    assert (list(items), len(items), items[-1], items[0:2], repr(items)) == (
        [0x0B0A, 0x0D0C, 0x0F0E],
        3,
        0x0F0E,
        [0x0B0A, 0x0D0C],
        "Array(0xa, 3)",
    )
    assert (0x0D0C in items, items.index(0x0F0E), next(reversed(items))) == (True, 2, 0x0F0E)
    for index in (3, -4):
        with pytest.raises(IndexError, match="there are 3 items"):
            items[index]
    guest.memory.write(10, b"\0\0")
    assert items[0] == 0


def test_pointer_reads_and_writes(values: tuple[PassThrough, Values]) -> None:
    guest, receiver = values
    assert guest.call("pointer", 0) == Errno.SUCCESS
    assert not receiver.seen
    assert guest.call("pointer", -1) == Errno.SUCCESS  # which nobody has followed
    pointer = receiver.seen
    assert (bool(pointer), pointer.address, repr(pointer)) == (True, 0xFFFF_FFFF, "Ptr(0xffffffff)")
    uses: list[Callable[[], Any]] = [
        lambda: pointer.read(u8),
        lambda: pointer.write(u8, 1),
        lambda: pointer.slice(1),
    ]
    for use in uses:
        with pytest.raises(wasmedge.OutOfBoundsError):
            use()
    guest.call("pointer", 8)
    pointer = receiver.seen
    pointer.write(Pair, (255, 0.25))
    assert guest.memory.read(8, 16) == b"\xff" + bytes(7) + np.array(0.25).tobytes()
    assert pointer.read(Pair) == Pair(255, 0.25)
    assert bytes(pointer.slice(2)) == b"\xff\0"
    for value in (256, -1, 1.5, "1"):
        with pytest.raises(OverflowError):
            pointer.write(u8, value)
    with pytest.raises(TypeError, match="only read from guests"):
        pointer.write(OptionalHandle, 1)


def test_out_of_a_structure(values: tuple[PassThrough, Values]) -> None:
    guest, _ = values
    assert guest.call("out", 32) == Errno.SUCCESS
    assert guest.memory.read(32, 16) == b"\7" + bytes(7) + np.array(-1.5).tobytes()
    assert guest.call("out", PAGE - 15) == Errno.FAULT
    assert guest.call("out", PAGE - 16) == Errno.SUCCESS


def test_at_most_is_for_what_has_a_length() -> None:
    with pytest.raises(TypeError, match="AtMost is for what has a length"):
        layout_of(Annotated[Ptr, AtMost(3)])


@hypothesis.given(address=st.integers(0, 2**32 - 1), count=st.integers(0, 2**32 - 1), size=st.sampled_from([1, 2, 8]))
def test_arrays_are_in_the_memory_or_refused(address: int, count: int, size: int) -> None:
    memory = wasmedge.Memory("2")
    make = layout_of(Array[{1: u8, 2: u16, 8: u64}[size]]).build  # type: ignore[misc]
    if address + count * size <= 2 * PAGE:
        assert len(make(memory, (address, count))) == count
    else:
        with pytest.raises(wasmedge.OutOfBoundsError):
            make(memory, (address, count))


def test_arrays_do_not_end_at_an_item_that_points_elsewhere() -> None:
    memory = wasmedge.Memory("1")
    memory.write(0, np.array([8, 4, PAGE, 1], "<u4"))
    slices = layout_of(Array[Slice]).build(memory, (0, 2))
    assert len(slices[0]) == 4
    with pytest.raises(wasmedge.OutOfBoundsError):
        list(slices)
