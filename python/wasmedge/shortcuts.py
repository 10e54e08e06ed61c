# SPDX-License-Identifier: Apache-2.0
"""What most programs need: a module's function run, or a module instantiated, in one call."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, TypeAlias

from wasmedge import _core, native
from wasmedge._core import VM, Configure, Instance, Module, RunMode, _run_within
from wasmedge.namespaces import Imports, make_namespaces
from wasmedge.pickling import InstanceRecipe

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Source", "instantiate", "run"]

Source: TypeAlias = "str | os.PathLike[str] | bytes | bytearray | memoryview | Module"
"""What a module may be given as: a path, bytes in the binary format, or a `Module`."""


def run(  # noqa: PLR0913 - what can be chosen has a default
    source: Source,
    function: str,
    *args: Any,
    imports: Imports | None = None,
    configure: Configure | None = None,
    run_mode: RunMode | str | None = None,
    strict: bool | None = None,
    progress: Callable[[str], object] | None = None,
    fuel: int | None = None,
    timeout: float | None = None,
) -> Any:
    """Run one exported function of a module.

    Args:
        source: The module: a path, bytes-like data in the binary format, or a `Module`.
        function: The exported function's name.
        *args: Its arguments: ints for i32 and i64, floats or ints for f32 and f64.
        imports: What the module imports, by module name: an `Instance`, or a mapping of names to objects: any callable,
            a `Function`, `Memory`, `Table` or `Global`, or a number for a constant global. A callable gets the type
            that the module wants, or that which its annotations name (see `host_function`).
        configure: The runtime's configuration; WebAssembly 2.0 by default.
        run_mode: "auto", "aot", "jit", "interpreter", or a `RunMode`. By default that of `configure` if it was set
            there, then that of the environment variable WASMEDGE_RUN_MODE, then "auto".
        strict: Whether a module that cannot be compiled is refused, and not interpreted with a warning.
        progress: Called with the name of each phase as it begins: "load", then "validate" and "compile" if there
            is anything to compile, "optimize" if that goes on in the background, and "instantiate".
        fuel: The cost at which the call ends, as for calling a `Function`.
        timeout: The seconds that the module's start function and the call have.

    Returns:
        None for a function without results, its result, or a tuple of its results. Integers are signed.

    Raises:
        ValueError: There is no such run mode.
        CompileError: The module cannot be compiled, and `strict` is set.
        LoadError: The module could not be read or parsed.
        ValidationError: The module is not valid.
        LinkError: An import is missing or mistyped.
        FunctionNotFoundError: The module exports no such function.
        TypeError, OverflowError: An argument is of the wrong type, or out of its type's range.
        Trap: Execution trapped.
        CostLimitExceeded: The fuel is used up.
        TimeoutError: The time is over.

    Example:
        >>> import wasmedge
        >>> wasmedge.run("examples/fibonacci.wasm", "fib", 21)
        17711
    """
    with VM(configure, run_mode=default_run_mode(configure, run_mode), strict=strict) as vm:

        def work() -> Any:
            instantiate_in(vm, source, imports, progress)
            return vm.execute(function, *args, fuel=fuel)

        return _run_within(timeout, work)


def instantiate(  # noqa: PLR0913 - as above
    source: Source,
    *,
    imports: Imports | None = None,
    configure: Configure | None = None,
    run_mode: RunMode | str | None = None,
    strict: bool | None = None,
    progress: Callable[[str], object] | None = None,
    timeout: float | None = None,
) -> Instance:
    """Instantiate a module.

    Args:
        source: The module: a path, bytes-like data in the binary format, or a `Module`.
        imports: What the module imports, by module name: an `Instance`, or a mapping of names to objects: any callable,
            a `Function`, `Memory`, `Table` or `Global`, or a number for a constant global. A callable gets the type
            that the module wants, or that which its annotations name (see `host_function`).
        configure: The runtime's configuration; WebAssembly 2.0 by default.
        run_mode: "auto", "aot", "jit", "interpreter", or a `RunMode`. By default that of `configure` if it was set
            there, then that of the environment variable WASMEDGE_RUN_MODE, then "auto".
        strict: Whether a module that cannot be compiled is refused, and not interpreted with a warning.
        progress: Called with the name of each phase as it begins: "load", then "validate" and "compile" if there
            is anything to compile, "optimize" if that goes on in the background, and "instantiate".
        timeout: The seconds that the module's start function has.

    Returns:
        The instance, which keeps alive all that it needs.

    Raises:
        ValueError: There is no such run mode.
        CompileError: The module cannot be compiled, and `strict` is set.
        LoadError: The module could not be read or parsed.
        ValidationError: The module is not valid.
        LinkError: An import is missing or mistyped.
        Trap: The module's start function, or its segments, trapped.
        TimeoutError: The time is over.

    Example:
        >>> import wasmedge
        >>> app = wasmedge.instantiate("examples/fibonacci.wasm")
        >>> app.exports.fib(10)
        89
    """
    with VM(configure, run_mode=default_run_mode(configure, run_mode), strict=strict) as vm:
        module = _run_within(timeout, lambda: instantiate_in(vm, source, imports, progress))
        instance = vm.active_instance
        made_with = vm._configuration()
    if instance is None:  # pragma: no cover - a VM that is instantiated has an active instance
        raise RuntimeError("the VM has no active instance")
    _core._set_recipe(instance, InstanceRecipe.of(module, imports, made_with))
    return instance


def default_run_mode(configure: Configure | None, run_mode: RunMode | str | None) -> RunMode | str:
    """Return the run mode that was given, was set, or is the default of the environment or of the package."""
    if run_mode is not None:
        return run_mode
    if configure is not None and configure._chosen_run_mode is not None:
        return configure._chosen_run_mode
    name = os.environ.get("WASMEDGE_RUN_MODE") or "auto"
    if name.upper() not in RunMode.__members__:
        raise ValueError(f"WASMEDGE_RUN_MODE must be interpreter, aot, jit or auto, not {name!r}")
    return RunMode[name.upper()]


def instantiate_in(
    vm: VM, source: Source, imports: Imports | None, progress: Callable[[str], object] | None = None
) -> Module:
    """Make a module's instance the active one of a VM, by code of the cache where there is some; return the module."""
    with native.reporting(progress):
        native.report("load")
        module = vm.loader.load(source)
        for name, instance in make_namespaces(module, imports or {}).items():
            vm.register(instance, name)
        vm.load(module)
        key = native.find(module, vm._configuration())
        if key is None:
            native.report("validate")
            vm.validate()
            vm.instantiate()
        else:
            vm._instantiate_by(key)
    return module
