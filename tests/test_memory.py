# SPDX-License-Identifier: Apache-2.0
"""Linear memory: its size, and reading and writing up to its very edges."""

from __future__ import annotations

import array
import mmap
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import wasmedge
from wasmedge import Memory

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Wat

pytestmark = pytest.mark.quick

PAGE = 65536
MODULE = """
(module
  (memory (export "memory") 2 4)
  (data (i32.const 8) "data")
  (func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0)))
  (func (export "store") (param i32 i32) (i32.store8 (local.get 0) (local.get 1)))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))
"""


@pytest.fixture(scope="module")
def memory(wat: Wat) -> Memory:
    """Return a memory of two pages."""
    found = wasmedge.instantiate(wat(MODULE)).exports.memory
    assert isinstance(found, Memory)
    return found


def test_memory_is_that_of_the_guest(wat: Wat) -> None:
    exports = wasmedge.instantiate(wat(MODULE)).exports
    memory = exports.memory
    assert memory.read(6, 8) == b"\0\0data\0\0"
    exports.store(2 * PAGE - 1, 0xAB)
    assert memory.read(2 * PAGE - 2, 2) == b"\0\xab"
    memory.write(100, b"\x7f\x80")
    assert [exports.load(100), exports.load(101)] == [0x7F, 0x80]


def test_memory_grows(wat: Wat) -> None:
    exports = wasmedge.instantiate(wat(MODULE)).exports
    memory = exports.memory
    assert (memory.pages, memory.size, repr(memory)) == (2, 2 * PAGE, "<Memory 2 pages (128 KiB), max 4>")
    memory.write(2 * PAGE - 4, b"edge")
    with pytest.raises(IndexError):
        memory.write(2 * PAGE - 2, b"edge")
    assert exports.grow(1) == 2
    assert (memory.pages, memory.size) == (3, 3 * PAGE)
    assert memory.read(2 * PAGE - 4, 8) == b"edge\0\0\0\0"
    memory.write(2 * PAGE - 2, b"edge")
    assert exports.grow(2) == -1
    assert memory.pages == 3
    assert repr(wasmedge.instantiate(wat('(module (memory (export "m") 1))')).exports.m) == "<Memory 1 page (64 KiB)>"


@given(offset=st.integers(0, 2 * PAGE), size=st.integers(0, 300))
def test_memory_reads_what_was_written(memory: Memory, offset: int, size: int) -> None:
    data = bytes((offset + i) % 251 for i in range(size))
    if offset + size > memory.size:
        with pytest.raises(IndexError, match=f"^{size} bytes at offset {offset} are outside of the memory of 131072 "):
            memory.write(offset, data)
        with pytest.raises(IndexError, match=f"^{size} bytes at offset {offset} are outside of the memory of 131072 "):
            memory.read(offset, size)
        return
    memory.write(offset, data)
    assert memory.read(offset, size) == data


@pytest.mark.parametrize("offset", [-1, -(2**31), -(2**63), 2 * PAGE + 1, 2**32, 2**63 - 1, 2**63, 2**64, -(2**63) - 1])
def test_memory_offsets_outside(memory: Memory, offset: int) -> None:
    for size in (0, 1, 2 * PAGE, -offset):
        if size >= 0:
            with pytest.raises((IndexError, OverflowError)):
                memory.read(offset, size)
    for data in (b"", b"x"):
        with pytest.raises((IndexError, OverflowError)):
            memory.write(offset, data)


@pytest.mark.parametrize("size", [2 * PAGE + 1, 2**32, 2**63 - 1, 2**63, 2**64])
def test_memory_sizes_that_do_not_fit(memory: Memory, size: int) -> None:
    for offset in (0, 1, 2 * PAGE):
        with pytest.raises((IndexError, OverflowError)):
            memory.read(offset, size)


def test_memory_edges(memory: Memory) -> None:
    assert memory.read(2 * PAGE, 0) == b""
    memory.write(2 * PAGE, b"")
    assert len(memory.read(0, 2 * PAGE)) == 2 * PAGE
    memory.write(0, memory.read(0, 2 * PAGE))
    with pytest.raises(IndexError):
        memory.read(1, 2 * PAGE)
    with pytest.raises(ValueError, match="size must not be negative, but is -1"):
        memory.read(0, -1)


def test_memory_failed_write_writes_nothing(memory: Memory) -> None:
    memory.write(2 * PAGE - 8, bytes(8))
    with pytest.raises(IndexError):
        memory.write(2 * PAGE - 8, b"123456789")
    assert memory.read(2 * PAGE - 8, 8) == bytes(8)


