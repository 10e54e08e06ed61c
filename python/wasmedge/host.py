# SPDX-License-Identifier: Apache-2.0
"""Host functions: Python callables with WebAssembly types, taken from annotations where none are given."""

from __future__ import annotations

import functools
import inspect
import types
import typing
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, TypeAlias

from wasmedge._core import V128, CallingFrame, Function, FunctionType, ValType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["externref", "f32", "f64", "funcref", "host_function", "i32", "i64", "v128"]

i32: TypeAlias = Annotated[int, ValType.I32]
"""A 32-bit integer; the guest's arrive signed."""
i64: TypeAlias = Annotated[int, ValType.I64]
"""A 64-bit integer; the guest's arrive signed."""
f32: TypeAlias = Annotated[float, ValType.F32]
"""A float of 32 bits."""
f64: TypeAlias = Annotated[float, ValType.F64]
"""A float of 64 bits."""
v128: TypeAlias = Annotated[V128, ValType.V128]
"""A vector of 128 bits."""
funcref: TypeAlias = Annotated["Function | None", ValType.FUNCREF]
"""A reference to a function, or None."""
externref: TypeAlias = Annotated[Any, ValType.EXTERNREF]
"""Any Python object; None is the null reference."""

_ALIASES: dict[ValType, Any] = {
    ValType.I32: i32,
    ValType.I64: i64,
    ValType.F32: f32,
    ValType.F64: f64,
    ValType.V128: v128,
    ValType.FUNCREF: funcref,
    ValType.EXTERNREF: externref,
}

# What plain annotations mean: Python's numbers have the wider of the two formats.
_PLAIN: dict[Any, ValType] = {
    int: ValType.I64,
    float: ValType.F64,
    V128: ValType.V128,
    Function: ValType.FUNCREF,
    object: ValType.EXTERNREF,
    Any: ValType.EXTERNREF,
}


class Inspected(NamedTuple):
    """What has to be known of a callable to make a host function of it."""

    wants_frame: bool
    type: FunctionType | None


@typing.overload
def host_function(callable_: Callable[..., Any], /) -> Function: ...
@typing.overload
def host_function(
    *, type: FunctionType | str | None = None, data: object = None, cost: int = 0
) -> Callable[[Callable[..., Any]], Function]: ...
def host_function(
    callable_: Callable[..., Any] | None = None,
    /,
    *,
    type: FunctionType | str | None = None,  # noqa: A002 - the specification's word, and Function's
    data: object = None,
    cost: int = 0,
) -> Any:
    """Make a callable a host function.

    Args:
        callable_: The callable. Its annotations give the function's type: `i32`, `i64`, `f32`, `f64`, `v128`,
            `funcref` and `externref` of this package; plain ``int`` and ``float`` are i64 and f64, ``object`` and
            ``Any`` externref;
            ``tuple[i32, f64]`` makes several results, ``None`` none. A first parameter annotated with `CallingFrame`
            gets the frame of the caller.
        type: The function's type, in the place of annotations.
        data: An object that is passed before the guest's arguments, when it is not None.
        cost: What a call costs, where cost is measured.

    Returns:
        The `Function`, or a decorator that makes it.

    Raises:
        TypeError: The type cannot be told from the annotations, or the callable is a coroutine function.

    Example:
        >>> from wasmedge import host_function, i32
        >>> @host_function
        ... def add(a: i32, b: i32) -> i32:
        ...     return a + b
        >>> add
        <Function add (i32, i32) -> i32>
        >>> add(2, 3)
        5
    """

    def make(function: Callable[..., Any]) -> Function:
        return Function(type, function, data=data, cost=cost)

    return make if callable_ is None else make(callable_)


def has_wasm_annotations(callable_: Callable[..., Any]) -> bool:
    """Tell whether an annotation of a callable names a WebAssembly type outright."""
    return any(_marker(hint) is not None for hint in _hints(callable_).values())


def _inspect(callable_: Any, infer: bool, has_data: bool) -> Inspected:
    """Check a callable, and take its type from its annotations if asked to; called by the extension."""
    if not callable(callable_):
        raise TypeError(f"a host function is made of a callable, not {type(callable_).__name__}")
    inner = _unwrap(callable_)
    if inspect.iscoroutinefunction(inner) or inspect.isasyncgenfunction(inner):
        raise TypeError(f"{_name(callable_)} is a coroutine function, for which a guest cannot wait; pass a plain one")
    parameters = _parameters(callable_)
    hints = _hints(callable_)
    wants_frame = parameters is not None and bool(parameters) and hints.get(parameters[0]) is CallingFrame
    if not infer:
        return Inspected(wants_frame, None)
    _refuse_unfillable(callable_)
    guest_parameters = parameters[int(wants_frame) + int(has_data) :] if parameters is not None else None
    return Inspected(wants_frame, _infer(callable_, guest_parameters, hints))


