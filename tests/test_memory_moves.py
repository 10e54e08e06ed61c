# SPDX-License-Identifier: Apache-2.0
"""Bytes into linear memory and out of it, with bytearray and numpy as the oracles."""

from __future__ import annotations

import array
import ctypes
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from wasmedge import Limit, Memory, OutOfBoundsError

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.quick

PAGE = 65536
EDGES = st.integers(-3, 40) | st.integers(PAGE - 40, PAGE + 3)


@pytest.fixture
def memory() -> Memory:
    """Return a memory of one page whose bytes differ."""
    made = Memory(Limit(1, 3))
    made.write(0, np.random.default_rng(2).integers(0, 256, PAGE, np.uint8))
    return made


def _strided(base: np.ndarray[Any, Any]) -> dict[str, np.ndarray[Any, Any]]:
    return {
        "gaps": base[::2],
        "backwards": base[::-1],
        "columns": np.asfortranarray(base.reshape(4, 6)),
        "transposed": base.reshape(2, 3, 4).T,
        "window": base.reshape(4, 6)[1:3, 2:5],
        "repeated": np.broadcast_to(base[:3], (4, 3)),
    }


@pytest.mark.parametrize("kind", _strided(np.zeros(24)))
@pytest.mark.parametrize("dtype", ["u1", "<f8", "c16", "M8[s]", [("a", "<i2"), ("O", "<f4")]], ids=str)
def test_write_takes_any_strides_and_dtype(memory: Memory, kind: str, dtype: Any) -> None:
    source = _strided(np.random.default_rng(3).integers(0, 100, 24).astype(np.dtype(dtype)))[kind]
    memory.write(5, source)
    assert memory.read(5, source.nbytes) == source.tobytes(order="C")


@pytest.mark.parametrize("kind", sorted(set(_strided(np.zeros(24))) - {"repeated"}))
@pytest.mark.parametrize("dtype", ["u1", "<f8", [("a", "<i2"), ("O", "<f4")]], ids=str)
def test_read_into_takes_any_strides_and_dtype(memory: Memory, kind: str, dtype: Any) -> None:
    target = _strided(np.zeros(24, dtype))[kind]
    assert memory.read_into(9, target) == target.nbytes
    assert target.tobytes(order="C") == memory.read(9, target.nbytes)


def test_read_into_dates(memory: Memory) -> None:
    dates = np.zeros(5, "M8[s]")
    assert memory.read_into(0, dates) == 40
    assert dates.tobytes() == memory.read(0, 40)
    with pytest.raises(ValueError, match=r"datetime64|buffer"):
        memory.read_into(0, dates[::2])


TARGETS: dict[str, Callable[[], Any]] = {
    "bytearray": lambda: bytearray(8),
    "memoryview": lambda: memoryview(bytearray(10))[1:9],
    "array": lambda: array.array("i", [0, 0]),
    "ctypes": ctypes.c_double * 1,
    "no elements": bytearray,
    "zero dimensions": lambda: np.array(0.0),
}


@pytest.mark.parametrize("target", TARGETS)
def test_read_into_fills_every_buffer(memory: Memory, target: str) -> None:
    made = TARGETS[target]()
    size = memoryview(made).nbytes
    assert memory.read_into(100, made) == size
    assert memoryview(made).tobytes() == memory.read(100, size)


def _locked() -> np.ndarray[Any, Any]:
    locked = np.zeros(4)
    locked.flags.writeable = False
    return locked


NO_TARGETS: dict[str, tuple[Callable[[], Any], type[Exception]]] = {
    "bytes": (lambda: b"abcd", BufferError),
    "read-only array": (_locked, ValueError),
    "read-only dates": (lambda: np.broadcast_to(np.zeros(1, "M8[s]"), (3,)), ValueError),
    "objects": (lambda: np.array([None, None]), TypeError),
    "objects in structures": (lambda: np.zeros(2, [("a", "i4"), ("b", object)]), TypeError),
    "object pointers": (ctypes.py_object * 2, TypeError),
    "str": (lambda: "text", TypeError),
    "int": (lambda: 8, TypeError),
}


@pytest.mark.parametrize("target", NO_TARGETS)
def test_read_into_refuses(memory: Memory, target: str) -> None:
    make, error = NO_TARGETS[target]
    with pytest.raises(error):
        memory.read_into(0, make())


def test_read_into_beyond_the_end_changes_nothing(memory: Memory) -> None:
    target = bytearray(b"untouched")
    for offset in (-1, PAGE - 8, PAGE + 1, 1 << 62):
        with pytest.raises(OutOfBoundsError):
            memory.read_into(offset, target)
    assert target == b"untouched"


@pytest.mark.parametrize("kind", _strided(np.zeros(24)))
def test_write_beyond_the_end_changes_nothing(memory: Memory, kind: str) -> None:
    before = memory.read(0, PAGE)
    source = _strided(np.ones(24))[kind]
    for offset in (-1, PAGE - source.nbytes + 1, 1 << 62):
        with pytest.raises(OutOfBoundsError):
            memory.write(offset, source)
    assert memory.read(0, PAGE) == before


