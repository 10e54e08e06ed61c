# SPDX-License-Identifier: Apache-2.0
"""Arrays on linear memory: every dtype, offset and shape, with numpy as the oracle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import wasmedge
from wasmedge import Memory, OutOfBoundsError

if TYPE_CHECKING:
    from tests.conftest import Wat

pytestmark = pytest.mark.quick

PAGE = 65536
DTYPES = ["u1", "i1", "?", "<u2", "<i4", "<f4", "<f8", "<c16", ">u4", "<f2", "S5", "V3", "<U2", "M8[s]", "m8[ms]"]
STRUCTURE = np.dtype([("id", "<u4"), ("place", "<f4", (3,)), ("name", "S4")])


@pytest.fixture
def memory() -> Memory:
    """Return a memory of one page with bytes that differ."""
    made = Memory(wasmedge.Limit(1, 4))
    made.write(0, np.random.default_rng(1).integers(0, 256, PAGE, np.uint8))
    return made


def _address(array: np.ndarray[Any, Any]) -> int:
    return int(array.__array_interface__["data"][0])


def _base(array: np.ndarray[Any, Any]) -> Any:
    return array.base


def test_view_is_the_memory_itself(wat: Wat) -> None:
    exports = wasmedge.instantiate(
        wat("""(module (memory (export "memory") 1)
            (func (export "load") (param i32) (result f64) (f64.load (local.get 0)))
            (func (export "store") (param i32 f64) (f64.store (local.get 0) (local.get 1))))""")
    ).exports
    view = exports.memory.view(np.float64, offset=16, shape=4)
    exports.store(24, 2.5)
    assert view.tolist() == [0.0, 2.5, 0.0, 0.0]
    view[2] = -1.0
    assert exports.load(32) == -1.0


def test_view_is_an_ordinary_array(memory: Memory) -> None:
    view = memory.view("<f4", 8, (3, 5))
    assert type(view) is np.ndarray
    assert _base(view) is memory
    assert (view.dtype, view.shape, view.strides) == (np.dtype("<f4"), (3, 5), (20, 4))
    assert (view.flags.c_contiguous, view.flags.writeable, view.flags.aligned, view.flags.owndata) == (
        True,
        True,
        True,
        False,
    )


def test_view_takes_everything_by_default(memory: Memory) -> None:
    view = memory.view()
    assert (view.dtype, view.shape) == (np.dtype(np.uint8), (PAGE,))
    assert view.tobytes() == memory.read(0, PAGE)
    assert memory.view("<f8", offset=4).shape == ((PAGE - 4) // 8,)
    assert memory.view("<f8", offset=PAGE).shape == (0,)


@pytest.mark.parametrize("dtype", [*DTYPES, STRUCTURE, ("<i2", (2, 3))], ids=str)
@pytest.mark.parametrize("shape", [None, (), 7, (7,), [2, 3], (2, 0, 3), (1, 2, 3, 4)], ids=str)
@pytest.mark.parametrize("offset", [0, 3, 64])
def test_view_is_what_numpy_makes_of_the_bytes(memory: Memory, dtype: Any, shape: Any, offset: int) -> None:
    view = memory.view(dtype, offset, shape)
    item = np.dtype(dtype).itemsize
    count = (PAGE - offset) // item if shape is None else int(np.prod(shape))
    wanted = np.frombuffer(memory.read(offset, count * item), dtype, count).copy() if count else np.empty(0, dtype)
    wanted = (
        wanted.reshape((*np.atleast_1d(count if shape is None else shape), *np.dtype(dtype).shape))
        if (shape != ())
        else wanted.reshape(np.dtype(dtype).shape)
    )
    assert view.tobytes() == wanted.tobytes()
    assert (view.dtype, view.shape, view.strides) == (wanted.dtype, wanted.shape, wanted.strides)


@given(
    dtype=hnp.array_dtypes() | hnp.scalar_dtypes(),
    shape=hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=6),
    offset=st.integers(0, 300),
)
def test_view_of_any_kind_reads_and_writes(dtype: np.dtype[Any], shape: tuple[int, ...], offset: int) -> None:
    memory = Memory(1)
    size = int(np.prod(shape)) * dtype.itemsize
    if dtype.itemsize == 0:
        with pytest.raises(ValueError, match="0 bytes"):
            memory.view(dtype, offset, shape)
        return
    before = np.random.default_rng(size).integers(0, 2, PAGE, np.uint8)
    memory.write(0, before)
    view = memory.view(dtype, offset, shape)
    wanted = np.ndarray(shape, dtype, before.tobytes(), offset)
    assert (view.dtype, view.shape, view.tobytes()) == (wanted.dtype, wanted.shape, wanted.tobytes())
    if view.size:
        view[...] = np.zeros(1, dtype)[0]
        wanted = np.ndarray(shape, dtype, before.data, offset)
        wanted[...] = np.zeros(1, dtype)[0]
        assert memory.read(0, PAGE) == before.tobytes()


@given(
    dtype=st.sampled_from(["u1", "<u2", "<f8", "V7"]), offset=st.integers(-10, PAGE + 10), count=st.integers(0, PAGE)
)
def test_view_is_checked_against_the_size(dtype: str, offset: int, count: int) -> None:
    memory = Memory(1)
    if offset >= 0 and offset + count * np.dtype(dtype).itemsize <= PAGE:
        assert memory.view(dtype, offset, count).shape == (count,)
    else:
        with pytest.raises(OutOfBoundsError, match="are outside of the memory of 65536 bytes"):
            memory.view(dtype, offset, count)


def test_view_need_not_be_aligned(memory: Memory) -> None:
    view = memory.view("<f8", offset=3, shape=10)
    assert not view.flags.aligned
    view[:] = np.arange(10)
    assert view.sum() == 45
    assert memory.read(3, 80) == np.arange(10, dtype="<f8").tobytes()


WRONG: list[tuple[type[Exception], str, tuple[Any, ...]]] = [
    (TypeError, "not understood|Cannot interpret", ("no dtype",)),
    (ValueError, "no Python objects", (object,)),
    (ValueError, "no Python objects", ([("a", "i4"), ("b", object)],)),
    (ValueError, "0 bytes", ("V0",)),
    (ValueError, "0 bytes", ("S",)),
    (TypeError, "must be an int, not", ("u1", "0")),
    (TypeError, "must be an int, not", ("u1", 0.0)),
    (TypeError, "must be an int, not", ("u1", True)),
    (OutOfBoundsError, "outside", ("u1", -1)),
    (OutOfBoundsError, "outside", ("u1", PAGE + 1)),
    (OutOfBoundsError, "outside", ("u1", PAGE + 1, 0)),
    (IndexError, "out of range", ("u1", 1 << 64)),
    (OutOfBoundsError, "outside", ("u1", 1, PAGE)),
    (OutOfBoundsError, "outside", ("<f8", 0, PAGE)),
    (ValueError, "must not be negative", ("u1", 0, -1)),
    (ValueError, "must not be negative", ("u1", 0, (2, -1))),
    (ValueError, "more elements", ("u1", 0, (1 << 40, 1 << 40))),
    (ValueError, "more elements", ("<f8", 0, 1 << 62)),
    (ValueError, "must be below", ("u1", 0, 1 << 64)),
    (ValueError, "dimensions", ("u1", 0, (1,) * 65)),
    (TypeError, "shape", ("u1", 0, 1.5)),
    (TypeError, "must be an int, not", ("u1", 0, ("a",))),
    (TypeError, "at most 3 arguments", ("u1", 0, 1, 2)),
]


@pytest.mark.parametrize(("error", "match", "args"), WRONG, ids=[str(args)[:40] for _, _, args in WRONG])
def test_view_refuses(memory: Memory, error: type[Exception], match: str, args: tuple[Any, ...]) -> None:
    with pytest.raises(error, match=match):
        memory.view(*args)


def test_view_arguments_by_name(memory: Memory) -> None:
    assert memory.view(shape=(2,), offset=np.int64(4), dtype=np.uint16).tobytes() == memory.read(4, 4)
    call: Any = memory.view
    with pytest.raises(TypeError, match="unexpected keyword argument 'dtpye'"):
        call(dtpye="u1")
    with pytest.raises(UnicodeEncodeError):
        call(**{"\udc80": 1})
    with pytest.raises(TypeError, match="multiple values for argument 'dtype'"):
        call("u1", dtype="u1")


def test_view_of_a_shape_that_changes_while_it_is_read(memory: Memory) -> None:
    class Shrinking:
        def __index__(self) -> int:
            shape.clear()
            return 2

    shape: list[Any] = [Shrinking(), 3, 4]
    assert memory.view("u1", 0, shape).shape == (2,)


def test_view_of_a_closed_memory(memory: Memory) -> None:
    memory.close()
    with pytest.raises(ValueError, match="closed"):
        memory.view()


def test_view_of_a_memory_closed_by_its_own_arguments(memory: Memory) -> None:
    class Closing:
        def __index__(self) -> int:
            memory.close()
            return 0

    with pytest.raises(ValueError, match="closed"):
        memory.view("u1", Closing())


@pytest.mark.parametrize("dtype", ["u1", "<f8", STRUCTURE], ids=str)
def test_view_of_a_memory_without_pages(dtype: Any) -> None:
    memory = Memory(0)
    view = memory.view(dtype)
    assert (view.shape, _base(view)) == ((0,), memory)
    assert np.asarray(memory).shape == (0,)
    with pytest.raises(OutOfBoundsError):
        memory.view(dtype, 0, ())
    memory.grow(1)
    assert view.shape == (0,)
    assert memory.view(dtype).size == PAGE // np.dtype(dtype).itemsize


def test_view_keeps_its_length_and_place_when_the_memory_grows(wat: Wat) -> None:
    exports = wasmedge.instantiate(
        wat('(module (memory (export "memory") 1 9) (func (export "grow") (drop (memory.grow (i32.const 3)))))')
    ).exports
    memory: Memory = exports.memory
    view, before = memory.view("<u4"), memoryview(memory)
    view[-1] = 0xFFFFFFFF
    exports.grow()
    memory.grow(2)
    assert (len(memory), view.size, len(before)) == (6 * PAGE, PAGE // 4, PAGE)
    assert memory.read(PAGE - 4, 8) == b"\xff\xff\xff\xff\0\0\0\0"
    assert _address(memory.view()) == _address(view)
    view[0] = 1
    assert memory[0] == 1


def test_view_by_dlpack(memory: Memory) -> None:
    view = memory.view("<f4", 0, (2, 3))
    again = np.from_dlpack(view)
    assert _address(again) == _address(view)
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    tensor = torch.from_dlpack(view)
    tensor.fill_(3.0)
    assert tensor.data_ptr() == _address(view)
    assert view.tolist() == [[3.0] * 3] * 2


def test_view_of_a_64_bit_memory() -> None:
    memory = Memory(wasmedge.MemoryType(wasmedge.Limit(1, 2, is64=True)))
    view = memory.view("<u8", PAGE - 8, ())
    view[...] = 1 << 63
    assert memory.read(PAGE - 8, 8) == b"\0" * 7 + b"\x80"


def test_view_of_the_callers_memory_in_a_host_function(wat: Wat) -> None:
    kept: list[np.ndarray[Any, Any]] = []

    def double(frame: wasmedge.CallingFrame, at: wasmedge.i32, count: wasmedge.i32) -> None:
        view = frame.memory().view("<f8", at, count)
        view *= 2
        kept.append(view)

    exports = wasmedge.instantiate(
        wat("""(module (import "env" "double" (func $double (param i32 i32)))
            (memory (export "memory") 1)
            (func (export "run")
              (f64.store (i32.const 8) (f64.const 1.5)) (call $double (i32.const 0) (i32.const 4))))"""),
        imports={"env": {"double": double}},
    ).exports
    exports.run()
    assert kept[0].tolist() == [0.0, 3.0, 0.0, 0.0]
    exports.memory.write_scalar(0, 7.0, "<f8")
    del exports
    assert kept[0].tolist() == [7.0, 3.0, 0.0, 0.0]
