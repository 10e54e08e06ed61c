# SPDX-License-Identifier: Apache-2.0
"""What a module imports, made of mappings: ``{"env": {"log": print, "memory": Memory(…)}}``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from wasmedge import _core
from wasmedge._core import (
    Configure,
    Function,
    FunctionType,
    Global,
    GlobalType,
    Instance,
    Memory,
    Module,
    Mutability,
    Proposal,
    RunMode,
    Standard,
    Table,
)
from wasmedge.encoding import Reexport, encode_reexports
from wasmedge.host import has_wasm_annotations

__all__ = ["Imports", "Namespace", "make_namespaces"]

Namespace: TypeAlias = "Instance | Mapping[str, Any]"
Imports: TypeAlias = "Mapping[str, Namespace]"

_OBJECTS = (Function, Memory, Table, Global)


def make_namespaces(module: Module, imports: Imports) -> dict[str, Instance]:
    """Make an instance of each namespace that a module imports from.

    Args:
        module: The module, whose imports say which objects and types are wanted.
        imports: Namespaces by module name. An `Instance` serves as it is. Of a mapping the wanted names are taken:
            functions, memories, tables and globals, those of other instances too; any other callable, which becomes a
            host function of the wanted type, or of the type that its annotations name; a number for a constant global.

    Returns:
        Instances by module name. What is missing in a namespace is missing in its instance, for the linker to say.

    Raises:
        TypeError: A namespace or an object in one is of another kind.
    """
    given: object = imports  # whatever the annotation says
    if not isinstance(given, Mapping) or not all(isinstance(name, str) for name in given):
        raise TypeError("imports must be a mapping of module names to namespaces")
    wanted: dict[str, dict[str, Any]] = {}
    for entry in module.imports:
        wanted.setdefault(entry.module, {})[entry.name] = entry.type
    return {name: _make_namespace(name, namespace, wanted.get(name, {})) for name, namespace in imports.items()}


def _make_namespace(name: str, namespace: Namespace, wanted: Mapping[str, Any]) -> Instance:
    if isinstance(namespace, Instance):
        return namespace
    if not isinstance(namespace, Mapping):
        raise TypeError(f"imports['{name}'] must be an Instance or a mapping, not {type(namespace).__name__}")
    objects = {
        key: _make_object(f"imports['{name}']['{key}']", namespace[key], type_)
        for key, type_ in wanted.items()
        if key in namespace
    }
    return _gather(name, objects)


def replace_reexports(instance: Instance, names: Iterable[str]) -> Instance:
    """Make an instance with exports of another, among them functions that it imports itself; called by the linker.

    Args:
        instance: The other instance.
        names: The exports that are wanted; those that it does not have are left out.

    Raises:
        TypeError: A function among them is native code, which has to see the memory of its caller.
    """
    return _gather(instance.name, {name: instance.exports[name] for name in names if name in instance.exports})


def shield(function: Function) -> Function:
    """Make an interpreted function that calls another; called by the extension before a compiled one is passed on.

    Raises:
        ValueError: No instance exports the function, so that it cannot be imported.
    """
    located = _core._origin(function)
    if located is None:
        raise ValueError(
            "a function of a compiled instance can be given to another instance only when it is exported: instantiate "
            'one of them with run_mode="interpreter"'
        )
    if (twin := _core._host_twin(located[0], function)) is not None:
        return twin
    shielded: Function = _combine("", Instance(""), [Reexport("function", function, *located)]).exports.function
    return shielded


def _gather(name: str, objects: Mapping[str, Any]) -> Instance:
    """Make an instance that exports objects: those that stand alone, and those that other instances own."""
    holder = Instance(name)
    found: list[Reexport] = []
    for key, value in objects.items():
        located = _core._origin(value) if isinstance(value, Function) else _core._locate(value)
        if located is None:
            holder.add(key, value)
        elif isinstance(value, Function) and (twin := _core._host_twin(located[0], value)) is not None:
            holder.add(key, twin)
        else:
            _refuse_native(key, value, located[0])
            found.append(Reexport(key, value, *located))
    return _combine(name, holder, found) if found else holder


def _refuse_native(name: str, value: Any, owner: Instance) -> None:
    if isinstance(value, Function) and _core._is_native(owner):
        raise TypeError(f"{name} is a function of {owner!r}, which can only be imported from that instance itself")


def _make_object(place: str, value: Any, wanted: Any) -> Any:
    if isinstance(value, _OBJECTS):
        return value
    if isinstance(wanted, GlobalType) and wanted.mutability is Mutability.CONST and not callable(value):
        return Global(wanted, value)
    if not callable(value):
        raise TypeError(f"{place} must be a callable, Function, Memory, Table or Global, not {type(value).__name__}")
    if isinstance(wanted, FunctionType) and not has_wasm_annotations(value):
        return Function(wanted, value)
    return Function(None, value)


def _combine(name: str, holder: Instance, found: list[Reexport]) -> Instance:
    """Make one instance of new objects and of those that other instances own, which cannot be added to another.

    It is that of a small module which imports each object and exports it again under the name wanted here; functions
    are wrapped in functions of its own, as the runtime cannot link those that are exported again.
    """
    reexports = [*found, *(Reexport(key, holder.exports[key], holder, key) for key in holder.exports)]
    # All proposals: the module is our own, and what it passes on may be of any type.
    configure = Configure(Proposal.THREADS, standard=Standard.WASM_3, run_mode=RunMode.INTERPRETER)
    for reexport in reexports:
        counts_instructions, measures_cost = _core._metering(reexport.owner)
        configure.count_instructions |= counts_instructions
        configure.measure_cost |= measures_cost
    vm = _core.VM(configure)
    for index, reexport in enumerate(reexports):
        vm.register(reexport.owner, str(index))
    return vm.register(encode_reexports(reexports), name or "imports")
