# SPDX-License-Identifier: Apache-2.0
"""How the values of a C interface lie in a guest's memory: sizes, alignments, and how each is read and written."""

from __future__ import annotations

import dataclasses
import functools
import struct
import typing
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, TypeAlias, TypeVar

from wasmedge._core import ValType

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wasmedge._core import Memory

__all__ = ["AtMost", "Layout", "Tagged", "i8", "i16", "layout_of", "u8", "u16", "u32", "u64"]

Value = TypeVar("Value")


class _Scalar(NamedTuple):
    format: str


u8: TypeAlias = Annotated[int, _Scalar("B")]
u16: TypeAlias = Annotated[int, _Scalar("H")]
u32: TypeAlias = Annotated[int, _Scalar("I")]
u64: TypeAlias = Annotated[int, _Scalar("Q")]
i8: TypeAlias = Annotated[int, _Scalar("b")]
i16: TypeAlias = Annotated[int, _Scalar("h")]

_FORMATS = {ValType.I32: "i", ValType.I64: "q", ValType.F32: "f", ValType.F64: "d"}


@dataclasses.dataclass(frozen=True)
class AtMost:
    """How many items a slice, text or array may have, for an annotation.

    Example:
        >>> from typing import Annotated
        >>> from wasmedge.hosts import Array, AtMost, u32
        >>> Dimensions = Annotated[Array[u32], AtMost(8)]

    Attributes:
        count: The most items; bytes of a slice or text.
    """

    count: int


@dataclasses.dataclass(frozen=True)
class Tagged:
    """A tagged union, for an annotation: a number that says what follows it, and that.

    Its value is what follows the tag, or None for a tag that nothing follows. Any other tag is a ValueError.

    Example:
        >>> from typing import Annotated
        >>> from wasmedge import i32
        >>> from wasmedge.hosts import Tagged
        >>> OptionalHandle = Annotated[int | None, Tagged({0: i32, 1: None})]

    Attributes:
        cases: For each tag the annotation of what follows it, or None.
        tag: The annotation of the tag.
    """

    cases: Mapping[int, Any]
    tag: Any = u8

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other


@dataclasses.dataclass(frozen=True)
class Layout:
    """How values of a type lie in memory, by the C interface of wasm32.

    Attributes:
        format: Its primitives in the terms of `struct`, padding included, without the byte order.
        size: In bytes, a multiple of the alignment.
        align: In bytes.
        count: The number of primitives.
        build: Makes the value of a memory and of primitives.
        flatten: Makes the primitives of a value; None for what is only read.
        is_number: Whether it is one number, for which no memory is needed.
        is_direct: Whether a guest passes its primitives as arguments, and not a pointer to it.
    """

    format: str
    size: int
    align: int
    count: int
    build: Callable[[Memory, tuple[Any, ...]], Any]
    flatten: Callable[[Any], tuple[Any, ...]] | None = None
    is_number: bool = False
    is_direct: bool = True

    @functools.cached_property
    def _struct(self) -> struct.Struct:
        return struct.Struct("<" + self.format)

    def load(self, memory: Memory, address: int) -> Any:
        """Read a value.

        Raises:
            OutOfBoundsError: It is not all in the memory, or what it points to is not.
        """
        return self.build(memory, self._struct.unpack(memory.read(address, self.size)))

    def store(self, memory: Memory, address: int, value: Any) -> None:
        """Write a value.

        Raises:
            OutOfBoundsError: There is no room for it at that address.
            OverflowError: A number does not fit.
            TypeError: Values of the type are only read, or this is none.
        """
        if self.flatten is None:
            raise TypeError("values of this type are only read from guests")
        try:
            data = self._struct.pack(value) if self.is_number else self._struct.pack(*self.flatten(value))
        except struct.error as error:
            raise OverflowError(f"{value!r}: {error}") from None
        memory.write(address, data)


def layout_of(annotation: Any) -> Layout:
    """Return how values that an annotation stands for lie in memory.

    Args:
        annotation: A scalar, `Ptr`, `Slice`, `Text`, ``Array[T]``, `Tagged`, or a class that is a `NamedTuple` of such.

    Raises:
        TypeError: It is none of these.
    """
    if isinstance(annotation, ValType):
        return _scalar(_FORMATS[annotation])
    return _layout_of(annotation)