def _signature(type_: FunctionType) -> inspect.Signature:
    """Return the signature of a function, annotated as `host_function` takes it; called by the extension."""
    parameters = [
        inspect.Parameter(f"argument_{number}", inspect.Parameter.POSITIONAL_ONLY, annotation=_annotation(param))
        for number, param in enumerate(type_.params, 1)
    ]
    results = tuple(_annotation(result) for result in type_.results)
    if len(results) == 1:
        return inspect.Signature(parameters, return_annotation=results[0])
    return inspect.Signature(parameters, return_annotation=types.GenericAlias(tuple, results) if results else None)


def _annotation(type_: ValType) -> Any:
    return _ALIASES.get(type_) or Annotated[Any, type_]


def _refuse_unfillable(callable_: Any) -> None:
    """Raise TypeError for parameters that a guest's call cannot fill, or whose number it does not tell."""
    try:
        parameters = inspect.signature(callable_).parameters.values()
    except (TypeError, ValueError):
        return
    for parameter in parameters:
        if parameter.kind is parameter.KEYWORD_ONLY and parameter.default is parameter.empty:
            raise TypeError(f"{_name(callable_)} needs the keyword argument {parameter.name}, which no guest can give")
        if parameter.kind is parameter.VAR_POSITIONAL:
            raise TypeError(f"{_name(callable_)} takes any number of arguments: give the type")


def _infer(callable_: Any, parameters: list[str] | None, hints: dict[str, Any]) -> FunctionType:
    if parameters is None:
        raise TypeError(f"{_name(callable_)} has no signature to take a type from: give the type")
    missing = [name for name in [*parameters, "return"] if name not in hints]
    if missing:
        raise TypeError(f"{_name(callable_)} has no annotation for {', '.join(missing)}: annotate it or give the type")
    params = [_val_type(callable_, name, hints[name]) for name in parameters]
    return FunctionType(params, list(_results(callable_, hints["return"])))


def _results(callable_: Any, hint: Any) -> Iterator[ValType]:
    if hint is None or hint is type(None):
        return
    if typing.get_origin(hint) is tuple:
        for item in typing.get_args(hint):
            yield _val_type(callable_, "return", item)
    else:
        yield _val_type(callable_, "return", hint)


def _val_type(callable_: Any, name: str, hint: Any) -> ValType:
    found = _marker(hint) or (_PLAIN.get(hint) if _is_hashable(hint) else None)
    if found is None:
        raise TypeError(f"{_name(callable_)}: the annotation of {name}, {hint!r}, is no WebAssembly type")
    return found


def _marker(hint: Any) -> ValType | None:
    """Return the type that an annotation such as `i32` carries."""
    if typing.get_origin(hint) is not Annotated:
        return None
    return next((item for item in hint.__metadata__ if isinstance(item, ValType)), None)


def _is_hashable(hint: Any) -> bool:
    return getattr(type(hint), "__hash__", None) is not None


def _unwrap(callable_: Any) -> Any:
    """Return the function inside of partials and objects with ``__call__``."""
    while isinstance(callable_, functools.partial):
        callable_ = callable_.func
    if inspect.isroutine(callable_) or inspect.isclass(callable_):
        return callable_
    return type(callable_).__call__


def _parameters(callable_: Any) -> list[str] | None:
    """Return the names of the parameters that are filled by position; None when there is no telling."""
    try:
        signature = inspect.signature(callable_)
    except (TypeError, ValueError):
        return None
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [name for name, parameter in signature.parameters.items() if parameter.kind in kinds]


def _hints(callable_: Any) -> dict[str, Any]:
    """Return the evaluated annotations; those that cannot be evaluated count as none."""
    inner = _unwrap(callable_)
    target = inner.__init__ if inspect.isclass(inner) else inner
    try:
        return typing.get_type_hints(target, include_extras=True)
    except (NameError, TypeError, AttributeError):
        return {}


def _name(callable_: Any) -> str:
    return f"{getattr(callable_, '__qualname__', None) or type(callable_).__name__}()"
