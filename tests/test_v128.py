# SPDX-License-Identifier: Apache-2.0
"""Vectors of 128 bits."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import wasmedge
from wasmedge import V128, Function

if TYPE_CHECKING:
    from tests.conftest import Wat

pytestmark = pytest.mark.quick

MODULE = """
(module
  (func (export "add") (param v128 v128) (result v128) (i32x4.add (local.get 0) (local.get 1)))
  (func (export "low") (param v128) (result i64) (i64x2.extract_lane 0 (local.get 0)))
  (func (export "byte") (param v128) (result i32) (i8x16.extract_lane_u 15 (local.get 0)))
  (func (export "const") (result v128) (v128.const i32x4 1 2 3 4)))
"""
ADD = Function("(v128) -> v128", lambda value: value)


@given(st.integers(0, 2**128 - 1))
def test_v128_forms_are_one(number: int) -> None:
    high, low = divmod(number, 2**64)
    vector = V128(high, low)
    data = number.to_bytes(16, "little")
    assert (vector.high, vector.low, int(vector), bytes(vector)) == (high, low, number, data)
    assert V128.from_bytes(data) == vector
    for form in (vector, number, data, bytearray(data), memoryview(data), np.frombuffer(data, np.uint8)):
        assert ADD(form) == vector
    assert hash(V128(high, low)) == hash(vector)
    for again in (pickle.loads(pickle.dumps(vector)), copy.copy(vector), copy.deepcopy(vector)):  # noqa: S301
        assert again == vector


def test_v128_lanes_are_little_endian(wat: Wat) -> None:
    exports = wasmedge.instantiate(wat(MODULE)).exports
    assert exports.const().view("int32").tolist() == [1, 2, 3, 4]
    assert exports.low(V128(1, 2)) == 2
    assert exports.byte(V128(0xAB << 56, 0)) == 0xAB
    total = exports.add(exports.const(), np.array([10, 20, 30, 2**31 - 1], np.int32))
    assert total.view(np.int32).tolist() == [11, 22, 33, -(2**31) + 3]


def test_v128_view_is_a_copy() -> None:
    vector = V128(0, 1)
    lanes = vector.view("uint8")
    lanes[0] = 9
    assert (vector.low, lanes.shape, vector.view("float64").shape) == (1, (16,), (2,))
    for wrong in ("nonsense", "V3", object):
        with pytest.raises((TypeError, ValueError)):
            vector.view(wrong)


def test_v128_repr_and_equality() -> None:
    vector = V128(0xABC, 2**64 - 1)
    assert repr(vector) == "V128(0xabc, 0xffffffffffffffff)"
    assert eval(repr(vector)) == vector  # noqa: S307
    assert vector != V128(0xABC, 0)
    assert vector != int(vector)
    assert len({V128(1, 2), V128(1, 2), V128(2, 1)}) == 2
    for name in ("high", "low"):
        with pytest.raises(AttributeError):
            setattr(vector, name, 1)


@pytest.mark.parametrize("arguments", [(-1, 0), (0, -1), (2**64, 0), (0, 2**64), ("1", 0), (1.5, 0), (1,), (None, 0)])
def test_v128_refuses_bad_halves(arguments: tuple[Any, ...]) -> None:
    with pytest.raises((TypeError, ValueError, OverflowError)):
        V128(*arguments)


@pytest.mark.parametrize("data", [b"", b"x" * 15, b"x" * 17, np.zeros(16, np.int16)])
def test_v128_refuses_other_lengths(data: Any) -> None:
    with pytest.raises(ValueError, match="a v128 has 16 bytes, not"):
        V128.from_bytes(data)
    with pytest.raises(ValueError, match="a v128 has 16 bytes, not"):
        ADD(data)


@pytest.mark.parametrize("wrong", ["x" * 16, 1.5, None, True, [1] * 16, object()])
def test_v128_refuses_other_types(wrong: Any) -> None:
    with pytest.raises(TypeError, match="argument 1 must be v128, not"):
        ADD(wrong)
    with pytest.raises(TypeError):
        V128.from_bytes(wrong)


@pytest.mark.parametrize("wrong", [-1, 2**128, 1 << 20000], ids=["negative", "large", "huge"])
def test_v128_refuses_numbers_out_of_range(wrong: int) -> None:
    with pytest.raises(OverflowError, match="from 0 to"):
        ADD(wrong)


def test_v128_refuses_strided_buffers() -> None:
    with pytest.raises((ValueError, BufferError)):
        ADD(np.zeros(32, np.uint8)[::2])
