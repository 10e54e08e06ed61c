# SPDX-License-Identifier: Apache-2.0
"""Functions of numbers as numpy.ufunc objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wasmedge import _core
from wasmedge._core import Proposal, ValType
from wasmedge.array_functions import InstanceMaker, Options, Target, core_options, find_target, make_configure
from wasmedge.loops import SIZES, add_element_loops
from wasmedge.pickling import Recipe, register_ufuncs
from wasmedge.statefulness import keeps_state

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from wasmedge._core import Configure, RunMode
    from wasmedge.namespaces import Imports
    from wasmedge.shortcuts import Source

__all__ = ["vectorize"]

# The dtypes that a type's bits may be taken for: signed numbers first, as numpy takes the first that fits.
DTYPES = {ValType.I32: ("i4", "u4"), ValType.I64: ("i8", "u8"), ValType.F32: ("f4", "f4"), ValType.F64: ("f8", "f8")}


def vectorize(  # noqa: PLR0913 - what can be chosen has a default
    source: Source,
    name: str,
    *,
    imports: Imports | None = None,
    configure: Configure | None = None,
    run_mode: RunMode | str | None = None,
    strict: bool | None = None,
    threads: int | None = None,
    fuel: int | None = None,
    timeout: float | None = None,
    progress: Callable[[int], object] | None = None,
    identity: float | None = None,
    doc: str | None = None,
) -> np.ufunc:
    """Make a `numpy.ufunc` of a module's function of numbers.

    It works on arrays of any shape and strides as numpy's own do: broadcasting, ``out=``, ``where=``, ``dtype=``,
    ``casting=``; for functions of two arguments ``outer``, and where the result is of the first argument's type
    ``reduce`` and ``accumulate`` too. The loop over the elements is in WebAssembly, in a copy of the module, so that an
    element costs no call; it is compiled with the module, and runs without the GIL.

    The function's i32 and i64 are numpy's int32 and int64, or uint32 and uint64: the same bits. Other dtypes are cast
    by numpy's rules: int8 to int32, but no int64 to int32 unless you say so by ``astype``.

    The ufunc has an instance of the module for itself, whose globals and memory stay as they are from call to call.
    With several threads each has its own.

    Args:
        source: The module: a path, bytes-like data in the binary format, or a `Module`.
        name: The exported function's name. Its parameters and results are numbers, and there are some of both.
        imports: What the module imports, as `instantiate` takes it.
        configure: The runtime's configuration; WebAssembly 2.0 by default. It limits the memory that the loop uses too.
        run_mode: "aot", "auto", "jit", "interpreter", or a `RunMode`; by default that of `configure`, then that of the
            environment variable WASMEDGE_RUN_MODE, then "aot".
        strict: Whether a module that cannot be compiled is refused, and not interpreted with a warning.
        threads: How many threads may share one call's elements, each with an instance of its own. By default as many as
            there are cores, for 100,000 elements and more, when the function changes no global, table or memory and
            calls nothing outside of the module; otherwise one.
        fuel: The cost at which a call of the ufunc ends; what the loop itself costs counts too. One thread only.
        timeout: The seconds that a call of the ufunc has; of ``reduce`` and the like each piece of the array has them.
        progress: Called with the number of elements that were done since it was called last, as `tqdm.update` is.
        identity: The value that ``reduce`` begins with, and that of empty arrays; None for none.
        doc: The ufunc's docstring, in the place of one that tells the function's type.

    Returns:
        The ufunc. It pickles when its imports do, and is made again on the other side. When the function traps the
        exception has the element's index as ``index``; the elements before it have been written to ``out=``.

    Raises:
        LoadError, ValidationError, LinkError, CompileError: As for `instantiate`.
        FunctionNotFoundError: The module exports no such function.
        TypeError: The function has no parameters or no results, or one that is no number.
        ValueError: It has more of them than numpy takes, or an option is out of range.

    Example:
        >>> import numpy as np
        >>> import wasmedge
        >>> fib = wasmedge.vectorize("examples/fibonacci.wasm", "fib")
        >>> fib(np.arange(8, dtype="i4"))
        array([ 1,  1,  2,  3,  5,  8, 13, 21], dtype=int32)
    """
    options = Options(
        imports, configure, run_mode, strict, threads, fuel, timeout, progress, identity=identity, doc=doc
    )
    return make(find_target(source, name, configure), options)


def make(target: Target, options: Options) -> np.ufunc:
    """Make the ufunc of a function that was found."""
    type_ = target.type
    _check(target)
    own = core_options(target, options, "", (len(type_.params), len(type_.results)))
    configure = make_configure(options, target.editor.memories > 0)
    groups = Proposal.SIMD in configure and not keeps_state(target.editor, target.function)
    edited = add_element_loops(target.editor, target.function, type_, configure.max_memory_pages, groups=groups)
    exports = (edited.loop, edited.scan, edited.memory, edited.grouped)
    own["factory"] = InstanceMaker(edited.data, options, configure, exports, edited.size)
    own["types"] = _types([*type_.params, *type_.results])
    own["recipe"] = Recipe("vectorization", target.module, target.name, options)
    register_ufuncs()
    made: np.ufunc = _core._make_vectorized(own, edited.places, edited.block, edited.group)
    return made


def _check(target: Target) -> None:
    operands = [*target.type.params, *target.type.results]
    if not target.type.params or not target.type.results:
        missing = "results" if target.type.params else "parameters"
        raise TypeError(f"{target.name}() has no {missing}: {target.type}")
    if any(operand not in SIZES for operand in operands):
        raise TypeError(f"arrays hold i32, i64, f32 and f64 only, and {target.name}() is {target.type}")
    target.check_operands(len(operands))


def _types(operands: list[Any]) -> list[bytes]:
    """Return numpy's numbers for the operands' types: with signed integers, and with unsigned ones."""
    import numpy as np  # noqa: PLC0415 - it is heavy, and many programs do without

    both = [bytes(np.dtype(DTYPES[operand][kind]).num for operand in operands) for kind in (0, 1)]
    return list(dict.fromkeys(both))
