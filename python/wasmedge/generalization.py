# SPDX-License-Identifier: Apache-2.0
"""Functions of pointers and lengths as generalized numpy.ufunc objects."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from wasmedge import _core
from wasmedge._core import ExternType, ValType
from wasmedge.array_functions import InstanceMaker, Options, Target, core_options, find_target, make_configure
from wasmedge.loops import Argument, add_core_loop
from wasmedge.pickling import Recipe, register_ufuncs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import DTypeLike

    from wasmedge._core import Configure, RunMode
    from wasmedge.namespaces import Imports
    from wasmedge.shortcuts import Source

__all__ = ["guvectorize"]

_VALUES = {
    "i4": ValType.I32,
    "u4": ValType.I32,
    "i8": ValType.I64,
    "u8": ValType.I64,
    "f4": ValType.F32,
    "f8": ValType.F64,
}
_SIGNATURE = re.compile(r"(\([^()]*\)(?:,\([^()]*\))*)->(\([^()]*\)(?:,\([^()]*\))*)")
_DIMENSION = re.compile(r"[A-Za-z_]\w*|[1-9]\d*")


def guvectorize(  # noqa: PLR0913 - what can be chosen has a default
    source: Source,
    name: str,
    signature: str,
    *,
    dtypes: DTypeLike | Sequence[DTypeLike] = "f8",
    arguments: Sequence[int | str] | None = None,
    imports: Imports | None = None,
    configure: Configure | None = None,
    run_mode: RunMode | str | None = None,
    strict: bool | None = None,
    threads: int | None = None,
    fuel: int | None = None,
    timeout: float | None = None,
    progress: Callable[[int], object] | None = None,
    doc: str | None = None,
) -> np.ufunc:
    """Make a generalized `numpy.ufunc` of a module's function of pointers and lengths.

    For `void f(double *in, double *out, int n)` the signature is ``"(n)->(n)"``. The function is called once for each
    element of the outer dimensions, with arrays of the core dimensions in C order, which are in the first memory of the
    module: a region that the memory is grown by. What is in an output's place before is zeros.

    Args:
        source: The module: a path, bytes-like data in the binary format, or a `Module`.
        name: The exported function's name.
        signature: The core dimensions of the inputs and outputs, as numpy writes them: ``"(m,n),(n)->(m)"``. A number
            is a dimension of that length.
        dtypes: The dtype of all operands, or one for each: booleans, integers, and real and complex numbers of at most
            8 bytes a part.
        arguments: What the function's parameters are, in order: operands by number, lengths by name. By default all
            operands, then the lengths of the named dimensions in the order in which they come up. An operand is passed
            by its pointer (an i32); an input of no core dimensions by its value, if the parameter is of its type. A
            length is an i32 or i64.
        imports: What the module imports, as `instantiate` takes it.
        configure: The runtime's configuration; WebAssembly 2.0 by default.
        run_mode: As for `vectorize`.
        strict: As for `vectorize`.
        threads: How many threads may share one call's elements, each with an instance of its own; one by default, and
            where the memory is imported.
        fuel: As for `vectorize`.
        timeout: As for `vectorize`.
        progress: As for `vectorize`.
        doc: The ufunc's docstring, in the place of one that tells the function's type.

    Returns:
        The ufunc. A function that has results gives the outputs without core dimensions by them.

    Raises:
        LoadError, ValidationError, LinkError, CompileError: As for `instantiate`.
        FunctionNotFoundError: The module exports no such function.
        TypeError: The function's type does not fit the signature, or the module has no memory.
        ValueError: The signature is malformed, or there are more operands than numpy takes.
        MemoryError: From calls: the guest's memory cannot hold a single element's arrays.

    Example:
        >>> import numpy as np
        >>> import wasmedge
        >>> f = wasmedge.guvectorize("examples/arrays.wasm", "running_mean", "(n)->(n)")
        >>> f(np.array([[3.0, 1.0, 2.0], [0.0, 4.0, 2.0]]))
        array([[3., 2., 2.],
               [0., 2., 2.]])
    """
    options = Options(imports, configure, run_mode, strict, threads, fuel, timeout, progress, doc=doc)
    chosen = None if arguments is None else tuple(arguments)
    return make(find_target(source, name, configure), options, signature, dtypes, chosen)


def make(
    target: Target, options: Options, signature: str, dtypes: Any, arguments: tuple[int | str, ...] | None
) -> np.ufunc:
    """Make the ufunc of a function that was found."""
    core = _parse(signature)
    target.check_operands(len(core.operands))
    types = _dtypes(dtypes, core)
    binding = _bind(target, core, types, arguments)
    _check_memory(target)
    if any(each.kind is ExternType.MEMORY for each in target.module.imports):
        options = options._replace(threads=1)
    own = core_options(target, options, signature.replace(" ", ""), (core.inputs, len(core.operands) - core.inputs))
    own["threads"] = options.threads or 1
    own["large"] = 2
    counts = (len(core.operands), len(core.names))
    edited = add_core_loop(target.editor, target.function, binding.arguments, binding.results, counts)
    configure = make_configure(options, target.editor.memories > 1)
    own["factory"] = InstanceMaker(edited.data, options, configure, (edited.loop, None, edited.memory, None), 0)
    own["types"] = [bytes(each.num for each in types)]
    own["recipe"] = Recipe("generalization", target.module, target.name, options, signature, dtypes, arguments)
    register_ufuncs()
    places = [
        (each.itemsize, [core.names.index(d) for d in dims]) for each, dims in zip(types, core.operands, strict=True)
    ]
    made: np.ufunc = _core._make_generalized(own, places, len(core.names))
    return made


class _Core(NamedTuple):
    """A signature: the dimensions of each operand, how many are inputs, and all dimensions as they come up."""

    operands: list[list[str]]
    inputs: int
    names: list[str]


class _Binding(NamedTuple):
    """What a function is given, and where its results go."""

    arguments: list[Argument]
    results: list[tuple[int, ValType]]


def _parse(signature: str) -> _Core:
    found = _SIGNATURE.fullmatch(signature.replace(" ", ""))
    if found is None:
        raise ValueError(f"{signature!r} is no signature such as '(n),(n)->()'")
    sides = [[group.split(",") if group else [] for group in side[1:-1].split("),(")] for side in found.groups()]
    operands = [*sides[0], *sides[1]]
    for dimension in (each for operand in operands for each in operand):
        if not _DIMENSION.fullmatch(dimension):
            raise ValueError(f"{dimension!r} in {signature!r} is neither a name nor a length")
    return _Core(operands, len(sides[0]), list(dict.fromkeys(each for operand in operands for each in operand)))


def _dtypes(dtypes: Any, core: _Core) -> list[np.dtype[Any]]:
    import numpy as np  # noqa: PLC0415 - it is heavy, and many programs do without

    given = list(dtypes) if isinstance(dtypes, (list, tuple)) else [dtypes] * len(core.operands)
    if len(given) != len(core.operands):
        raise ValueError(f"there are {len(core.operands)} operands, and {len(given)} dtypes")
    found = [np.dtype(each) for each in given]
    for each in found:
        if each.kind not in "biufc" or each.itemsize > (16 if each.kind == "c" else 8) or not each.isnative:
            raise TypeError(f"a guest has no arrays of {each}")
    return found


def _bind(target: Target, core: _Core, types: list[np.dtype[Any]], arguments: tuple[int | str, ...] | None) -> _Binding:
    scalars = [i for i in range(core.inputs, len(core.operands)) if not core.operands[i]]
    by_result = scalars if target.type.results else []
    if len(by_result) != len(target.type.results):
        raise TypeError(f"{target.name}() is {target.type}, and {len(scalars)} outputs are single numbers")
    lengths = [each for each in core.names if not each.isdigit()]
    if arguments is None:
        arguments = (*(i for i in range(len(core.operands)) if i not in by_result), *lengths)
    if len(arguments) != len(target.type.params):
        wanted = ", ".join(map(str, arguments))
        raise TypeError(f"{target.name}() is {target.type}, and is to be given {len(arguments)} arguments: {wanted}")
    pairs = zip(arguments, target.type.params, strict=True)
    bound = [_argument(target, core, types, argument, type_) for argument, type_ in pairs]
    results = []
    for operand, type_ in zip(by_result, target.type.results, strict=True):
        if _VALUES.get(types[operand].str[1:]) != type_:
            raise TypeError(f"{target.name}() is {target.type}, and its result cannot be {types[operand]}")
        results.append((operand, type_))
    return _Binding(bound, results)


def _argument(target: Target, core: _Core, types: list[np.dtype[Any]], argument: int | str, type_: ValType) -> Argument:
    if isinstance(argument, str):
        if argument not in core.names:
            raise ValueError(f"{argument!r} is no dimension of the signature")
        if type_ not in (ValType.I32, ValType.I64):
            raise TypeError(f"{target.name}() is {target.type}, and a length is no {type_}")
        return Argument("length", core.names.index(argument), type_)
    if isinstance(argument, bool) or argument not in range(len(core.operands)):
        raise ValueError(f"{argument!r} is no operand of the signature")
    is_scalar = argument < core.inputs and not core.operands[argument]
    if is_scalar and _VALUES.get(types[argument].str[1:]) == type_:
        return Argument("value", argument, type_)
    if type_ != ValType.I32:
        what = f"operand {argument}, of {types[argument]}"
        raise TypeError(f"{target.name}() is {target.type}, and neither {what} nor a pointer to it is {type_}")
    return Argument("pointer", argument, type_)


def _check_memory(target: Target) -> None:
    if not target.editor.memories:
        raise TypeError(f"{target.module._label} has no memory that pointers could point to")
