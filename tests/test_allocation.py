# SPDX-License-Identifier: Apache-2.0
"""Arrays in the heaps of guests, by the guests' own allocators."""

from __future__ import annotations

import array
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import wasmedge
from wasmedge import Instance, OutOfBoundsError

if TYPE_CHECKING:
    from tests.conftest import Wat

pytestmark = pytest.mark.quick

# Gives block after block, aligned to 16 bytes; counts what it is given back, and keeps what it was called with.
HEAP = """
  (memory (export "memory") 1 200)
  (global $next (mut i32) (i32.const 1024))
  (global $taken (export "taken") (mut i32) (i32.const 0))
  (global $freed (export "freed") (mut i32) (i32.const 0))
  (global $size (export "size") (mut i32) (i32.const -1))
  (global $alignment (export "alignment") (mut i32) (i32.const -1))
  (func $take (param $size i32) (result i32)
    (global.set $taken (i32.add (global.get $taken) (i32.const 1)))
    (global.set $size (local.get $size))
    (if (i32.gt_u (local.get $size) (i32.const 1000000)) (then (return (i32.const 0))))
    (global.get $next)
    (global.set $next (i32.and (i32.const -16)
      (i32.add (global.get $next) (i32.add (local.get $size) (i32.const 15))))))
  (func $give (param $pointer i32)
    (global.set $freed (local.get $pointer)))
  (func (export "sum") (param $at i32) (param $count i32) (result f64) (local $sum f64)
    (block $end (loop $next
      (br_if $end (i32.eqz (local.get $count)))
      (local.set $sum (f64.add (local.get $sum) (f64.load (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (br $next)))
    (local.get $sum))
"""
MALLOC = """
  (func (export "malloc") (param i32) (result i32) (call $take (local.get 0)))
  (func (export "free") (param i32) (call $give (local.get 0)))
"""
BINDGEN = """
  (func (export "__wbindgen_malloc") (param i32 i32) (result i32)
    (global.set $alignment (local.get 1)) (call $take (local.get 0)))
  (func (export "__wbindgen_free") (param i32 i32 i32)
    (global.set $size (local.get 1)) (global.set $alignment (local.get 2)) (call $give (local.get 0)))
"""
CANONICAL = """
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (if (i32.or (local.get 0) (local.get 1)) (then unreachable))
    (global.set $alignment (local.get 2)) (call $take (local.get 3)))
"""
ALLOC = """
  (func (export "alloc") (param i32) (result i32) (call $take (local.get 0)))
  (func (export "dealloc") (param i32 i32) (global.set $size (local.get 1)) (call $give (local.get 0)))
"""
CONVENTIONS = {"malloc": MALLOC, "wasm-bindgen": BINDGEN, "canonical ABI": CANONICAL, "alloc": ALLOC}


def _guest(wat: Wat, functions: str = MALLOC) -> Instance:
    return wasmedge.instantiate(wat(f"(module {HEAP} {functions})"))


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_allocation_by_each_convention(wat: Wat, convention: str) -> None:
    guest = _guest(wat, CONVENTIONS[convention])
    numbers = np.arange(10.0)
    with guest.allocate(numbers) as block:
        assert (block.pointer, block.size, guest.exports.size.value) == (1024, 80, 80)
        assert guest.exports.sum(block.pointer, len(numbers)) == 45.0
        assert (guest.exports.taken.value, guest.exports.freed.value) == (1, 0)
    frees = convention != "canonical ABI"
    assert guest.exports.freed.value == (1024 if frees else 0)
    if convention in ("wasm-bindgen", "canonical ABI"):
        assert guest.exports.alignment.value == 8
    assert guest.exports.size.value == 80


def test_allocation_is_an_array_on_the_memory(wat: Wat) -> None:
    guest = _guest(wat)
    block = guest.allocate(np.arange(6, dtype="<i2").reshape(2, 3))
    view = block.array
    assert (view.dtype, view.shape, view.tolist()) == (np.dtype("<i2"), (2, 3), [[0, 1, 2], [3, 4, 5]])
    view[1, 2] = -1
    assert guest.exports.memory.read_scalar(block.pointer + 10, "<i2") == -1
    assert block.view("<u4").shape == (3,)
    assert block.view("<u4", (1, 2)).shape == (1, 2)
    with pytest.raises(ValueError, match="16 bytes, but the block 12"):
        block.view("<u4", 4)
    block.free()
    block.free()
    assert guest.exports.freed.value == block.pointer
    with pytest.raises(ValueError, match="freed"):
        block.view()
    with pytest.raises(ValueError, match="freed"):
        block.array  # noqa: B018


@given(data=hnp.arrays(hnp.scalar_dtypes(), hnp.array_shapes(min_dims=0, max_dims=3, min_side=0), fill=st.nothing()))
def test_allocation_holds_what_it_was_given(wat: Wat, data: np.ndarray[Any, Any]) -> None:
    guest = _guest(wat)
    if data.dtype.itemsize == 0:
        return
    with guest.allocate(data) as block:
        assert (block.size, block.array.dtype, block.array.shape) == (data.nbytes, data.dtype, data.shape)
        assert block.array.tobytes() == data.tobytes()
        assert block.pointer % 16 == 0


