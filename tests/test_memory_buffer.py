# SPDX-License-Identifier: Apache-2.0
"""Linear memory by Python's own protocols: as a buffer, and as a sequence of bytes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import wasmedge
from wasmedge import Memory

pytestmark = pytest.mark.quick

PAGE = 65536


@pytest.fixture
def memory() -> Memory:
    """Return a memory of one page with bytes that differ."""
    made = Memory(wasmedge.Limit(1, 4))
    made.write(0, np.random.default_rng(1).integers(0, 256, PAGE, np.uint8))
    return made


def _address(array: np.ndarray[Any, Any]) -> int:
    return int(array.__array_interface__["data"][0])


MAKERS: dict[str, Any] = {
    "asarray": np.asarray,
    "frombuffer": lambda memory: np.frombuffer(memory, np.uint8),
    "memoryview": lambda memory: np.asarray(memoryview(memory)),
    "view": lambda memory: memory.view(),
}


@pytest.mark.parametrize("make", MAKERS)
def test_view_by_the_buffer_protocol_is_the_same(memory: Memory, make: str) -> None:
    array = MAKERS[make](memory)
    assert (array.dtype, array.shape, array.flags.writeable) == (np.dtype(np.uint8), (PAGE,), True)
    assert _address(array) == _address(memory.view())
    array[5] = 99
    assert memory[5] == 99


def test_view_by_memoryview(memory: Memory) -> None:
    with memoryview(memory) as view:
        assert (view.format, view.itemsize, view.ndim, view.shape, view.strides, view.nbytes) == (
            "B",
            1,
            1,
            (PAGE,),
            (1,),
            PAGE,
        )
        assert (view.readonly, view.contiguous, view.obj) == (False, True, memory)
        view[:4] = b"abcd"
        view.cast("I")[1] = 0x01020304
    assert memory.read(0, 8) == b"abcd\4\3\2\1"
    buffer: Any = memory
    assert np.frombuffer(buffer, "<u4", count=2, offset=4).tolist()[0] == 0x01020304


def test_view_of_single_bytes(memory: Memory) -> None:
    assert len(memory) == PAGE
    assert [each for _, each in zip(range(4), memory, strict=False)] == list(memory.read(0, 4))
    assert bytes(memory) == bytes(list(memory)) == memory.read(0, PAGE)
