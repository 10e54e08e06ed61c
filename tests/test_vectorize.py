# SPDX-License-Identifier: Apache-2.0
"""vectorize(): a real numpy.ufunc, with numpy as the oracle."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from array_guests import NUMBERS, STATE

import wasmedge

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Wat


@pytest.fixture(params=["interpreter", "jit"])
def make(wat: Wat, request: pytest.FixtureRequest) -> Callable[..., np.ufunc]:
    """Return a maker of ufuncs."""

    def make(name: str, **options: Any) -> np.ufunc:
        text = STATE if f'"{name}"' in STATE else NUMBERS
        imports = {"env": {"f": lambda x: x + 1}} if text is STATE else None
        given = {"imports": imports, "run_mode": request.param, "strict": True, **options}
        return wasmedge.vectorize(wat(text), name, **given)

    return make


def test_vectorize_makes_a_ufunc(make: Callable[..., np.ufunc]) -> None:
    add = make("add_i32")
    assert type(add) is np.ufunc
    assert repr(add) == "<ufunc 'add_i32'>"
    assert (add.nin, add.nout, add.nargs, add.types, add.signature) == (2, 1, 3, ["ii->i", "II->I"], None)
    assert "add_i32 of the WebAssembly module <bytes>: (i32, i32) -> i32" in str(add.__doc__)
    assert "mine" in str(make("add_i32", doc="mine").__doc__)
    assert make("mixed").types == ["ilfd->dfli", "ILfd->dfLI"]


def test_vectorize_broadcasts(make: Callable[..., np.ufunc]) -> None:
    add, x = make("add_f64"), np.arange(6.0).reshape(2, 3)
    assert np.array_equal(add(x, 1), x + 1)
    assert np.array_equal(add(x[:, :1], x[1]), x[:, :1] + x[1])
    assert np.array_equal(add(np.float64(1), np.float64(2)), 3.0)
    assert isinstance(add(1, 2), np.float64)
    with pytest.raises(ValueError, match="broadcast"):
        add(np.zeros(2), np.zeros(3))


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), (2, 0, 4)])
def test_vectorize_empty_arrays(make: Callable[..., np.ufunc], shape: tuple[int, ...]) -> None:
    assert make("add_f64")(np.zeros(shape), 1).shape == shape
    with pytest.raises(ValueError, match="no identity"):
        make("add_f64").reduce(np.zeros(0))
    assert make("add_f64", identity=0).reduce(np.zeros(0)) == 0


@pytest.mark.parametrize("dtype", ["?", "i1", "u1", "i2", "u2", "i4", "u4", "f2"])
def test_vectorize_smaller_and_unsigned_kinds(make: Callable[..., np.ufunc], dtype: str) -> None:
    x = np.array([0, 1, 1, 0]).astype(dtype)
    expected = {"u4": "u4", "f2": "f4"}.get(dtype, "i4")
    result = make("add_f32" if dtype == "f2" else "add_i32")(x, x)
    assert result.dtype == expected
    assert result.tolist() == [0, 2, 2, 0]


def test_vectorize_integers_wrap(make: Callable[..., np.ufunc]) -> None:
    top = np.array([2**32 - 1], "u4")
    assert make("add_i32")(top, top).tolist() == [2**32 - 2]
    assert make("add_i64")(np.uint64(2**64 - 1), np.uint64(2)) == 1
    assert make("add_i32")(np.int32(2**31 - 1), np.int32(1)) == -(2**31)


def test_vectorize_plain_numbers(make: Callable[..., np.ufunc]) -> None:
    add = make("add_i32")
    assert add(40, 2) == 42
    assert add(2**32 - 1, 1) == 0
    assert add(-1, -2) == -3
    assert make("shift")(0.5, 3) == 3.5
    with pytest.raises((TypeError, OverflowError)):
        add(2**40, 1)


def test_vectorize_several_results(make: Callable[..., np.ufunc]) -> None:
    a, b = np.arange(-5, 6), np.array(3)
    quotient, rest = make("divmod")(a, b)
    assert np.array_equal(quotient, np.trunc(a / b))
    assert np.array_equal(quotient * b + rest, a)
    results = make("mixed")(np.int8(-1), np.uint16(2), np.float16(0.5), np.float32(0.25))
    assert [(each.dtype.str[1:], each.item()) for each in results] == [("f8", 0.25), ("f4", 0.5), ("i8", 2), ("i4", -1)]


def test_vectorize_out_and_where(make: Callable[..., np.ufunc]) -> None:
    add, x = make("add_f64"), np.arange(8.0)
    out = np.full(8, -1.0)
    assert add(x, x, out=out) is out
    assert np.array_equal(out, 2 * x)
    out = np.full(8, -1.0)
    add(x, x, out=out, where=x > 4)
    assert out.tolist() == [-1, -1, -1, -1, -1, 10, 12, 14]
    small = np.zeros(8, "f4")
    add(x, x, out=small)
    assert np.array_equal(small, 2 * x)


def test_vectorize_overlapping_out(make: Callable[..., np.ufunc]) -> None:
    add = make("add_f64")
    x = np.arange(20_000.0)
    expected = x.copy()
    expected[1:] = expected[:-1] + expected[1:]
    add(x[:-1], x[1:], out=x[1:])
    assert np.array_equal(x, expected)
    add(x, x, out=x)
    assert np.array_equal(x, 2 * expected)
    x[:] = np.arange(20_000.0)
    add(x, 0, out=x[::-1])
    assert np.array_equal(x, np.arange(20_000.0)[::-1])


def test_vectorize_strides_and_alignment(make: Callable[..., np.ufunc]) -> None:
    add = make("add_i32")
    raw = np.zeros(4 * 9 + 1, "u1")
    crooked = raw[1:].view("i4")
    crooked[:] = np.arange(9)
    assert add(crooked, crooked).tolist() == list(range(0, 18, 2))
    assert add(crooked[::-2], 1).tolist() == [9, 7, 5, 3, 1]
    assert add(np.arange(4, dtype=">i4"), np.arange(4, dtype="<i2")).tolist() == [0, 2, 4, 6]
    out = np.zeros((3, 6), "i4")
    add(np.arange(9, dtype="i4").reshape(3, 3).T, 1, out=out[:, ::2])
    assert np.array_equal(out[:, ::2], np.arange(9).reshape(3, 3).T + 1)
    assert not out[:, 1::2].any()


def test_vectorize_methods(make: Callable[..., np.ufunc]) -> None:
    add, x = make("add_i64"), np.arange(30_000)
    assert add.reduce(x) == x.sum()
    assert np.array_equal(add.accumulate(x), x.cumsum())
    square = x[:900].reshape(30, 30)
    for axis in (0, 1):
        assert np.array_equal(add.reduce(square, axis=axis), square.sum(axis))
        assert np.array_equal(add.accumulate(square, axis=axis), square.cumsum(axis))
    assert np.array_equal(add.outer(x[:3], x[:4]), np.add.outer(x[:3], x[:4]))
    assert np.array_equal(add.reduceat(x[:10], [0, 4, 7]), np.add.reduceat(x[:10], [0, 4, 7]))
    assert add.reduce(x, initial=5, where=x % 2 == 0) == 5 + x[::2].sum()
    counts = np.zeros(3, int)
    add.at(counts, [0, 1, 1, 2, 1], 1)
    assert counts.tolist() == [1, 3, 1]
    shift = make("shift")
    assert shift.reduce(np.array([1, 2, 3], "i4"), initial=0.5) == 6.5


def test_vectorize_reduces_in_order(make: Callable[..., np.ufunc]) -> None:
    divide = make("divide")
    assert divide.reduce(np.array([1000, 7, 3], "i4")) == 1000 // 7 // 3
    assert divide.accumulate(np.array([1000, 7, 3], "i4")).tolist() == [1000, 142, 47]


def test_vectorize_other_array_types(make: Callable[..., np.ufunc]) -> None:
    add = make("add_f64")

    class Mine:
        def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **_: Any) -> Any:
            return ufunc, method, len(inputs)

    assert add(Mine(), 1) == (add, "__call__", 2)
    masked = add(np.ma.array([1.0, 2.0], mask=[False, True]), 1)
    assert isinstance(masked, np.ma.MaskedArray)


def test_vectorize_pandas_and_xarray(make: Callable[..., np.ufunc]) -> None:
    pandas, xarray = pytest.importorskip("pandas"), pytest.importorskip("xarray")
    add = make("add_f64")
    series = pandas.Series([1.0, 2.0], index=["a", "b"])
    assert add(series, 1).to_dict() == {"a": 2.0, "b": 3.0}
    array = xarray.DataArray([1.0, 2.0], dims="time")
    assert add(array, 1).dims == ("time",)


def test_vectorize_warns_of_nothing(make: Callable[..., np.ufunc]) -> None:
    # numpy's own functions warn of these; WebAssembly has no such flags.
    assert make("inverse")(np.array([0.0, 1e-320])).tolist() == [np.inf, np.inf]
    with np.errstate(all="raise"):
        assert make("inverse")(0.0) == np.inf


def test_vectorize_keeps_the_state_of_one_instance(make: Callable[..., np.ufunc]) -> None:
    count = make("count_up")
    assert count(np.zeros(3, "i4")).tolist() == [11, 12, 13]
    assert count(np.zeros((2, 2), "i4")).tolist() == [[14, 15], [16, 17]]
    assert make("count_up")(0) == 11
    large = make("count_up")(np.zeros(300_000, "i4"))
    assert np.array_equal(large, np.arange(11, 300_011))


def test_vectorize_calls_imports(make: Callable[..., np.ufunc]) -> None:
    assert make("call_f")(np.arange(3.0)).tolist() == [1, 2, 3]
    grow = make("grow", configure=wasmedge.Configure(wasmedge.Proposal.MULTI_MEMORIES, max_memory_pages=3))
    assert grow(np.ones(4, "i4")).tolist() == [1, 2, -1, -1]


def test_vectorize_pickles(make: Callable[..., np.ufunc]) -> None:
    add = make("add_f64")
    for other in (pickle.loads(pickle.dumps(add)), copy.copy(add), copy.deepcopy(add)):  # noqa: S301 - our own
        assert type(other) is np.ufunc
        assert (other.__name__, other.types, other(1, 2)) == ("add_f64", add.types, 3)
    assert pickle.loads(pickle.dumps(np.add)) is np.add  # noqa: S301 - numpy's own


def test_vectorize_leaves_the_module_alone(wat: Wat) -> None:
    module = wasmedge.Module.from_bytes(wat(NUMBERS))
    wasmedge.vectorize(module, "add_f64")
    assert module._bytes() == wat(NUMBERS)
    assert "wasmedge:loop" not in wasmedge.instantiate(module).exports


def test_vectorize_names_that_are_taken(wat: Wat) -> None:
    text = """(module (func (export "f") (param i32) (result i32) (local.get 0))
      (func (export "wasmedge:loop") (param i32)) (memory (export "wasmedge:operands") 1))"""
    configure = wasmedge.Configure(wasmedge.Proposal.MULTI_MEMORIES)
    assert wasmedge.vectorize(wat(text), "f", configure=configure)(5) == 5
    assert wasmedge.vectorize(wat(text), "f")(5) == 5
