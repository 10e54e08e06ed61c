# SPDX-License-Identifier: Apache-2.0
"""``import wasmedge.loader``, and from then on ``import name`` finds ``name.wasm`` where it would find ``name.py``.

The exports become the attributes of a Python module: functions to be called, memories, tables and globals. A module
that imports WASI gets the standard streams and nothing else; what it imports beside that is taken from the modules
``*.wasm`` in the same directory, and from what `provide` was given. No Python module is imported because a guest asks
for one.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import keyword
import os
import sys
from typing import TYPE_CHECKING, Any

from wasmedge._core import VM, FunctionType, Instance, MemoryType, Module, TableType, ValType, WasiModule
from wasmedge.errors import WasmEdgeError
from wasmedge.programs import initialize_in

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from wasmedge.namespaces import Namespace
    from wasmedge.shortcuts import Source

__all__ = ["WasmFinder", "WasmLoader", "provide", "stubs"]

_WASI = "wasi_snapshot_preview1"
_provided: dict[str, Namespace] = {}


def provide(name: str, namespace: Namespace) -> None:
    """Give the modules that are imported from now on something to import.

    Args:
        name: The name of the module that they import from, such as ``"env"``.
        namespace: An `Instance`, or a mapping of names to objects; see `wasmedge.instantiate`.
    """
    _provided[name] = namespace


class WasmLoader(importlib.abc.Loader):
    """Makes a Python module of a WebAssembly module.

    Args:
        path: The module's file.
    """

    def __init__(self, path: str) -> None:
        self.path = path

    def exec_module(self, module: ModuleType) -> None:
        """Instantiate the module, and give the Python module its exports.

        Raises:
            ImportError: The module cannot be loaded, linked or initialised; the cause says why.
        """
        try:
            instance = _instantiate(self.path, [])
        except (WasmEdgeError, OSError, TypeError) as error:
            reason = f"{self.path} cannot be imported: {error}"
            raise ImportError(reason, name=module.__name__, path=self.path) from error
        exports = {name: instance.exports[name] for name in instance.exports if not _is_private(name)}
        vars(module).update(exports)
        vars(module)["__all__"] = [name for name in exports if not name.startswith("_")]
        vars(module)["__instance__"] = instance


class WasmFinder(importlib.abc.MetaPathFinder):
    """Finds ``name.wasm`` in the directories that Python looks into."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return the spec of a module of that name, or None."""
        for directory in sys.path if path is None else path:
            file = os.path.join(directory, fullname.rpartition(".")[2] + ".wasm")
            if os.path.isfile(file):
                return importlib.util.spec_from_file_location(fullname, os.path.abspath(file), loader=WasmLoader(file))
        return None


def _instantiate(path: str, importers: list[str]) -> Instance:
    """Instantiate a file, and first those beside it that it imports from."""
    vm = VM()
    module = vm.loader.load(path)
    wasi = WasiModule()
    namespaces: dict[str, Namespace] = {}
    for name in dict.fromkeys(entry.module for entry in module.imports):
        beside = os.path.join(os.path.dirname(path), name + ".wasm")
        if name == _WASI:
            namespaces[name] = wasi
        elif name in _provided:
            namespaces[name] = _provided[name]
        elif os.path.basename(name) == name and os.path.isfile(beside):
            if beside in importers:
                raise TypeError(f"{beside} imports itself, by way of {path}")
            namespaces[name] = _instantiate(beside, [*importers, path])
    return initialize_in(vm, module, namespaces, wasi)


def _is_private(name: str) -> bool:
    """Tell whether a name belongs to Python, and must not be what a guest says."""
    return name.startswith("__") and name.endswith("__")


_TYPES = {
    ValType.I32: "int",
    ValType.I64: "int",
    ValType.F32: "float",
    ValType.F64: "float",
    ValType.V128: "V128",
    ValType.FUNCREF: "Function | None",
}


def stubs(source: Source) -> str:
    """Return a stub file for what a module exports, for type checkers and editors.

    Args:
        source: The module: a path, bytes-like data in the binary format, or a `Module`.

    Returns:
        The text of the file ``name.pyi``. Exports whose names are none in Python are left out, as comments.

    Raises:
        LoadError: The module could not be read or parsed.

    Example:
        >>> from wasmedge.loader import stubs
        >>> print(stubs("examples/fibonacci.wasm").splitlines()[-1])
        def fib(arg0: int, /) -> int: ...
    """
    module = source if isinstance(source, Module) else VM().loader.load(source)
    lines = [_stub(entry.name, entry.type) for entry in module.exports]
    header = "# Made by wasmedge.loader.stubs()\nfrom typing import Any\n\n"
    return f"{header}from wasmedge import V128, Function, Global, Memory, Table, Tag\n\n" + "".join(lines)


def _stub(name: str, type_: Any) -> str:
    if not name.isidentifier() or keyword.iskeyword(name) or _is_private(name):
        return f"# {name!r} is no name of an attribute\n"
    if isinstance(type_, FunctionType):
        params = [f"arg{i}: {_annotation(param)}" for i, param in enumerate(type_.params)]
        results = [_annotation(result) for result in type_.results]
        returns = "None" if not results else results[0] if len(results) == 1 else f"tuple[{', '.join(results)}]"
        return f"def {name}({', '.join([*params, '/'] if params else [])}) -> {returns}: ...\n"
    kind = "Memory" if isinstance(type_, MemoryType) else "Table" if isinstance(type_, TableType) else None
    return f"{name}: {kind or type(type_).__name__.removesuffix('Type')}\n"


def _annotation(type_: Any) -> str:
    return _TYPES.get(type_, "Any")


sys.meta_path.append(WasmFinder())
