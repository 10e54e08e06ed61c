# SPDX-License-Identifier: Apache-2.0
"""Values that go into WebAssembly and come back, with numpy as the judge of what they become."""

from __future__ import annotations

import decimal
import enum
import fractions
import math
import struct
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import wasmedge

if TYPE_CHECKING:
    from tests.conftest import Wat

pytestmark = pytest.mark.quick

IDENTITY = """
(module
  (func (export "i32") (param i32) (result i32) (local.get 0))
  (func (export "i64") (param i64) (result i64) (local.get 0))
  (func (export "f32") (param f32) (result f32) (local.get 0))
  (func (export "f64") (param f64) (result f64) (local.get 0))
  (func (export "f32 bits") (param f32) (result i32) (i32.reinterpret_f32 (local.get 0)))
  (func (export "f64 bits") (param f64) (result i64) (i64.reinterpret_f64 (local.get 0)))
  (func (export "f32 of bits") (param i32) (result f32) (f32.reinterpret_i32 (local.get 0)))
  (func (export "f64 of bits") (param i64) (result f64) (f64.reinterpret_i64 (local.get 0)))
  (func (export "extend") (param i32) (result i64) (i64.extend_i32_u (local.get 0))))
"""

RANGES = {"i32": (-(2**31), 2**32 - 1), "i64": (-(2**63), 2**64 - 1)}
SIGNED: dict[str, Any] = {"i32": np.int32, "i64": np.int64}


@pytest.fixture(scope="module")
def identity(wat: Wat) -> wasmedge.Exports:
    """Return functions that give their argument back, or its bits."""
    return wasmedge.instantiate(wat(IDENTITY)).exports


def bits_of_f64(number: float) -> int:
    """Return the bits of a float, as an unsigned integer."""
    return int(struct.unpack("<Q", struct.pack("<d", number))[0])


def wrap(number: int, type_: str) -> int:
    """Make an integer signed, as numpy does it."""
    return int(np.array(number % 2 ** int(type_[1:]), f"u{int(type_[1:]) // 8}").astype(SIGNED[type_]))


@pytest.mark.parametrize("type_", RANGES)
@given(data=st.data())
def test_values_integers_come_back_signed(identity: wasmedge.Exports, type_: str, data: st.DataObject) -> None:
    number = data.draw(st.integers(*RANGES[type_]))
    result = identity[type_](number)
    assert type(result) is int
    assert result == wrap(number, type_)


@pytest.mark.parametrize("type_", RANGES)
def test_values_integers_at_the_edges(identity: wasmedge.Exports, type_: str) -> None:
    lowest, highest = RANGES[type_]
    half = highest // 2
    expected = {0: 0, 1: 1, -1: -1, lowest: lowest, half: half, half + 1: lowest, highest: -1, highest - 1: -2}
    assert {number: identity[type_](number) for number in expected} == expected


@pytest.mark.parametrize("type_", RANGES)
@given(distance=st.one_of(st.integers(1, 3), st.integers(min_value=1)))
def test_values_integers_beyond_the_edges(identity: wasmedge.Exports, type_: str, distance: int) -> None:
    lowest, highest = RANGES[type_]
    for number in (lowest - distance, highest + distance):
        with pytest.raises(
            OverflowError, match=rf"^{type_}\(\) argument 1: -?\d+(\.\.\.)? is out of range for {type_}"
        ):
            identity[type_](number)


@pytest.mark.parametrize("type_", ["i32", "i64"])
@pytest.mark.parametrize("number", [10**5000, -(10**5000), 1 << 100_000], ids=["10**5000", "-10**5000", "1<<100000"])
def test_values_integers_without_a_repr(identity: wasmedge.Exports, type_: str, number: int) -> None:
    with pytest.raises(OverflowError, match=rf"^{type_}\(\) argument 1: the value is out of range for {type_}"):
        identity[type_](number)


@given(number=st.floats())
def test_values_f64_keep_every_bit(identity: wasmedge.Exports, number: float) -> None:
    result = identity["f64"](number)
    assert type(result) is float
    assert bits_of_f64(result) == bits_of_f64(number)
    assert identity["f64 bits"](number) == wrap(bits_of_f64(number), "i64")


@given(bits=st.one_of(st.integers(0, 2**64 - 1), st.integers(1, 2**52 - 1).map(lambda low: low | 0x7FF << 52)))
def test_values_f64_of_every_pattern(identity: wasmedge.Exports, bits: int) -> None:
    number = struct.unpack("<d", struct.pack("<Q", bits))[0]
    assert bits_of_f64(identity["f64 of bits"](bits)) == bits
    assert identity["f64 bits"](number) == wrap(bits, "i64")


@given(number=st.one_of(st.floats(allow_nan=False), st.floats(width=32, allow_nan=False)))
def test_values_f32_are_rounded_as_numpy_does(identity: wasmedge.Exports, number: float) -> None:
    with np.errstate(over="ignore"):
        expected = np.float32(number)
    if np.isinf(expected) and not math.isinf(number):
        with pytest.raises(OverflowError, match=r"^f32\(\) argument 1: .* is out of range for f32"):
            identity["f32"](number)
        return
    assert identity["f32 bits"](number) == int(expected.view(np.int32))
    assert bits_of_f64(identity["f32"](number)) == bits_of_f64(float(expected))