def test_memory_large_moves_are_whole(wat: Wat) -> None:
    memory = wasmedge.instantiate(wat('(module (memory (export "memory") 256))')).exports.memory
    data = np.arange(256 * PAGE // 4, dtype=np.uint32)
    memory.write(0, data)
    assert memory.read(0, memory.size) == data.tobytes()
    assert memory.read(3, memory.size - 3) == data.tobytes()[3:]


SOURCES: dict[str, Callable[[], Any]] = {
    "bytes": lambda: b"abcdefgh",
    "bytearray": lambda: bytearray(b"abcdefgh"),
    "memoryview": lambda: memoryview(b"-abcdefgh-")[1:-1],
    "array": lambda: array.array("H", b"abcdefgh"),
    "ndarray": lambda: np.frombuffer(b"abcdefgh", np.uint32),
    "two dimensions": lambda: np.frombuffer(b"abcdefgh", np.uint16).reshape(2, 2),
    "float64": lambda: np.frombuffer(b"abcdefgh", np.float64),
}


@pytest.mark.parametrize("source", SOURCES)
def test_memory_writes_every_contiguous_buffer(memory: Memory, source: str) -> None:
    memory.write(1000, bytes(16))
    memory.write(1004, SOURCES[source]())
    assert memory.read(1000, 16) == b"\0\0\0\0abcdefgh\0\0\0\0"


def test_memory_writes_from_a_mapped_file(memory: Memory) -> None:
    with mmap.mmap(-1, 4096) as mapped:
        mapped[:4] = b"file"
        memory.write(0, mapped)  # closing would fail if the buffer were kept
    assert memory.read(0, 4) == b"file"


NO_SOURCES: dict[str, Callable[[], Any]] = {
    "str": lambda: "text",
    "list": lambda: [1, 2],
    "int": lambda: 5,
    "None": lambda: None,
    "objects": lambda: np.array([None, "text"]),
    "structures with objects": lambda: np.zeros(2, [("a", "i4"), ("b", object)]),
}


@pytest.mark.parametrize("source", NO_SOURCES)
def test_memory_writes_nothing_else(memory: Memory, source: str) -> None:
    memory.write(0, b"untouched")
    with pytest.raises((TypeError, BufferError, ValueError)):
        memory.write(0, NO_SOURCES[source]())
    assert memory.read(0, 9) == b"untouched"


@pytest.mark.parametrize("value", ["0", 0.0, None, b"0"])
def test_memory_offsets_are_integers(memory: Memory, value: Any) -> None:
    with pytest.raises(TypeError):
        memory.read(value, 1)
    with pytest.raises(TypeError):
        memory.read(0, value)
    with pytest.raises(TypeError):
        memory.write(value, b"x")


def test_memory_takes_numpy_integers(memory: Memory) -> None:
    memory.write(np.uint32(16), b"numpy")
    assert memory.read(np.int64(16), np.uint8(5)) == b"numpy"


def test_memory_without_pages(wat: Wat) -> None:
    exports = wasmedge.instantiate(
        wat('(module (memory (export "memory") 0 1) (func (export "grow") (drop (memory.grow (i32.const 1)))))')
    ).exports
    memory = exports.memory
    assert (memory.pages, memory.size) == (0, 0)
    assert memory.read(0, 0) == b""
    memory.write(0, b"")
    with pytest.raises(IndexError, match="outside of the memory of 0 bytes"):
        memory.read(0, 1)
    exports.grow()
    memory.write(0, b"now")
    assert memory.read(0, 3) == b"now"


def test_memory_read_is_a_copy(memory: Memory) -> None:
    memory.write(0, b"before")
    copied = memory.read(0, 6)
    memory.write(0, b"after!")
    assert copied == b"before"


@pytest.mark.parametrize(
    ("type_", "count", "message"),
    [
        ("1..1", 1, "the memory of 1 page by 1 page: its maximum is 1 page, "),
        ("0..2", 3, "the memory of 0 pages by 3 pages: its maximum is 2 pages, "),
        ("2", 65535, "the memory of 2 pages by 65535 pages: its maximum is 65536 pages, "),
    ],
)
def test_memory_says_why_it_cannot_grow(type_: str, count: int, message: str) -> None:
    memory = Memory(type_)
    before = memory.pages
    with pytest.raises(ValueError, match=f"^cannot grow {message}or what the configuration allows$"):
        memory.grow(count)
    assert memory.pages == before
