# SPDX-License-Identifier: Apache-2.0
"""guvectorize(): generalized ufuncs of functions of pointers and lengths."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from array_guests import NUMBERS, POINTERS
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import wasmedge

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Wat


@pytest.fixture(params=["interpreter", "jit"])
def make(wat: Wat, request: pytest.FixtureRequest) -> Callable[..., np.ufunc]:
    """Return a maker of generalized ufuncs."""

    def make(name: str, signature: str, **options: Any) -> np.ufunc:
        return wasmedge.guvectorize(wat(POINTERS), name, signature, run_mode=request.param, strict=True, **options)

    return make


def test_guvectorize_makes_a_ufunc(make: Callable[..., np.ufunc]) -> None:
    twice = make("twice", "(n)->(n)")
    assert type(twice) is np.ufunc
    assert (twice.signature, twice.nin, twice.nout, twice.types) == ("(n)->(n)", 1, 1, ["d->d"])
    x = np.arange(12.0).reshape(3, 4)
    assert np.array_equal(twice(x), 2 * x)
    assert np.array_equal(twice(x.T), 2 * x.T)
    assert np.array_equal(twice(x[::-1, ::2]), 2 * x[::-1, ::2])
    assert np.array_equal(twice(np.arange(5)), 2.0 * np.arange(5))
    assert np.array_equal(twice(x, axis=0), 2 * x)


def test_guvectorize_results_are_outputs(make: Callable[..., np.ufunc]) -> None:
    dot = make("dot", "(n),(n)->()")
    a, b = np.arange(24.0).reshape(2, 3, 4), np.arange(4.0)
    assert np.array_equal(dot(a, b), a @ b)
    assert dot(b, b) == b @ b
    out = np.zeros((2, 3))
    assert dot(a, b, out=out) is out
    with pytest.raises(ValueError, match="mismatch"):
        dot(a, np.zeros(3))


def test_guvectorize_arguments_in_any_order(make: Callable[..., np.ufunc]) -> None:
    transpose = make("transpose", "(),(m,n)->(n,m)", dtypes="f4", arguments=["m", "n", 0, 1, 2])
    x = np.arange(24, dtype="f4").reshape(4, 3, 2)
    assert np.array_equal(transpose(2, x), 2 * x.transpose(0, 2, 1))
    assert np.array_equal(
        transpose(np.arange(1, 5, dtype="i2"), x), np.arange(1, 5)[:, None, None] * x.transpose(0, 2, 1)
    )


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0,), (0, 0)])
def test_guvectorize_empty_arrays(make: Callable[..., np.ufunc], shape: tuple[int, ...]) -> None:
    assert make("twice", "(n)->(n)")(np.zeros(shape)).shape == shape


def test_guvectorize_as_numpy_does(wat: Wat) -> None:
    twice = wasmedge.guvectorize(wat(POINTERS), "twice", "(n)->(n)")

    @given(
        arrays.arrays("f8", arrays.array_shapes(max_dims=4, max_side=5), elements=st.floats(-1e9, 1e9)),
        st.sampled_from([1, 2, -1, -2]),
        st.booleans(),
    )
    @settings(max_examples=60)
    def check(array: Any, step: int, swapped: bool) -> None:
        array = array[..., ::step]
        if swapped:
            array = array.swapaxes(0, -1)
        assert np.array_equal(twice(array), 2 * array)

    check()


def test_guvectorize_large_arrays(make: Callable[..., np.ufunc]) -> None:
    twice = make("twice", "(n)->(n)")
    x = np.arange(300_000.0)
    assert np.array_equal(twice(x), 2 * x)
    assert np.array_equal(twice(x.reshape(-1, 3)), 2 * x.reshape(-1, 3))
    assert np.array_equal(make("twice", "(n)->(n)", threads=3)(x.reshape(-1, 10)), 2 * x.reshape(-1, 10))


def test_guvectorize_larger_than_the_address_space(make: Callable[..., np.ufunc]) -> None:
    huge = np.broadcast_to(np.float64(1), (400_000_000,))
    with pytest.raises(MemoryError, match="more of the guest's memory than there can be"):
        make("dot", "(n),(n)->()")(huge, huge)
    limited = make("twice", "(n)->(n)", configure=wasmedge.Configure(max_memory_pages=3))
    assert np.array_equal(limited(np.ones(1000)), np.full(1000, 2.0))
    with pytest.raises(MemoryError):
        limited(np.ones(100_000))


@pytest.mark.parametrize("threads", [1, 3])
def test_guvectorize_traps_with_the_elements_index(make: Callable[..., np.ufunc], threads: int) -> None:
    divide = make("divide_first", "(n)->()", dtypes="i4", threads=threads)
    x = np.ones((50, 2, 3), "i4")
    x[30, 1, 0] = x[40, 0, 0] = 0
    out = np.full((50, 2), -1, "i4")
    with pytest.raises(wasmedge.Trap, match=r"divide by zero, at element \(30, 1\)") as caught:
        divide(x, out=out)
    assert caught.value.index == (30, 1)
    assert (out[:30] == 100).all()
    assert divide(np.array([5, 0], "i4")) == 20


def test_guvectorize_guest_that_grows_memory(make: Callable[..., np.ufunc]) -> None:
    grow = make("grow_and_sum", "(n)->()", dtypes="i4")
    for length in (1, 1000, 40_000):
        x = np.arange(length * 6, dtype="i4").reshape(6, length)
        assert np.array_equal(grow(x), x[:, 0])


def test_guvectorize_pickles(make: Callable[..., np.ufunc]) -> None:
    dot = make("dot", "(n),(n)->()")
    for other in (pickle.loads(pickle.dumps(dot)), copy.deepcopy(dot)):  # noqa: S301 - our own
        assert other.signature == "(n),(n)->()"
        assert other([1, 2], [3, 4]) == 11


@pytest.mark.parametrize(
    ("name", "signature", "options", "error", "text"),
    [
        ("twice", "(n)->(n", {}, ValueError, "is no signature"),
        ("twice", "n->n", {}, ValueError, "is no signature"),
        ("twice", "(n-1)->(n)", {}, ValueError, "neither a name nor a length"),
        ("twice", "(n?)->(n)", {}, ValueError, "neither a name nor a length"),
        ("twice", "(n),(n)->(n)", {}, TypeError, "is to be given 4 arguments: 0, 1, 2, n"),
        ("twice", "(n)->(n)", {"dtypes": object}, TypeError, "no arrays of object"),
        ("twice", "(n)->(n)", {"dtypes": ">f8"}, TypeError, "no arrays of >f8"),
        ("twice", "(n)->(n)", {"dtypes": ["f8"]}, ValueError, "2 operands, and 1 dtypes"),
        ("twice", "(n)->(n)", {"arguments": [0, 1, "m"]}, ValueError, "no dimension"),
        ("twice", "(n)->(n)", {"arguments": [0, 2, "n"]}, ValueError, "no operand"),
        ("twice", "(n)->(n)", {"arguments": [0, 1]}, TypeError, "2 arguments"),
        ("dot", "(n),(n)->(n)", {}, TypeError, "0 outputs are single numbers"),
        ("dot", "(n),(n)->()", {"dtypes": "f4"}, TypeError, "its result cannot be float32"),
        ("transpose", "(),(m,n)->(n,m)", {"arguments": [0, "n", "m", 1, 2]}, TypeError, "nor a pointer to it is i64"),
        ("missing", "(n)->(n)", {}, wasmedge.FunctionNotFoundError, "missing"),
    ],
)
def test_guvectorize_what_does_not_fit(
    wat: Wat, name: str, signature: str, options: Any, *, error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text):
        wasmedge.guvectorize(wat(POINTERS), name, signature, **options)


def test_guvectorize_needs_a_memory(wat: Wat) -> None:
    with pytest.raises(TypeError, match="has no memory"):
        wasmedge.guvectorize(wat(NUMBERS), "add_i32", "(n)->()", dtypes="i4")
