# SPDX-License-Identifier: Apache-2.0
"""Calls of functions made by wasm-bindgen, by the conventions of WasmEdge's Go package."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wasmedge._core import Instance, Memory

__all__ = ["Bindgen"]

# Where wasm-bindgen's functions put a result that is no i32: an address that Rust's programs leave free for it.
_ARRAY_RESULT = 8
_I64_RESULT = 0


class Bindgen(enum.Enum):
    """What a function made by wasm-bindgen returns."""

    VOID = "void"
    I32 = "i32"
    I64 = "i64"
    ARRAY = "array"


def call(instance: Instance, function: str, args: Sequence[Any], returns: Bindgen) -> int | bytes | None:
    """Call a function made by wasm-bindgen.

    Args:
        instance: The instance, which exports its memory, ``__wbindgen_malloc`` and ``__wbindgen_free`` where arrays are
            passed.
        function: The exported function's name.
        args: Ints (those beyond 32 bits, and numpy's of 64, as two i32), and bytes-like objects or str as arrays.
        returns: What the function returns.

    Returns:
        None, an int, or the bytes of the returned array, whose memory in the guest has been freed.

    Raises:
        TypeError: An argument is of another type, or `returns` is no `Bindgen`.
        ValueError: The instance does not export what passing arrays needs.
        Trap: Execution trapped.
    """
    if not isinstance(returns, Bindgen):
        raise TypeError(f"returns must be a Bindgen, not {type(returns).__name__}")
    target = instance.exports[function]
    passed = [number for arg in args for number in _pass(instance, arg)]
    if returns is Bindgen.ARRAY:
        target(_ARRAY_RESULT, *passed)
        return _take_array(instance)
    if returns is Bindgen.I64:
        target(_I64_RESULT, *passed)
        return int.from_bytes(_memory(instance).read(_I64_RESULT, 8), "little", signed=True)
    result = target(*passed)
    return int(result) if returns is Bindgen.I32 else None


def _pass(instance: Instance, arg: Any) -> Iterator[int]:
    """Give the numbers that an argument becomes."""
    if isinstance(arg, str):
        arg = arg.encode()
    if isinstance(arg, bool):
        raise TypeError("bool cannot be passed to a wasm-bindgen function; pass 0 or 1")
    if hasattr(arg, "__index__"):
        yield from _pass_int(arg)
    elif isinstance(arg, (bytes, bytearray, memoryview)):
        yield from _pass_array(instance, bytes(arg))
    else:
        raise TypeError(f"{type(arg).__name__} cannot be passed to a wasm-bindgen function; pass int, bytes or str")


def _pass_int(arg: Any) -> Iterator[int]:
    number = arg.__index__()
    if getattr(arg, "itemsize", 4) <= 4 and -(1 << 31) <= number < 1 << 32:
        yield number
        return
    if not -(1 << 63) <= number < 1 << 64:
        raise OverflowError(f"{number} has more than 64 bits")
    bits = number & ((1 << 64) - 1)
    yield bits & 0xFFFFFFFF
    yield bits >> 32


def _pass_array(instance: Instance, data: bytes) -> Iterator[int]:
    address = _export(instance, "__wbindgen_malloc")(len(data))
    _memory(instance).write(address & 0xFFFFFFFF, data)
    yield address
    yield len(data)


def _take_array(instance: Instance) -> bytes:
    header = _memory(instance).read(_ARRAY_RESULT, 8)
    address, size = int.from_bytes(header[:4], "little"), int.from_bytes(header[4:], "little")
    data = _memory(instance).read(address, size)
    _export(instance, "__wbindgen_free")(address, size)
    return data


def _export(instance: Instance, name: str) -> Any:
    if name not in instance.functions:
        raise ValueError(f"{instance!r} exports no {name}, which passing arrays by wasm-bindgen's conventions needs")
    return instance.functions[name]


def _memory(instance: Instance) -> Memory:
    for memory in instance.memories.values():
        return memory
    raise ValueError(f"{instance!r} exports no memory, which wasm-bindgen's conventions need")
