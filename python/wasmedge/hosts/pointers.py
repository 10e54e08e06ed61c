# SPDX-License-Identifier: Apache-2.0
"""What guests point to: checked against their memory when it is made, and read and written where it lies."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeAlias, TypeVar, overload

import numpy as np

from wasmedge.errors import OutOfBoundsError
from wasmedge.host import i32, i64
from wasmedge.hosts.layout import Layout, layout_of, u8, u32, u64

if TYPE_CHECKING:
    import numpy.typing as npt

    from wasmedge._core import Memory, _Bytes

__all__ = ["Array", "In", "Out", "OutI32", "OutI64", "OutU8", "OutU32", "OutU64", "Ptr", "Slice", "Text"]

Item = TypeVar("Item")


def _check(memory: Memory, address: int, size: int) -> None:
    if address + size > len(memory):
        raise OutOfBoundsError(f"{size} bytes at {address} are not in the memory of {len(memory)} bytes")


class Ptr:
    """An address in a guest's memory, of which nothing is known yet. It is false when it is null.

    Attributes:
        memory: The memory.
        address: The address.
    """

    __slots__ = ("address", "memory")

    def __init__(self, memory: Memory, address: int) -> None:
        self.memory = memory
        self.address = address

    def slice(self, size: int) -> Slice:
        """Return the bytes there.

        Args:
            size: The number of bytes.

        Raises:
            OutOfBoundsError: They are not all in the memory.
        """
        return Slice(self.memory, self.address, size)

    def read(self, annotation: Any) -> Any:
        """Read a value.

        Args:
            annotation: The value's type, such as `u32` or a `NamedTuple`.

        Raises:
            OutOfBoundsError: It is not all in the memory.
        """
        return layout_of(annotation).load(self.memory, self.address)

    def write(self, annotation: Any, value: Any) -> None:
        """Write a value.

        Args:
            annotation: The value's type.
            value: The value.

        Raises:
            OutOfBoundsError: There is no room for it.
            OverflowError: A number does not fit.
        """
        layout_of(annotation).store(self.memory, self.address, value)

    def __bool__(self) -> bool:
        return self.address != 0

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.address:#x})"

    @classmethod
    def _layout(cls) -> Layout:
        return Layout(
            "I", 4, 4, 1, lambda memory, primitives: cls(memory, primitives[0]), lambda value: (value.address,)
        )


class Slice:
    """Some bytes of a guest's memory: an address and a size, which are in the memory.

    Attributes:
        memory: The memory.
        address: The first byte's address.
        size: The number of bytes, as is ``len()``.
    """

    __slots__ = ("address", "memory", "size")

    def __init__(self, memory: Memory, address: int, size: int) -> None:
        _check(memory, address, size)
        self.memory = memory
        self.address = address
        self.size = size

    def __len__(self) -> int:
        return self.size

    def __bytes__(self) -> bytes:
        return self.memory.read(self.address, self.size)

    def view(self, dtype: npt.DTypeLike = "uint8") -> npt.NDArray[Any]:
        """Return an array on these bytes, without a copy.

        The guest may change them whenever it runs, which it does not while its call into the host lasts, unless it has
        threads.

        Args:
            dtype: The type of the elements.

        Raises:
            ValueError: There are bytes left over after the last element.
        """
        type_ = np.dtype(dtype)
        if self.size % type_.itemsize:
            raise ValueError(f"{self.size} bytes are no whole number of elements of {type_.itemsize}")
        return self.memory.view(type_, self.address, self.size // type_.itemsize)

    def text(self) -> str:
        """Return the bytes as text.

        Raises:
            UnicodeDecodeError: They are no UTF-8.
        """
        return bytes(self).decode()

    def write(self, data: _Bytes, *, truncate: bool = False) -> int:
        """Copy a buffer to the beginning.

        Args:
            data: What to copy; it may be of the same memory, and overlap.
            truncate: Whether to leave out what there is no room for.

        Returns:
            How many bytes were copied.

        Raises:
            OutOfBoundsError: There is no room for all of it. Nothing has been written then.
        """
        source = memoryview(data)  # type: ignore[arg-type] # numpy's arrays are buffers
        if not source.c_contiguous:
            source = memoryview(source.tobytes())
        source = source.cast("B") if source.nbytes else memoryview(b"")
        if source.nbytes > self.size and not truncate:
            raise OutOfBoundsError(f"{source.nbytes} bytes do not fit in {self.size}")
        source = source[: self.size]
        self.memory.write(self.address, source)
        return source.nbytes

    def __repr__(self) -> str:
        return f"Slice({self.address:#x}, {self.size})"

    @classmethod
    def _layout(cls) -> Layout:
        return Layout(
            "II",
            8,
            4,
            2,
            lambda memory, primitives: cls(memory, *primitives),
            lambda value: (value.address, value.size),
        )


class Array(Sequence[Item]):
    """Items in a guest's memory: an address and a count, which are in the memory. An item is read when it is asked for.

    Attributes:
        memory: The memory.
        address: The first item's address.
    """

    __slots__ = ("_count", "_item", "address", "memory")

    def __init__(self, memory: Memory, address: int, count: int, item: Layout) -> None:
        _check(memory, address, count * item.size)
        self.memory = memory
        self.address = address
        self._count = count
        self._item = item

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> list[Item]: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self._count))]
        if not -self._count <= index < self._count:
            raise IndexError(f"there are {self._count} items, and no {index}")
        return self._item.load(self.memory, self.address + index % self._count * self._item.size)

    def __iter__(self) -> Iterator[Item]:
        # Sequence's own takes the IndexError of an item that points out of the memory for the end.
        return (self[i] for i in range(self._count))

    def __repr__(self) -> str:
        return f"Array({self.address:#x}, {self._count})"

    @classmethod
    def _layout(cls, item: Any) -> Layout:
        layout = layout_of(item)

        def build(memory: Memory, primitives: tuple[Any, ...]) -> Array[Any]:
            address, count = primitives
            return Array(memory, address, count, layout)

        return Layout("II", 8, 4, 2, build, lambda array: (array.address, len(array)))


class Out(Generic[Item]):
    """Where a guest wants a result written: a pointer to room for it, which is in the memory.

    Attributes:
        memory: The memory.
        address: The address.
    """

    __slots__ = ("_item", "address", "memory")

    def __init__(self, memory: Memory, address: int, item: Layout) -> None:
        _check(memory, address, item.size)
        self.memory = memory
        self.address = address
        self._item = item

    def set(self, value: Item) -> None:
        """Write the result.

        Raises:
            OverflowError: A number does not fit.
        """
        self._item.store(self.memory, self.address, value)

    def __repr__(self) -> str:
        return f"Out({self.address:#x})"

    @classmethod
    def _layout(cls, item: Any) -> Layout:
        layout = layout_of(item)
        return Layout("I", 4, 4, 1, lambda memory, primitives: cls(memory, primitives[0], layout))


OutU8: TypeAlias = Out[u8]
OutI32: TypeAlias = Out[i32]
OutU32: TypeAlias = Out[u32]
OutI64: TypeAlias = Out[i64]
OutU64: TypeAlias = Out[u64]


def _text(memory: Memory, primitives: tuple[Any, ...]) -> str:
    return Slice(memory, *primitives).text()


Text: TypeAlias = Annotated[str, Layout("II", 8, 4, 2, _text)]


class _ByPointer:
    """Marks a parameter that is a pointer to the value."""

    def __repr__(self) -> str:
        return "by pointer"


BY_POINTER = _ByPointer()
In: TypeAlias = Annotated[Item, BY_POINTER]


@functools.cache
def pointed_to(annotation: Any) -> Layout:
    """Return how a pointer is read that stands for the value of this annotation."""
    layout = layout_of(annotation)
    return Layout("I", 4, 4, 1, lambda memory, primitives: layout.load(memory, primitives[0]))
