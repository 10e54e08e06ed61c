# SPDX-License-Identifier: Apache-2.0
"""What most programs need: a module's function run, or a module instantiated, in one call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from wasmedge._core import VM, Configure, Instance, Module
from wasmedge.namespaces import Imports, make_namespaces

if TYPE_CHECKING:
    import os

__all__ = ["Source", "instantiate", "run"]

Source: TypeAlias = "str | os.PathLike[str] | bytes | bytearray | memoryview | Module"


def run(
    source: Source,
    function: str,
    *args: Any,
    imports: Imports | None = None,
    configure: Configure | None = None,
) -> Any:
    """Run one exported function of a module.

    Args:
        source: The module: a path, bytes-like data in the binary format, or a `Module`.
        function: The exported function's name.
        *args: Its arguments: ints for i32 and i64, floats or ints for f32 and f64.
        imports: What the module imports, by module name: an `Instance`, or a mapping of names to objects: any callable,
            a `Function`, `Memory`, `Table` or `Global`, or a number for a constant global. A callable gets the type
            that the module wants, or that which its annotations name (see `host_function`).
        configure: The runtime's configuration; WebAssembly 2.0 in the interpreter by default.

    Returns:
        None for a function without results, its result, or a tuple of its results. Integers are signed.

    Raises:
        LoadError: The module could not be read or parsed.
        ValidationError: The module is not valid.
        LinkError: An import is missing or mistyped.
        FunctionNotFoundError: The module exports no such function.
        TypeError, OverflowError: An argument is of the wrong type, or out of its type's range.
        Trap: Execution trapped.

    Example:
        >>> import wasmedge
        >>> wasmedge.run("examples/fibonacci.wasm", "fib", 21)
        17711
    """
    with VM(configure) as vm:
        module = _load(vm, source, imports)
        return vm.run(module, function, *args)


def instantiate(
    source: Source,
    *,
    imports: Imports | None = None,
    configure: Configure | None = None,
) -> Instance:
    """Instantiate a module.

    Args:
        source: The module: a path, bytes-like data in the binary format, or a `Module`.
        imports: What the module imports, by module name: an `Instance`, or a mapping of names to objects: any callable,
            a `Function`, `Memory`, `Table` or `Global`, or a number for a constant global. A callable gets the type
            that the module wants, or that which its annotations name (see `host_function`).
        configure: The runtime's configuration; WebAssembly 2.0 in the interpreter by default.

    Returns:
        The instance, which keeps alive all that it needs.

    Raises:
        LoadError: The module could not be read or parsed.
        ValidationError: The module is not valid.
        LinkError: An import is missing or mistyped.
        Trap: The module's start function, or its segments, trapped.

    Example:
        >>> import wasmedge
        >>> app = wasmedge.instantiate("examples/fibonacci.wasm")
        >>> app.exports.fib(10)
        89
    """
    with VM(configure) as vm:
        vm.load(_load(vm, source, imports))
        vm.validate()
        vm.instantiate()
        instance = vm.active_instance
    if instance is None:  # pragma: no cover - a VM that is instantiated has an active instance
        raise RuntimeError("the VM has no active instance")
    return instance


def _load(vm: VM, source: Source, imports: Imports | None) -> Module:
    module = vm.loader.load(source)
    for name, instance in make_namespaces(module, imports or {}).items():
        vm.register(instance, name)
    return module