@pytest.mark.parametrize("data", [b"bytes", bytearray(b"bytes"), memoryview(b"bytes"), array.array("B", b"bytes")])
def test_allocation_of_other_buffers(wat: Wat, data: Any) -> None:
    with _guest(wat).allocate(data) as block:
        assert block.array.tobytes() == b"bytes"


@pytest.mark.parametrize("size", [0, 1, 1000, np.int64(5)])
def test_allocation_of_a_size(wat: Wat, size: int) -> None:
    guest = _guest(wat)
    with guest.allocate(size) as block:
        assert (block.size, block.array.shape) == (size, (size,))
        assert guest.exports.size.value == max(size, 1)
        assert repr(block) == f"<Allocation of {size} bytes at 0x400>"
    assert repr(block) == f"<Allocation of {size} bytes freed>"


def test_allocation_is_freed_after_an_exception(wat: Wat) -> None:
    guest = _guest(wat)
    with pytest.raises(KeyError), guest.allocate(8):
        raise KeyError
    assert guest.exports.freed.value == 1024


def test_allocation_that_fails(wat: Wat) -> None:
    guest = _guest(wat)
    with pytest.raises(MemoryError, match=r"malloc\(\) has no 2000000 bytes"):
        guest.allocate(2_000_000)
    assert guest.exports.freed.value == 0


@pytest.mark.parametrize("data", ["text", [1, 2], None, 1.5, True, np.array([None])])
def test_allocation_of_what_has_no_bytes(wat: Wat, data: Any) -> None:
    guest = _guest(wat)
    with pytest.raises(TypeError):
        guest.allocate(data)
    assert guest.exports.taken.value == 0


def test_allocation_of_a_negative_size(wat: Wat) -> None:
    with pytest.raises(ValueError, match="at least 0 bytes, not -1"):
        _guest(wat).allocate(-1)


def test_allocation_without_an_allocator(wat: Wat) -> None:
    guest = _guest(wat, "")
    with pytest.raises(wasmedge.FunctionNotFoundError, match=r"no allocator.*malloc, __wbindgen_malloc, cabi_realloc"):
        guest.allocate(5)
    with pytest.raises(wasmedge.FunctionNotFoundError, match=r"no allocator.*mine"):
        guest.allocate(5, malloc="mine")
    with pytest.raises(wasmedge.FunctionNotFoundError, match="no function 'mine'"):
        _guest(wat).allocate(5, free="mine")
    with pytest.raises(TypeError, match=r"sum5\(\) is no allocator: its type is \(i32, i32, i32, i32, i32\)"):
        _guest(wat, '(func (export "sum5") (param i32 i32 i32 i32 i32))').allocate(5, malloc="sum5")


def test_allocation_by_other_names(wat: Wat) -> None:
    guest = wasmedge.instantiate(
        wat("""(module (memory (export "heap") 1)
            (global $freed (export "freed") (mut i32) (i32.const 0))
            (func (export "take") (param i32) (result i32) (i32.const 64))
            (func (export "give") (param i32) (global.set $freed (local.get 0))))""")
    )
    with guest.allocate(b"data", malloc="take", free="give") as block:
        assert guest.exports.heap.read(64, 4) == b"data"
        assert block.array.tobytes() == b"data"
    assert guest.exports.freed.value == 64
    with guest.allocate(b"more", malloc="take"):
        pass
    with pytest.raises(LookupError, match="no memory 'stack'"):
        guest.allocate(1, malloc="take", memory="stack")


def test_allocation_in_a_64_bit_memory(wat: Wat) -> None:
    guest = wasmedge.instantiate(
        wat("""(module (memory (export "memory") i64 1)
            (func (export "malloc") (param i64) (result i64) (i64.const 4096)))"""),
        configure=wasmedge.Configure(wasmedge.Proposal.MEMORY64),
    )
    with guest.allocate(np.arange(3)) as block:
        assert (block.pointer, block.array.tolist()) == (4096, [0, 1, 2])


def test_allocation_by_a_guest_that_lies(wat: Wat) -> None:
    def guest(address: int) -> Instance:
        return wasmedge.instantiate(
            wat(f"""(module (memory (export "memory") 1) (global (export "freed") (mut i32) (i32.const 0))
                (func (export "malloc") (param i32) (result i32) (i32.const {address}))
                (func (export "free") (param i32) (global.set 0 (local.get 0))))""")
        )

    for address in (65533, 65536, -1, -65536):
        lying = guest(address)
        with pytest.raises(OutOfBoundsError):
            lying.allocate(b"data")
        assert lying.exports.freed.value == address
        block = lying.allocate(4)
        with pytest.raises(OutOfBoundsError):
            block.array  # noqa: B018
    trapping = wasmedge.instantiate(
        wat('(module (memory (export "memory") 1) (func (export "malloc") (param i32) (result i32) unreachable))')
    )
    with pytest.raises(wasmedge.Trap):
        trapping.allocate(4)


def test_allocation_keeps_its_instance(wat: Wat) -> None:
    block = _guest(wat).allocate(np.arange(4.0))
    assert block.array.sum() == 6.0
    block.free()


def test_allocation_by_a_closed_instance(wat: Wat) -> None:
    guest = _guest(wat)
    guest.close()
    with pytest.raises(ValueError, match="closed"):
        guest.allocate(1)
