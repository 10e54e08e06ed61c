# SPDX-License-Identifier: Apache-2.0
"""Host functions that are written with what guests point to, and answer with error numbers."""

from __future__ import annotations

import inspect
import typing
from typing import TYPE_CHECKING, Any, TypeVar

from wasmedge._core import CallingFrame, Function, FunctionType, Instance, ValType
from wasmedge.hosts.calls import Answer, Declaration, GuestError, call_by_frame, call_by_numbers
from wasmedge.hosts.layout import Layout, layout_of
from wasmedge.hosts.pointers import BY_POINTER, pointed_to

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["GuestError", "add_functions", "guest_function"]

Method = TypeVar("Method", bound="Callable[..., Any]")

# What a guest passes for each primitive of an interface in C.
_PASSED = {"i": ValType.I32, "I": ValType.I32, "q": ValType.I64, "Q": ValType.I64, "f": ValType.F32, "d": ValType.F64}
_ATTRIBUTE = "_wasmedge_guest_function"


@typing.overload
def guest_function(method: Method, /) -> Method: ...
@typing.overload
def guest_function(
    *,
    name: str | None = None,
    success: int = 0,
    fault: int | None = None,
    failure: int | None = None,
    error: int | None = None,
    silent: bool = False,
    cost: int = 0,
) -> Callable[[Method], Method]: ...
def guest_function(
    method: Any = None,
    /,
    *,
    name: str | None = None,
    success: int = 0,
    fault: int | None = None,
    failure: int | None = None,
    error: int | None = None,
    silent: bool = False,
    cost: int = 0,
) -> Any:
    """Declare a method as a function that guests import.

    The method stays as it is; `add_functions` makes a `Function` of it. Its annotations give the type:

    ==========================================  =================  ====================================================
    Annotation                                  The guest passes   The method gets
    ==========================================  =================  ====================================================
    `i32`, `u32`, `i64`, `u64`, `f32`, `f64`    the number         int or float; `u32` and `u64` without a sign
    `Ptr`                                       an address         `Ptr`, not checked
    `Slice`                                     address, size      `Slice`, which is in the memory
    `Text`                                      address, size      str, out of UTF-8
    ``Array[T]``                                address, count     `Array`, which is in the memory
    ``In[T]``                                   an address         the value there
    ``Out[T]``, `OutU32` and so on              an address         `Out`, which is in the memory
    `CallingFrame` (the first one)              nothing            the caller's frame
    ==========================================  =================  ====================================================

    ``T`` is a scalar of C, a class that is a `NamedTuple` of such annotations, or a `Tagged` union.

    The result is i32, i64, f32 or f64 by its annotation, None for no result. Where error numbers are given, None stands
    for an i32 that is `success`, and the numbers take the place of exceptions. Where there are none, exceptions come
    out of the call of the guest.

    Args:
        method: The method.
        name: The name that guests import; the method's by default.
        success: What the guest gets when the method returns None.
        fault: What it gets when something that it points to is not in its memory, is too long, is no UTF-8, or has an
            unknown tag.
        failure: What it gets when the method raises anything else; the exception is logged by the logger
            ``wasmedge.hosts``. A `GuestError` has its own number.
        error: The one number for all that goes wrong, in the place of `fault`, `failure` and the number of a
            `GuestError`.
        silent: Whether a function without a result passes over exceptions, which are logged all the same.
        cost: What a call costs, where cost is measured.

    Returns:
        The method, or a decorator for it.

    Raises:
        TypeError: An annotation is missing, or is none of these.
    """
    if error is not None:
        fault = failure = error
    declaration = Declaration(name, success, fault, failure, error, silent, cost)

    def declare(function: Any) -> Any:
        setattr(function, _ATTRIBUTE, declaration)
        return function

    return declare if method is None else declare(method)


def add_functions(instance: Instance, receiver: object) -> None:
    """Add an object's guest functions to an instance.

    The instance keeps the object alive. The object should not keep the instance, or only Python's garbage collector
    finds out when both are not needed any more.

    Args:
        instance: An instance made by ``Instance(name)``.
        receiver: An object whose class has methods declared by `guest_function`.

    Raises:
        TypeError: The class has none, or annotations that say nothing.
        ValueError: The instance has an export of that name.
    """
    found = list(_declared(receiver))
    if not found:
        raise TypeError(f"{type(receiver).__name__} has no methods declared by guest_function")
    for method, declaration in found:
        instance.add(declaration.name or method.__name__, _make_function(method, declaration))


def _declared(receiver: object) -> Iterator[tuple[Any, Declaration]]:
    names = dict.fromkeys(name for class_ in reversed(type(receiver).__mro__) for name in vars(class_))
    for name in names:
        method = inspect.getattr_static(receiver, name)
        declaration = getattr(method, _ATTRIBUTE, None)
        if isinstance(declaration, Declaration):
            yield getattr(receiver, name), declaration


def _make_function(method: Any, declaration: Declaration) -> Function:
    parameters, wants_frame = _parameters(method)
    result = _result(method, declaration)
    if declaration.is_silent and result is not None:
        raise TypeError(f"{method.__qualname__}() has a result, so it cannot be silent")
    type_ = FunctionType(
        [_PASSED[char] for layout in parameters for char in layout.format], [] if result is None else [result]
    )
    answer = Answer(method, declaration, result is not None)
    # A function of numbers serves callers without a memory too, and is quicker.
    needs_frame = wants_frame or not all(layout.is_number for layout in parameters)
    call = (call_by_frame if needs_frame else call_by_numbers)(method, parameters, wants_frame, answer)
    call.__name__ = call.__qualname__ = declaration.name or method.__name__
    return Function(type_, call, cost=declaration.cost)


def _parameters(method: Any) -> tuple[list[Layout], bool]:
    hints = _hints(method)
    names = list(inspect.signature(method).parameters)
    wants_frame = bool(names) and hints.get(names[0]) is CallingFrame
    layouts = []
    for name in names[int(wants_frame) :]:
        try:
            layout = _passed(hints[name])
        except (KeyError, TypeError) as error:
            reason = "no annotation" if isinstance(error, KeyError) else error
            raise TypeError(f"{method.__qualname__}(), parameter {name}: {reason}") from None
        layouts.append(layout)
    return layouts, wants_frame


def _passed(annotation: Any) -> Layout:
    """Return how a parameter is made of what a guest passes."""
    if BY_POINTER in getattr(annotation, "__metadata__", ()):
        return pointed_to(annotation)
    layout = layout_of(annotation)
    if not layout.is_direct:
        raise TypeError(f"{annotation!r} cannot be passed by itself; In[...] is a pointer to it")
    return layout


def _hints(method: Any) -> dict[str, Any]:
    try:
        return typing.get_type_hints(method, include_extras=True)
    except NameError as error:
        raise TypeError(f"{method.__qualname__}(): {error}, where annotations are evaluated: in its module") from None


def _result(method: Any, declaration: Declaration) -> ValType | None:
    hints = _hints(method)
    if "return" not in hints:
        raise TypeError(f"{method.__qualname__}() has no annotation of its result")
    annotation = hints["return"]
    if annotation is type(None):
        has_numbers = declaration.fault is not None or declaration.failure is not None
        return ValType.I32 if has_numbers else None
    if isinstance(annotation, type) and issubclass(annotation, int):  # an enumeration of error numbers
        return ValType.I32
    layout = layout_of(annotation)
    if not (layout.is_number and layout.is_direct):
        raise TypeError(f"{method.__qualname__}() cannot return {annotation!r}")
    return _PASSED[layout.format]
