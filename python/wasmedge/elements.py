# SPDX-License-Identifier: Apache-2.0
"""Which element of an array an exception is about."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from wasmedge.errors import WasmEdgeError

__all__ = ["note_element", "note_method"]


def note_element(  # noqa: PLR0913, PLR0917 - what the extension knows of a call
    exception: BaseException,
    ufunc: np.ufunc,
    args: tuple[Any, ...],
    keywords: dict[str, Any],
    position: int,
    addresses: list[int],
) -> None:
    """Tell an exception the index of the element that raised it; called by the extension.

    Args:
        exception: The exception. It gets the attribute ``index``; one of this package says it in its message, others
            in a note.
        ufunc: What was called.
        args: Its arguments.
        keywords: Its keyword arguments.
        position: How many elements came before in the order in which numpy went through the arrays.
        addresses: Where the element's operands were: in the arrays, or in a buffer of numpy's.
    """
    index = _Call(ufunc, args, keywords).locate(position, addresses)
    exception.index = index[0] if len(index) == 1 else index  # type: ignore[attr-defined]
    if index:
        _say(exception, f"at element {exception.index}", ufunc.__name__)  # type: ignore[attr-defined]


def note_method(exception: BaseException, name: str) -> None:
    """Tell an exception of `reduce`, `accumulate` or `at` whose it is; called by the extension."""
    if not isinstance(exception, WasmEdgeError):
        _say(exception, "in a method", name)


def _say(exception: BaseException, text: str, name: str) -> None:
    if isinstance(exception, WasmEdgeError):
        exception.message = f"{exception.message}, {text}"
        exception.args = (exception.message, *exception.args[1:])
    else:
        # Written by hand rather than by add_note(), which Python 3.10 does not have.
        notes = [*getattr(exception, "__notes__", []), f"{name}() raised it {text}"]
        exception.__notes__ = notes  # type: ignore[attr-defined]


class _Call:
    """The operands of a call, without what a core function sees of them."""

    def __init__(self, ufunc: np.ufunc, args: tuple[Any, ...], keywords: dict[str, Any]) -> None:
        out = keywords.get("out", ())
        outputs = args[ufunc.nin :] or (out if isinstance(out, tuple) else (out,))
        self._operands = [*args[: ufunc.nin], *outputs]
        self._inputs = ufunc.nin
        self._order = keywords.get("order", "K")
        self._where = keywords.get("where", True)
        self._core = _core_dimensions(ufunc.signature) if ufunc.signature else [0] * ufunc.nargs
        # Other axes than the last ones are rare, and then the order is taken for granted.
        self._moves_axes = "axes" in keywords or "axis" in keywords

    def locate(self, position: int, addresses: list[int]) -> tuple[int, ...]:
        shapes = [self._outer(np.shape(each), core) for each, core in zip(self._operands, self._core, strict=False)]
        shape = np.broadcast_shapes(*(shape for shape in shapes[: self._inputs]))
        return self._by_addresses(shape, addresses) or self._by_position(shape, position)

    @staticmethod
    def _outer(shape: tuple[int, ...], core: int) -> tuple[int, ...]:
        return shape[: len(shape) - core]

    def _by_addresses(self, shape: tuple[int, ...], addresses: list[int]) -> tuple[int, ...] | None:
        """Find the index from where the operands are, those of them that numpy did not buffer."""
        if self._moves_axes:
            return None
        found: dict[int, int] = {}
        for operand, core, address in zip(self._operands, self._core, addresses, strict=False):
            if isinstance(operand, np.ndarray):
                own = self._outer(operand.shape, core)
                steps = _decompose(address - operand.ctypes.data, own, operand.strides)
                offset = len(shape) - len(own)
                found.update({offset + axis: step for axis, step in (steps or {}).items()})
        if any(length > 1 and axis not in found for axis, length in enumerate(shape)):
            return None
        return tuple(found.get(axis, 0) for axis in range(len(shape)))

    def _by_position(self, shape: tuple[int, ...], position: int) -> tuple[int, ...]:
        """Find the index from the count: numpy goes through arrays as they lie in memory."""
        if position >= math.prod(shape):
            return ()
        if self._where is not True:
            chosen = np.flatnonzero(np.broadcast_to(np.asarray(self._where, bool), shape))
            return tuple(int(each) for each in np.unravel_index(int(chosen[min(position, len(chosen) - 1)]), shape))
        if any(self._core):
            return tuple(int(each) for each in np.unravel_index(position, shape))
        inputs = [np.asarray(each) for each in self._operands[: self._inputs]]
        iterator = np.nditer(inputs, flags=["multi_index", "refs_ok"], order=self._order)
        iterator.iterindex = position  # type: ignore[misc]  # the stubs do not know better
        return tuple(iterator.multi_index)


def _core_dimensions(signature: str) -> list[int]:
    """Return how many dimensions of each operand are the core function's."""
    groups = signature.replace("->", ",").replace(" ", "").split("),")
    return [len([each for each in group.strip("()").split(",") if each]) for group in groups]


def _decompose(difference: int, shape: tuple[int, ...], strides: tuple[int, ...]) -> dict[int, int] | None:
    """Return the index, by axis, of what lies so many bytes behind the first element; None when there is nothing."""
    axes = sorted((axis for axis in range(len(shape)) if shape[axis] > 1), key=lambda axis: -abs(strides[axis]))
    # Counted from the lowest address on, so that all steps are forwards.
    rest = difference - sum((shape[axis] - 1) * strides[axis] for axis in axes if strides[axis] < 0)
    found = {}
    for axis in axes:
        step = abs(strides[axis])
        if step == 0:
            continue
        count, rest = divmod(rest, step)
        if not 0 <= count < shape[axis]:
            return None
        found[axis] = shape[axis] - 1 - count if strides[axis] < 0 else count
    return found if rest == 0 else None
