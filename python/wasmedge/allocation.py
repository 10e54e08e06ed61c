# SPDX-License-Identifier: Apache-2.0
"""Blocks of a guest's heap, taken and given back by the guest's own functions."""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Any, NamedTuple

from wasmedge._core import ErrCode, Function, Memory, ValType
from wasmedge.errors import FunctionNotFoundError

if TYPE_CHECKING:
    from types import TracebackType

    import numpy as np
    import numpy.typing as npt
    from typing_extensions import Buffer, Self

    from wasmedge._core import Instance

__all__ = ["Allocation"]

# What compilers and their libraries call the functions, the first that is there: C, Rust's wasm-bindgen, the Component
# Model's canonical ABI, and what people write by hand. The canonical ABI has no function that frees: callees do.
_CONVENTIONS = (
    ("malloc", "free"),
    ("__wbindgen_malloc", "__wbindgen_free"),
    ("cabi_realloc", None),
    ("alloc", "dealloc"),
)


class _Allocator(NamedTuple):
    """The functions of a guest that give and take blocks, and the memory that these are in."""

    malloc: Function
    free: Function | None
    memory: Memory

    def take(self, size: int, alignment: int) -> int:
        """Return the address of a new block."""
        arguments = {1: (size,), 2: (size, alignment), 4: (0, 0, alignment, size)}[len(self.malloc.type.params)]
        bits = 64 if self.malloc.type.results[0] == ValType.I64 else 32
        address = int(self.malloc(*arguments)) & ((1 << bits) - 1)
        if address == 0:
            raise MemoryError(f"the guest's {self.malloc.name}() has no {size} bytes")
        return address

    def give_back(self, address: int, size: int, alignment: int) -> None:
        """Free a block, where the guest can."""
        if self.free is not None:
            self.free(*(address, size, alignment)[: len(self.free.type.params)])


class Allocation:
    """A block of a guest's memory that the guest's own allocator gave, made by `Instance.allocate`.

    As a context manager it is freed at the end of the block. It is not freed by being dropped: a guest may have kept
    its address.

    Attributes:
        pointer: The address of the first byte, to pass to the guest's functions.
        size: The number of bytes.
    """

    def __init__(self, allocator: _Allocator, dtype: np.dtype[Any], shape: tuple[int, ...]) -> None:
        self._allocator = allocator
        self._dtype = dtype
        self._shape = shape
        self.size = math.prod(shape) * dtype.itemsize
        self._alignment = max(dtype.alignment, 1)
        # An allocator may give nothing for no bytes.
        self.pointer = allocator.take(max(self.size, 1), self._alignment)
        self._freed = False

    @property
    def array(self) -> npt.NDArray[Any]:
        """The block as an array of the dtype and shape that it was made with, on the memory itself.

        It may be used for as long as the block is not freed. Afterwards it is still on the same bytes of the memory,
        which the guest may use for something else.

        Raises:
            ValueError: The block was freed.
            OutOfBoundsError: The guest gave an address outside of its memory.
        """
        return self.view(self._dtype, self._shape)

    def view(self, dtype: npt.DTypeLike = "uint8", shape: int | tuple[int, ...] | None = None) -> npt.NDArray[Any]:
        """Return an array on the beginning of the block.

        Args:
            dtype: The type of the elements.
            shape: The number of elements, or of those in each dimension; None for as many as there is room for.

        Raises:
            ValueError: The block was freed, or is too small.
            OutOfBoundsError: The guest gave an address outside of its memory.
        """
        if self._freed:
            raise ValueError("the block was freed")
        if shape is None:
            shape = self.size // self._allocator.memory.view(dtype, shape=0).dtype.itemsize
        array = self._allocator.memory.view(dtype, self.pointer, shape)
        if array.nbytes > self.size:
            raise ValueError(f"the array has {array.nbytes} bytes, but the block {self.size}")
        return array

    def free(self) -> None:
        """Give the block back to the guest; a second time does nothing.

        Where the guest has no function for that, the block stays the guest's.

        Raises:
            Trap: The guest's function traps.
        """
        if not self._freed:
            self._freed = True
            self._allocator.give_back(self.pointer, max(self.size, 1), self._alignment)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.free()

    def __repr__(self) -> str:
        state = "freed" if self._freed else f"at {self.pointer:#x}"
        return f"<Allocation of {self.size} bytes {state}>"


def _allocate(
    instance: Instance, data: int | Buffer | npt.NDArray[Any], malloc: str | None, free: str | None, memory: str | None
) -> Allocation:
    """Take a block of an instance's heap, and copy data into it; called by the extension.

    See `Instance.allocate`.
    """
    # Here, as numpy takes longer to import than all of this package.
    import numpy as np  # noqa: PLC0415

    allocator = _find_allocator(instance, malloc, free, memory)
    if not isinstance(data, (np.ndarray, bool)) and hasattr(data, "__index__"):
        count = operator.index(data)  # type: ignore[arg-type]
        if count < 0:
            raise ValueError(f"a block has at least 0 bytes, not {count}")
        return Allocation(allocator, np.dtype(np.uint8), (count,))
    array = data if isinstance(data, np.ndarray) else np.asarray(memoryview(data))  # type: ignore[arg-type]
    if array.dtype.hasobject:
        raise TypeError("an array of Python objects has no bytes for a guest")
    made = Allocation(allocator, array.dtype, array.shape)
    try:
        allocator.memory.write(made.pointer, array)
    except BaseException:
        made.free()
        raise
    return made


def _find_allocator(instance: Instance, malloc: str | None, free: str | None, memory: str | None) -> _Allocator:
    conventions = [(malloc, free)] if malloc is not None else [(name, free or its) for name, its in _CONVENTIONS]
    functions = instance.functions
    for name, its_free in conventions:
        if name not in functions:
            continue
        found = functions[name]
        if len(found.type.params) not in (1, 2, 4) or len(found.type.results) != 1:
            raise TypeError(f"{name}() is no allocator: its type is {found.type}")
        return _Allocator(
            found, _find_free(instance, its_free, required=free is not None), _find_memory(instance, memory)
        )
    names = ", ".join(name for name, _ in conventions)
    raise FunctionNotFoundError(f"{instance!r} exports no allocator ({names})", ErrCode.FUNC_NOT_FOUND)


def _find_free(instance: Instance, name: str | None, *, required: bool) -> Function | None:
    if name is None or name not in instance.functions:
        if required:
            raise FunctionNotFoundError(f"{instance!r} exports no function {name!r}", ErrCode.FUNC_NOT_FOUND)
        return None
    found = instance.functions[name]
    if not 1 <= len(found.type.params) <= 3:
        raise TypeError(f"{name}() frees no block: its type is {found.type}")
    return found


def _find_memory(instance: Instance, name: str | None) -> Memory:
    memories = instance.memories
    if name is None:
        name = "memory" if "memory" in memories or len(memories) != 1 else next(iter(memories))
    if name not in memories:
        raise LookupError(f"{instance!r} exports no memory {name!r}")
    return memories[name]