@given(bits=st.one_of(st.integers(0, 2**32 - 1), st.integers(1, 2**23 - 1).map(lambda low: low | 0xFF << 23)))
def test_values_f32_of_every_pattern(identity: wasmedge.Exports, bits: int) -> None:
    """A float is wider than an f32: the bits of NaNs are kept in its upper part, and come back from there."""
    result = identity["f32 of bits"](bits)
    assert type(result) is float
    assert identity["f32 bits"](result) == wrap(bits, "i32")


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (0x7FF8000000000000, 0x7FC00000),
        (0xFFF8000000000000, 0xFFC00000),
        (0x7FF0000020000000, 0x7F800001),  # a signalling NaN stays one
        (0xFFFFFFFFE0000000, 0xFFFFFFFF),
        (0x7FF0000000000001, 0x7FC00000),  # what an f32 has no room for must not make it an infinity
    ],
    ids=hex,
)
def test_values_nan_payloads_of_f64_become_those_of_f32(
    identity: wasmedge.Exports, payload: int, expected: int
) -> None:
    number = struct.unpack("<d", struct.pack("<Q", payload))[0]
    assert identity["f32 bits"](number) % 2**32 == expected


@pytest.mark.parametrize(
    ("number", "bits"),
    [
        (0.0, 0),
        (-0.0, 0x80000000),
        (math.inf, 0x7F800000),
        (-math.inf, 0xFF800000),
        (float(np.finfo(np.float32).max), 0x7F7FFFFF),
        (3.4028235677973362e38, 0x7F7FFFFF),  # the last that is rounded down to the greatest f32
        (float(np.finfo(np.float32).smallest_subnormal), 1),
        (2.0**-150, 0),
        (math.nextafter(2.0**-150, 1), 1),
        (16777217.0, 0x4B800000),
    ],
)
def test_values_f32_at_the_edges(identity: wasmedge.Exports, number: float, bits: int) -> None:
    assert identity["f32 bits"](number) % 2**32 == bits


@pytest.mark.parametrize("number", [3.4028235677973366e38, -3.5e38, 1e300, 2**128, 10**400, -(10**400)])
def test_values_f32_overflow(identity: wasmedge.Exports, number: float) -> None:
    with pytest.raises(OverflowError, match=r"^f32\(\) argument 1: .* is out of range for f32"):
        identity["f32"](number)


def test_values_f64_overflow_of_an_integer(identity: wasmedge.Exports) -> None:
    assert identity["f64"](2**1000) == 2.0**1000
    with pytest.raises(OverflowError, match=r"^f64\(\) argument 1: .* is out of range for f64"):
        identity["f64"](10**400)


@given(number=st.integers(-(2**70), 2**70))
def test_values_integers_become_floats_as_in_python(identity: wasmedge.Exports, number: int) -> None:
    assert identity["f64"](number) == float(number)


@pytest.mark.parametrize("dtype", [*np.typecodes["AllInteger"]])
def test_values_numpy_integers(identity: wasmedge.Exports, dtype: str) -> None:
    limits = np.iinfo(dtype)
    for number in (limits.min, limits.max, 1):
        scalar = np.array(number, dtype)[()]
        assert identity["i64"](scalar) == wrap(number, "i64")
        assert identity["f64"](scalar) == float(number)
        if -(2**31) <= number < 2**32:
            assert identity["i32"](scalar) == wrap(number, "i32")
        else:
            with pytest.raises(OverflowError):
                identity["i32"](scalar)


@pytest.mark.parametrize("dtype", [*np.typecodes["Float"]])
@pytest.mark.parametrize("number", [0.0, -1.5, 65504.0, math.inf, -math.inf])
def test_values_numpy_floats(identity: wasmedge.Exports, dtype: str, number: float) -> None:
    scalar = np.array(number, dtype)[()]
    assert identity["f64"](scalar) == number
    assert identity["f32"](scalar) == number
    for type_ in RANGES:
        with pytest.raises(TypeError, match=rf"^{type_}\(\) argument 1 must be {type_}, not "):
            identity[type_](scalar)


class Direction(enum.IntEnum):
    """An integer of another class."""

    UP = 7


class Index:
    """An integer to whoever asks for one."""

    def __index__(self) -> int:
        """Return the integer."""
        return 2**32 - 2


class Real:
    """A float to whoever asks for one."""

    def __float__(self) -> float:
        """Return the float."""
        return 0.25


def test_values_of_other_classes(identity: wasmedge.Exports) -> None:
    assert identity["i32"](Direction.UP) == 7
    assert identity["i32"](Index()) == -2
    assert identity["i64"](Index()) == 2**32 - 2
    assert identity["f64"](Index()) == 4294967294.0
    assert identity["f32"](Real()) == 0.25
    assert identity["f64"](fractions.Fraction(1, 3)) == 1 / 3
    assert identity["f64"](decimal.Decimal("0.1")) == 0.1


@given(number=st.integers(0, 2**32 - 1))
def test_values_are_unsigned_inside_where_that_is_meant(identity: wasmedge.Exports, number: int) -> None:
    assert identity["extend"](number) == number
    assert identity["extend"](wrap(number, "i32")) == number