@functools.cache
def _layout_of(annotation: Any) -> Layout:
    metadata = getattr(annotation, "__metadata__", ())
    base = annotation.__origin__ if metadata else annotation
    limit = next((item for item in metadata if isinstance(item, AtMost)), None)
    for item in metadata:
        if isinstance(item, _Scalar):
            return _scalar(item.format)
        if isinstance(item, ValType) and item in _FORMATS:
            return _scalar(_FORMATS[item])
        if isinstance(item, Tagged):
            return _tagged(item)
        if isinstance(item, Layout):
            return _limited(item, limit)
    origin = typing.get_origin(base) or base
    make = getattr(origin, "_layout", None)
    if make is not None:
        return _limited(make(*typing.get_args(base)), limit)
    if isinstance(base, type) and issubclass(base, tuple) and hasattr(base, "_fields"):
        return _structure(base)
    raise TypeError(f"{annotation!r} says nothing about how it lies in a guest's memory")


def _limited(layout: Layout, limit: AtMost | None) -> Layout:
    """Check the number that comes second, before anything is made of it."""
    if limit is None:
        return layout
    if layout.count != 2:
        raise TypeError("AtMost is for what has a length")

    def build(memory: Memory, primitives: tuple[Any, ...]) -> Any:
        if primitives[1] > limit.count:
            raise ValueError(f"{primitives[1]} items are more than {limit.count}")
        return layout.build(memory, primitives)

    return dataclasses.replace(layout, build=build)


@functools.cache
def _scalar(format_: str) -> Layout:
    size = struct.calcsize("<" + format_)
    return Layout(
        format_,
        size,
        size,
        1,
        lambda _, primitives: primitives[0],
        lambda value: (value,),
        is_number=True,
        is_direct=size >= 4,
    )


def _structure(class_: Any) -> Layout:
    hints = typing.get_type_hints(class_, include_extras=True)
    fields = [layout_of(hints[name]) for name in class_._fields]
    format_, offset, starts, count = "", 0, [], 0
    for field in fields:
        padding = -offset % field.align
        format_ += f"{padding}x" * (padding > 0) + field.format
        offset += padding + field.size
        starts.append(count)
        count += field.count
    align = max((field.align for field in fields), default=1)
    padding = -offset % align
    places = [(field.build, start, start + field.count) for field, start in zip(fields, starts, strict=True)]

    def build(memory: Memory, primitives: tuple[Any, ...]) -> Any:
        return class_(*(make(memory, primitives[start:end]) for make, start, end in places))

    def flatten(value: Any) -> tuple[Any, ...]:
        found: list[Any] = []
        for field, item in zip(fields, value, strict=True):
            assert field.flatten is not None
            found += field.flatten(item)
        return tuple(found)

    writable = all(field.flatten is not None for field in fields)
    return Layout(
        format_ + f"{padding}x" * (padding > 0),
        offset + padding,
        align,
        count,
        build,
        flatten if writable else None,
        is_direct=False,
    )


def _tagged(union: Tagged) -> Layout:
    tag = layout_of(union.tag)
    cases = {number: None if case is None else layout_of(case) for number, case in union.cases.items()}
    payloads = [case for case in cases.values() if case is not None]
    align = max([tag.align, *(case.align for case in payloads)])
    offset = tag.size + -tag.size % max((case.align for case in payloads), default=1)
    size = offset + max((case.size for case in payloads), default=0)
    size += -size % align

    def build(memory: Memory, primitives: tuple[Any, ...]) -> Any:
        (raw,) = primitives
        number = struct.unpack_from("<" + tag.format, raw)[0]
        if number not in cases:
            raise ValueError(f"{number} is no tag of the union")
        case = cases[number]
        return None if case is None else case.build(memory, struct.unpack_from("<" + case.format, raw, offset))

    return Layout(f"{size}s", size, align, 1, build, is_direct=False)
