# SPDX-License-Identifier: Apache-2.0
"""Indices and slices of linear memory, with bytearray as the oracle."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasmedge import Limit, Memory

pytestmark = pytest.mark.quick

PAGE = 65536
EDGES = st.integers(-3, 40) | st.integers(PAGE - 40, PAGE + 3)


@pytest.fixture
def memory() -> Memory:
    """Return a memory of one page whose bytes differ."""
    made = Memory(Limit(1, 3))
    made.write(0, np.random.default_rng(2).integers(0, 256, PAGE, np.uint8))
    return made


SLICES = st.slices(PAGE) | st.builds(slice, st.none() | EDGES, st.none() | EDGES, st.none() | st.integers(1, 5))


@given(SLICES, st.integers(-2, 2))
def test_slices_are_those_of_a_bytearray(picked: slice, more: int) -> None:
    memory, oracle = Memory(1), bytearray(np.random.default_rng(6).integers(0, 256, PAGE, np.uint8))
    memory[:] = oracle
    assert memory[picked] == bytes(oracle[picked])
    size = max(0, len(oracle[picked]) + more)
    data = bytes(i % 251 for i in range(size))
    if size == len(oracle[picked]):
        oracle[picked] = data
        memory[picked] = data
    else:
        with pytest.raises(ValueError, match="a memory keeps its size"):
            memory[picked] = data
    assert memory[:] == oracle


@given(st.integers(-PAGE - 3, PAGE + 3), st.integers(-2, 258))
def test_indices_are_those_of_a_bytearray(index: int, value: int) -> None:
    memory, oracle = Memory(1), bytearray(PAGE)
    if not -PAGE <= index < PAGE:
        with pytest.raises(IndexError):
            memory[index]
        with pytest.raises(IndexError):
            memory[index] = 0
    elif not 0 <= value < 256:
        with pytest.raises(ValueError, match="a byte is from 0 to 255"):
            memory[index] = value
    else:
        oracle[index] = value
        memory[index] = value
        assert memory[index] == value
    assert memory.read(0, PAGE) == oracle


def test_slices_take_strides_and_themselves(memory: Memory) -> None:
    before = memory.read(0, 20)
    memory[0:20:2] = memory.view()[10:0:-1]
    assert memory[0:20:2] == before[10:0:-1]
    memory[100:104] = np.array([1.5], "<f4")
    assert memory.read_scalar(100, "<f4") == 1.5


def test_indices_refuse(memory: Memory) -> None:
    broken: Any = memory
    for key in ("0", 1.0, None, (0, 1), True):
        with pytest.raises(TypeError):
            broken[key]
        with pytest.raises(TypeError):
            broken[key] = 0
    for value in ("a", 1.0, None, b"a"):
        with pytest.raises(TypeError):
            broken[0] = value
    with pytest.raises(TypeError):
        broken[0:1] = 5
    with pytest.raises(TypeError, match="deleted"):
        del broken[0]
    with pytest.raises(ValueError, match="step"):
        broken[::0]
