# SPDX-License-Identifier: Apache-2.0
"""What most programs need: a module's function run, or a module instantiated, in one call."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, TypeAlias

from wasmedge._core import VM, Configure, Instance, Module

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Source", "instantiate", "run"]

Source: TypeAlias = "str | os.PathLike[str] | bytes | bytearray | memoryview | Module"


def run(
    source: Source,
    function: str,
    *args: Any,
    imports: Mapping[str, Instance] | None = None,
    configure: Configure | None = None,
) -> Any:
    """Run one exported function of a module.

    Args:
        source: The module: a path, bytes-like data in the binary format, or a `Module`.
        function: The exported function's name.
        *args: Its arguments: ints for i32 and i64, floats or ints for f32 and f64.
        imports: Instances by the module names that `source` imports from.
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
    with _vm_with(imports, configure) as vm:
        return vm.run(source, function, *args)


def instantiate(
    source: Source,
    *,
    imports: Mapping[str, Instance] | None = None,
    configure: Configure | None = None,
) -> Instance:
    """Instantiate a module.

    Args:
        source: The module: a path, bytes-like data in the binary format, or a `Module`.
        imports: Instances by the module names that `source` imports from.
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
    with _vm_with(imports, configure) as vm:
        vm.load(source)
        vm.validate()
        vm.instantiate()
        instance = vm.active_instance
    assert instance is not None, "an instantiated VM has an active instance"
    return instance


def _vm_with(imports: Mapping[str, Instance] | None, configure: Configure | None) -> VM:
    vm = VM(configure)
    for name, instance in (imports or {}).items():
        vm.register(instance, name)
    return vm
