# SPDX-License-Identifier: Apache-2.0
"""Tensors of WASI-NN: the types of inputs, what models see of them, and what they may put out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nn_guest import DOUBLE, TYPES, make_guest

from wasmedge.hosts.nn import Errno, TensorTypes

if TYPE_CHECKING:
    import numpy.typing as npt
    from tests.conftest import Wat

pytestmark = pytest.mark.quick


@pytest.mark.parametrize("dtype", TYPES)
def test_wasi_nn_types_since_015(wat: Wat, dtype: str) -> None:
    for types in ("new", "auto", TensorTypes.NEW):
        guest = make_guest(wat, lambda x: x[::-1], tensor_types=types)
        context = guest.open()
        tensor = np.arange(6).reshape(3, 2).astype(dtype)
        assert guest.set_input(context, 0, tensor) == 0
        assert guest.compute(context) == 0
        assert np.array_equal(guest.output(context, dtype=dtype), tensor[::-1].ravel())


@pytest.mark.parametrize(("number", "dtype"), list(enumerate(["float16", "float32", "uint8", "int32"])))
def test_wasi_nn_types_before_015(wat: Wat, number: int, dtype: str) -> None:
    seen: list[np.dtype[Any]] = []

    def model(x: npt.NDArray[Any]) -> npt.NDArray[Any]:
        seen.append(x.dtype)
        return x

    for types in ("old", "auto"):
        guest = make_guest(wat, model, tensor_types=types)
        context = guest.open()
        assert guest.set_input(context, 0, np.ones((2, 3), dtype), type=number) == 0
        assert guest.compute(context) == 0
    assert seen == [np.dtype(dtype)] * 2


@pytest.mark.parametrize(
    ("types", "number", "size"),
    [("old", 4, 24), ("old", 2, 48), ("new", 2, 6), ("new", 6, 24), ("auto", 6, 24), ("auto", 2, 24), ("auto", -1, 24)],
)
def test_wasi_nn_types_that_are_none(wat: Wat, types: str, number: int, size: int) -> None:
    guest = make_guest(wat, DOUBLE["model"], tensor_types=types)
    context = guest.open()
    assert guest.set_input(context, 0, np.zeros(size, np.uint8), dims=(6,), type=number & 0xFFFFFFFF) == 1


def test_wasi_nn_inputs_are_views_and_are_not_kept(wat: Wat) -> None:
    class Graph:
        def init_execution_context(self) -> Any:
            return self

        def set_input(self, index: int, tensor: npt.NDArray[Any]) -> None:
            whole = guest.memory.view()
            self.found = (index, np.shares_memory(tensor, whole), tensor.shape, tensor.dtype)
            tensor[0] = 5

        def compute(self) -> None:
            pass

        def get_output(self, index: int) -> bytes:
            return b""

    graph = Graph()
    guest = make_guest(wat, graph)
    context = guest.open()
    assert guest.set_input(context, 3, np.zeros((2, 2), np.int32)) == 0
    assert graph.found == (3, True, (2, 2), np.dtype("int32"))
    assert guest.memory.view("<i4", 65536, 4).tolist() == [5, 5, 0, 0]

    guest = make_guest(wat, lambda x: x)
    context = guest.open()
    assert guest.set_input(context, 0, np.ones(4, np.float32)) == 0
    guest.memory.fill(65536, 0, 16)  # a guest may free its tensor as soon as it is set
    assert guest.compute(context) == 0
    assert guest.output(context).tolist() == [1, 1, 1, 1]


def test_wasi_nn_inputs_need_not_be_aligned(wat: Wat) -> None:
    guest = make_guest(wat, lambda x: x * 3)
    context = guest.open()
    guest.memory.write(65537, np.arange(5.0))
    assert guest.set_input(context, 0, np.arange(5.0), at=65537) == 0
    assert guest.compute(context) == 0
    assert guest.output(context, dtype="<f8").tolist() == [0, 3, 6, 9, 12]


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (b"abc", [b"abc"]),
        (bytearray(b"abc"), [b"abc"]),
        (np.float32(1.5), [b"\0\0\xc0?"]),
        (np.arange(3, dtype=">i2"), [b"\0\0\1\0\2\0"]),
        (np.arange(6, dtype=np.uint8).reshape(2, 3).T, [b"\0\3\1\4\2\5"]),
        (np.array([True, False]), [b"\1\0"]),
        (np.zeros((0, 4)), [b""]),
        ((b"a", np.uint8(2)), [b"a", b"\2"]),
        ({"x": b"a", "y": b""}, [b"a", b""]),
        ([], []),
    ],
    ids=repr,
)
def test_wasi_nn_outputs(wat: Wat, result: Any, expected: list[bytes]) -> None:
    guest = make_guest(wat, lambda: result)
    context = guest.open()
    assert guest.compute(context) == 0
    assert [guest.get_output(context, index) for index in range(len(expected))] == expected
    assert guest.get_output(context, len(expected)) == Errno.INVALID_ARGUMENT


@pytest.mark.parametrize("result", [None, "text", print, np.array(["a"]), np.array([None])], ids=repr)
def test_wasi_nn_outputs_that_are_no_numbers(wat: Wat, result: Any) -> None:
    guest = make_guest(wat, lambda: result)
    context = guest.open()
    assert guest.compute(context) == 0
    assert guest.get_output(context) == Errno.RUNTIME_ERROR


def test_wasi_nn_outputs_are_cut_off_where_there_is_no_room(wat: Wat) -> None:
    guest = make_guest(wat, lambda: np.arange(8, dtype=np.uint8))
    context = guest.open()
    assert guest.compute(context) == 0
    assert guest.get_output(context, room=3) == b"\0\1\2"
    assert guest.get_output(context, room=0) == b""


@given(
    dims=st.lists(st.integers(0, 5), max_size=6),
    dtype=st.sampled_from(sorted(TYPES)),
    data=st.data(),
)
def test_wasi_nn_round_trip(wat: Wat, dims: list[int], dtype: str, data: st.DataObject) -> None:
    tensor = np.frombuffer(
        data.draw(st.binary(min_size=(size := int(np.prod(dims)) * np.dtype(dtype).itemsize), max_size=size)), dtype
    ).reshape(dims)
    guest = make_guest(wat, lambda x: x)
    context = guest.open()
    assert guest.set_input(context, 0, tensor) == 0
    assert guest.compute(context) == 0
    assert guest.get_output(context) == tensor.tobytes()


def test_wasi_nn_several_inputs(wat: Wat) -> None:
    guest = make_guest(wat, lambda a, b: a - b)
    context = guest.open()
    assert guest.set_input(context, 1, np.ones(2, np.float32)) == 0
    assert guest.compute(context) == Errno.INVALID_ARGUMENT  # there is no input 0
    assert guest.set_input(context, 0, np.full(2, 3, np.float32)) == 0
    assert guest.compute(context) == 0
    assert guest.output(context).tolist() == [2, 2]
    assert guest.set_input(context, 0, np.zeros(2, np.float32)) == 0
    assert guest.compute(context) == 0
    assert guest.output(context).tolist() == [-1, -1]
