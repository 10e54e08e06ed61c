# SPDX-License-Identifier: Apache-2.0
"""Text and single elements in linear memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasmedge import Limit, Memory, OutOfBoundsError

pytestmark = pytest.mark.quick

PAGE = 65536


@pytest.fixture
def memory() -> Memory:
    """Return an empty memory of one page."""
    return Memory(Limit(1, 2))


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=50), st.integers(0, 100))
def test_text_comes_back(text: str, offset: int) -> None:
    memory = Memory(1)
    memory.fill(0, 0xFF, 1000)
    size = memory.write_str(offset, text, terminate=False)
    assert memory.read(offset, size + 1) == text.encode() + b"\xff"
    assert memory.read_str(offset, size) == text
    if "\0" not in text:
        assert memory.write_str(offset, text) == size + 1
        assert memory.read(offset, size + 2) == text.encode() + b"\0\xff"
        assert memory.read_str(offset) == text


def test_text_up_to_the_edges(memory: Memory) -> None:
    memory.fill(0, ord("x"), PAGE)
    with pytest.raises(ValueError, match="no NUL follows offset 65530"):
        memory.read_str(PAGE - 6)
    assert memory.write_str(PAGE - 6, "hello") == 6
    assert memory.read_str(PAGE - 6) == "hello"
    assert memory.read_str(PAGE - 1) == ""
    with pytest.raises(ValueError, match="no NUL"):
        memory.read_str(PAGE)
    assert memory.read_str(PAGE, 0) == ""
    for offset in (-1, PAGE + 1):
        with pytest.raises(OutOfBoundsError):
            memory.read_str(offset)


def test_text_that_does_not_fit_changes_nothing(memory: Memory) -> None:
    with pytest.raises(OutOfBoundsError):
        memory.write_str(PAGE - 5, "hello")
    assert memory.read(PAGE - 5, 5) == bytes(5)
    assert memory.write_str(PAGE - 5, "hello", terminate=False) == 5


def test_text_that_is_no_text(memory: Memory) -> None:
    memory.write(0, b"caf\xe9\0")
    with pytest.raises(UnicodeDecodeError):
        memory.read_str(0)
    assert memory.read_str(0, errors="replace") == "caf\ufffd"
    with pytest.raises(LookupError, match="unknown error handler"):
        memory.read_str(0, errors="nonsense")
    with pytest.raises(UnicodeEncodeError):
        memory.write_str(0, "\ud800")
    with pytest.raises(ValueError, match="terminate=False"):
        memory.write_str(0, "a\0b")
    wrong: Any = b"bytes"
    with pytest.raises(TypeError):
        memory.write_str(0, wrong)
    with pytest.raises(TypeError):
        memory.read_str(0, "4")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="size must not be negative"):
        memory.read_str(0, -1)


SCALARS: list[tuple[str, Any]] = [
    ("u1", 255),
    ("<i2", -2),
    (">u4", 0x01020304),
    ("<u8", (1 << 64) - 1),
    ("<f4", 1.5),
    ("<f8", float("inf")),
    ("<c16", 1 - 2j),
    ("?", True),
    ("S4", b"abcd"),
]


@pytest.mark.parametrize(("dtype", "value"), SCALARS)
@pytest.mark.parametrize("offset", [0, 3, PAGE - 16])
def test_scalar_comes_back(memory: Memory, dtype: str, value: Any, offset: int) -> None:
    memory.write_scalar(offset, value, dtype)
    assert memory.read(offset, np.dtype(dtype).itemsize) == np.array(value, dtype).tobytes()
    found = memory.read_scalar(offset, dtype)
    assert (type(found), found) == (type(value), value)


def test_scalar_of_a_structure(memory: Memory) -> None:
    point = np.dtype([("x", "<f4"), ("y", "<f4"), ("id", "<u2")])
    memory.write_scalar(4, (1.0, -2.0, 7), point)
    assert memory.read_scalar(4, point) == (1.0, -2.0, 7)


WRONG: list[tuple[Any, Any, type[Exception]]] = [
    (256, "u1", OverflowError),
    (-1, "<u4", OverflowError),
    (1 << 63, "<i8", OverflowError),
    (1.5, "<i4", TypeError),
    ("5", "<i4", TypeError),
    ("five", "<f4", ValueError),
    (None, "<i4", TypeError),
    ((1, 2), "<f4", ValueError),
    (5, object, ValueError),
    (5, "V0", ValueError),
    (5, "nonsense", TypeError),
]


@pytest.mark.parametrize(("value", "dtype", "error"), WRONG, ids=str)
def test_scalar_that_does_not_fit_changes_nothing(
    memory: Memory, value: Any, dtype: Any, error: type[Exception]
) -> None:
    memory.write(0, b"untouched")
    with pytest.raises(error):
        memory.write_scalar(0, value, dtype)
    assert memory.read(0, 9) == b"untouched"


def test_scalar_takes_numpy_numbers(memory: Memory) -> None:
    memory.write_scalar(0, np.uint8(200), "<i4")
    memory.write_scalar(4, np.float32(0.5), "<f8")
    assert (memory.read_scalar(0, "<i4"), memory.read_scalar(4, "<f8")) == (200, 0.5)


def test_scalar_outside_of_the_memory(memory: Memory) -> None:
    for offset in (-1, PAGE - 3, PAGE):
        with pytest.raises(OutOfBoundsError):
            memory.read_scalar(offset, "<u4")
        with pytest.raises(OutOfBoundsError):
            memory.write_scalar(offset, 0, "<u4")
