# SPDX-License-Identifier: Apache-2.0
"""vectorize() on arrays of any shape, strides and dtype: numpy and native C are the oracles."""

from __future__ import annotations

import ctypes
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from array_guests import NUMBERS
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import wasmedge

if TYPE_CHECKING:
    from tests.conftest import Wat

KERNELS = Path(__file__).resolve().parents[1] / "benchmarks" / "kernels" / "elements.c"
RANDOM = np.random.default_rng(1)

# Name, the inputs and the result.
NATIVE: list[tuple[str, list[Any], str]] = [
    ("arithmetic", [RANDOM.normal(size=20_000), RANDOM.normal(size=20_000)], "f8"),
    ("polynomial", [RANDOM.normal(size=20_000)], "f8"),
    ("collatz", [RANDOM.integers(-5, 10_000, 20_000)], "i4"),
    ("mandelbrot", [RANDOM.uniform(-2, 1, 20_000), RANDOM.uniform(-1, 1, 20_000)], "i4"),
    ("sphere", [RANDOM.uniform(-1.5, 1.5, 20_000) for _ in range(4)], "f8"),
    ("black_scholes", [RANDOM.uniform(50, 150, 20_000), RANDOM.uniform(50, 150, 20_000), RANDOM.random(20_000)], "f8"),
    ("mix", [RANDOM.integers(-(2**31), 2**31, 20_000, "i4")], "i4"),
    ("morton", [RANDOM.integers(-(2**31), 2**31, 20_000, "i4") for _ in range(2)], "i8"),
    ("logistic", [RANDOM.normal(0, 10, 20_000).astype("f4")], "f4"),
    ("gcd", [RANDOM.integers(1, 10_000, 20_000, "i4"), RANDOM.integers(0, 10_000, 20_000, "i4")], "i4"),
]


@st.composite
def layouts(draw: st.DrawFn, array: Any) -> Any:
    """Give an array of the same shape and elements that lies otherwise in memory."""
    if draw(st.booleans()):
        array = array.astype(array.dtype.newbyteorder())
    if draw(st.booleans()):
        array = np.asfortranarray(array)
    if draw(st.booleans()):
        # Apart by what is no multiple of an element.
        packed = np.zeros(array.shape, [("gap", "u1"), ("value", array.dtype)])
        packed["value"] = array
        array = packed["value"]
    if array.ndim and draw(st.booleans()):
        array = np.flip(array, draw(st.integers(0, array.ndim - 1)))
    return array


@st.composite
def pairs(draw: st.DrawFn, dtypes: list[str]) -> Any:
    """Give two arrays that can be broadcast against each other."""
    shapes = draw(arrays.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, min_side=0, max_side=6)).input_shapes
    found = []
    for shape in shapes:
        dtype = np.dtype(draw(st.sampled_from(dtypes)))
        if dtype.kind == "f":
            elements = arrays.from_dtype(dtype, allow_nan=False, allow_infinity=False, min_value=-1e4, max_value=1e4)
        else:
            elements = arrays.from_dtype(dtype)
        array = draw(arrays.arrays(dtype, shape, elements=elements))
        found.append(draw(layouts(array)))
    return found


@pytest.mark.parametrize(
    ("name", "result", "dtypes"),
    [
        ("add_i32", "i4", ["?", "i1", "u1", "i2", "u2", "i4"]),
        ("add_i32", "u4", ["u4"]),
        ("add_i64", "i8", ["i1", "u2", "i4", "u4", "i8"]),
        ("add_i64", "u8", ["u8"]),
        ("add_f32", "f4", ["f2", "i2", "u1", "f4"]),
        ("add_f64", "f8", ["f4", "i4", "u4", "i8", "f8"]),
    ],
)
def test_vectorize_adds_as_numpy_does(wat: Wat, name: str, result: str, dtypes: list[str]) -> None:
    ufunc = wasmedge.vectorize(wat(NUMBERS), name)

    @given(pairs(dtypes))
    @settings(max_examples=60)
    def check(inputs: list[Any]) -> None:
        found = ufunc(*inputs)
        with np.errstate(all="ignore"):
            expected = np.add(*inputs, dtype=result, casting="unsafe")
        assert found.dtype == result
        assert found.shape == expected.shape
        assert np.array_equal(found, expected)

    check()


@given(st.data())
@settings(max_examples=60)
def test_vectorize_methods_as_numpy_has_them(wat: Wat, data: st.DataObject) -> None:
    ufunc = wasmedge.vectorize(wat(NUMBERS), "add_i64", identity=0)
    shape = data.draw(arrays.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=5))
    array = data.draw(layouts(data.draw(arrays.arrays(np.int64, shape))))
    axis = data.draw(st.integers(0, array.ndim - 1))
    with np.errstate(all="ignore"):
        assert np.array_equal(ufunc.reduce(array, axis=axis), np.add.reduce(array, axis=axis))
        assert np.array_equal(ufunc.accumulate(array, axis=axis), np.add.accumulate(array, axis=axis))
        assert np.array_equal(ufunc.outer(array, array[..., :1]), np.add.outer(array, array[..., :1]))


@pytest.fixture(scope="module")
def kernels(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ctypes.CDLL]:
    """Compile the benchmarks' kernels to WebAssembly and for this machine."""
    pytest.importorskip("ziglang")
    directory = tmp_path_factory.mktemp("kernels")
    compiler = [sys.executable, "-m", "ziglang", "cc", "-O2", "-ffp-contract=off", str(KERNELS)]
    exports = [f"-Wl,--export={name}" for name, _, _ in NATIVE]
    module, library = directory / "elements.wasm", directory / "elements.so"
    without_library = ["-target", "wasm32-freestanding", "-nostdlib", "-Wl,--no-entry", *exports, "-o", str(module)]
    subprocess.run([*compiler, *without_library], check=True)
    subprocess.run([*compiler, "-shared", "-fPIC", "-o", str(library)], check=True)
    return module, ctypes.CDLL(str(library))


@pytest.mark.parametrize("mode", ["interpreter", "jit"])
@pytest.mark.parametrize(("name", "inputs", "result"), NATIVE, ids=[name for name, _, _ in NATIVE])
def test_vectorize_computes_as_native_code_does(
    kernels: tuple[Path, ctypes.CDLL], name: str, inputs: list[Any], result: str, mode: str
) -> None:
    module, library = kernels
    out = np.empty(len(inputs[0]), result)
    operands = [out, *inputs]
    pointers = (ctypes.c_void_p * len(operands))(*(each.ctypes.data for each in operands))
    strides = (ctypes.c_long * len(operands))(*(each.strides[0] for each in operands))
    library[f"{name}_loop"](pointers, strides, ctypes.c_long(len(out)))
    found = wasmedge.vectorize(module, name, run_mode=mode, strict=True)(*inputs)
    assert found.dtype == result
    assert np.array_equal(found, out, equal_nan=out.dtype.kind == "f")
