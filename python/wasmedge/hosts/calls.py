# SPDX-License-Identifier: Apache-2.0
"""Calls of guest functions: from what a guest passes to a method, and from its outcome to what the guest gets."""

from __future__ import annotations

import logging
from operator import and_
from typing import TYPE_CHECKING, Any, NamedTuple

from wasmedge._core import CallingFrame
from wasmedge.errors import CostLimitExceeded, HostError, Interrupted, OutOfBoundsError, Terminate

if TYPE_CHECKING:
    from collections.abc import Callable

    from wasmedge.hosts.layout import Layout

__all__ = ["Answer", "Declaration", "GuestError", "call_by_frame", "call_by_numbers"]

_LOGGER = logging.getLogger("wasmedge.hosts")
_U32 = 0xFFFF_FFFF
_MASKS = {"I": _U32, "Q": 0xFFFF_FFFF_FFFF_FFFF}  # make the bits of a number one without a sign
# These say how the guest's program ends, and are no failure of one call.
_PASSES = (Terminate, HostError, Interrupted, CostLimitExceeded)


class GuestError(Exception):
    """What a guest function raises to answer with an error number.

    Attributes:
        number: The error number.
    """

    def __init__(self, number: int, reason: str = "") -> None:
        super().__init__(reason or getattr(number, "name", str(number)))
        self.number = number


class Declaration(NamedTuple):
    """How a method of a host module was declared."""

    name: str | None
    success: int
    fault: int | None
    failure: int | None
    error: int | None
    is_silent: bool
    cost: int


class Answer:
    """What a guest gets when its call has failed."""

    def __init__(self, method: Any, declaration: Declaration, has_result: bool) -> None:
        self.success = declaration.success if has_result else None
        self._method = method
        self._declaration = declaration
        self._has_result = has_result
        self._raises = declaration.fault is None and declaration.failure is None and not declaration.is_silent

    def to_fault(self, error: Exception) -> Any:
        """Answer to what the guest points to."""
        return self._answer(error, self._declaration.fault, logging.DEBUG)

    def to_exception(self, error: Exception) -> Any:
        """Answer to what the method has raised."""
        if isinstance(error, _PASSES):
            raise error
        if isinstance(error, OutOfBoundsError):
            return self.to_fault(error)
        if not isinstance(error, GuestError):
            return self._answer(error, self._declaration.failure, logging.ERROR)
        if self._raises:
            raise error
        number = error.number if self._declaration.error is None else self._declaration.error
        return self._answer(error, number if self._has_result else None, logging.DEBUG)

    def _answer(self, error: Exception, number: int | None, level: int) -> Any:
        if number is None and not self._declaration.is_silent:
            raise error
        _LOGGER.log(
            level, "%s: %s", self._method.__qualname__, error, exc_info=error if level >= logging.ERROR else None
        )
        return number


def call_by_numbers(method: Any, parameters: list[Layout], _: bool, answer: Answer) -> Any:
    """Make what calls a method with numbers only."""
    makers = _makers(parameters)
    masks = [_MASKS.get(layout.format, -1) for layout in parameters]
    only_ints = not any(layout.format in "fd" for layout in parameters)
    success, to_exception = answer.success, answer.to_exception

    def call(*args: Any) -> Any:
        try:
            result = method(*map(and_, args, masks)) if only_ints else method(*[make(None, args) for make in makers])
        except Exception as error:
            return to_exception(error)
        return success if result is None else result

    return call


def call_by_frame(method: Any, parameters: list[Layout], wants_frame: bool, answer: Answer) -> Any:
    """Make what calls a method with the frame, or with what the guest points to."""
    makers = _makers(parameters)
    needs_memory = not all(layout.is_number for layout in parameters)
    success, to_exception, to_fault = answer.success, answer.to_exception, answer.to_fault

    def call(frame: CallingFrame, *args: Any) -> Any:
        try:
            memory = frame.memory() if needs_memory else None
            values = [make(memory, args) for make in makers]
        except (IndexError, ValueError) as error:
            return to_fault(error)
        try:
            result = method(frame, *values) if wants_frame else method(*values)
        except Exception as error:
            return to_exception(error)
        return success if result is None else result

    return call


def _makers(parameters: list[Layout]) -> list[Callable[[Any, tuple[Any, ...]], Any]]:
    """Return what makes each value of the memory and of all arguments."""
    found = []
    position = 0
    for layout in parameters:
        found.append(_maker(layout, position))
        position += layout.count
    return found


def _maker(layout: Layout, first: int) -> Callable[[Any, tuple[Any, ...]], Any]:
    build = layout.build
    if layout.is_number:
        mask = _MASKS.get(layout.format)
        return (lambda _, args: args[first]) if mask is None else (lambda _, args: args[first] & mask)
    # What is no number consists of addresses and sizes, of one or two.
    if layout.count == 1:
        return lambda memory, args: build(memory, (args[first] & _U32,))
    second = first + 1
    return lambda memory, args: build(memory, (args[first] & _U32, args[second] & _U32))