@given(st.integers(-200, 200), st.integers(0, 100), st.sampled_from([1, -1, 2]))
def test_write_and_read_into_of_the_memory_itself(distance: int, size: int, step: int) -> None:
    memory, oracle = Memory(1), np.random.default_rng(4).integers(0, 256, 1000, np.uint8)
    memory.write(0, oracle)
    view = memory.view()[:1000]
    source, target = slice(300, 300 + size * abs(step), step), 300 + distance
    if step < 0:
        source = slice(300 + size - 1, 299, -1)
    wanted = oracle.copy()
    wanted[target : target + size] = oracle[source]
    memory.write(target, view[source])
    assert memory.read(0, 1000) == wanted.tobytes()
    memory.write(0, oracle)
    wanted = oracle.copy()
    wanted[source] = oracle[target : target + size]
    memory.read_into(target, view[source])
    assert memory.read(0, 1000) == wanted.tobytes()


@given(EDGES, st.integers(0, 255), st.integers(0, 80))
def test_fill_is_that_of_a_bytearray(offset: int, value: int, size: int) -> None:
    memory, oracle = Memory(1), bytearray(PAGE)
    if 0 <= offset <= PAGE - size:
        oracle[offset : offset + size] = bytes([value]) * size
        memory.fill(offset, value, size)
    else:
        with pytest.raises(OutOfBoundsError):
            memory.fill(offset, value, size)
    assert memory.read(0, PAGE) == oracle


@given(EDGES, EDGES, st.integers(0, 80))
def test_copy_is_that_of_a_bytearray(destination: int, source: int, size: int) -> None:
    memory, oracle = Memory(1), bytearray(np.random.default_rng(5).integers(0, 256, PAGE, np.uint8))
    memory.write(0, oracle)
    if 0 <= destination <= PAGE - size and 0 <= source <= PAGE - size:
        oracle[destination : destination + size] = oracle[source : source + size]
        memory.copy(destination, source, size)
    else:
        with pytest.raises(OutOfBoundsError):
            memory.copy(destination, source, size)
    assert memory.read(0, PAGE) == oracle


def test_large_fills_and_copies() -> None:
    memory = Memory(64)
    memory.fill(0, 7, memory.size)
    memory.fill(1, 0, PAGE)
    memory.copy(PAGE, 0, 2 * PAGE)
    assert memory.view()[: 3 * PAGE + 2].tolist() == [7] + [0] * (PAGE - 1) + [7] + [0] * PAGE + [7] * (PAGE + 1)


@pytest.mark.parametrize("args", [(0, 256, 1), (0, -1, 1), (0, 0, -1)])
def test_fill_refuses_values(memory: Memory, args: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match=r"byte is from 0 to 255|size must not be negative"):
        memory.fill(*args)


@pytest.mark.parametrize("wrong", ["1", 1.0, None, True])
def test_numbers_are_integers(memory: Memory, wrong: Any) -> None:
    calls: list[tuple[Callable[..., Any], int]] = [(memory.fill, 3), (memory.copy, 3), (memory.read, 2)]
    for call, count in calls:
        for place in range(count):
            with pytest.raises(TypeError, match="must be an int, not"):
                call(*(wrong if i == place else 0 for i in range(count)))


CLOSED: dict[str, Callable[[Memory], object]] = {
    "read": lambda memory: memory.read(0, 0),
    "write": lambda memory: memory.write(0, b""),
    "read_into": lambda memory: memory.read_into(0, bytearray()),
    "fill": lambda memory: memory.fill(0, 0, 0),
    "copy": lambda memory: memory.copy(0, 0, 0),
    "item": lambda memory: memory[0],
    "slice": lambda memory: memory[:],
    "length": len,
    "read_str": lambda memory: memory.read_str(0),
    "write_str": lambda memory: memory.write_str(0, ""),
    "read_scalar": lambda memory: memory.read_scalar(0, "u1"),
    "write_scalar": lambda memory: memory.write_scalar(0, 0, "u1"),
    "grow": lambda memory: memory.grow(0),
    "buffer": memoryview,
}


@pytest.mark.parametrize("use", CLOSED)
def test_a_closed_memory_refuses(memory: Memory, use: str) -> None:
    memory.close()
    memory.close()
    with pytest.raises(ValueError, match="memory is closed"):
        CLOSED[use](memory)


class Closes:
    """An integer that closes a memory when it is asked what it is."""

    def __init__(self, memory: Memory, value: int) -> None:
        self.memory, self.value = memory, value

    def __index__(self) -> int:
        self.memory.close()
        return self.value


@given(hnp.arrays(np.uint8, 3))
def test_arguments_that_close_the_memory(data: np.ndarray[Any, Any]) -> None:
    calls: list[Callable[[Memory, Closes], object]] = [
        lambda memory, closes: memory.read(0, closes),
        lambda memory, closes: memory.write(closes, data),
        lambda memory, closes: memory.fill(0, closes, 10),
        lambda memory, closes: memory.copy(0, 1, closes),
        lambda memory, closes: memory[closes],
        lambda memory, closes: memory[closes:],
        lambda memory, closes: memory.read_str(0, closes),
    ]
    for call in calls:
        memory = Memory(1)
        with pytest.raises(ValueError, match="memory is closed"):
            call(memory, Closes(memory, 5))
