# SPDX-License-Identifier: Apache-2.0
"""Pickles of what is made of modules: it is made again of the module's bytes on the other side.

Imports travel as pickle takes them: functions of Python's by the names of their modules. Compiled code does not travel:
it comes from the cache of the other side, or is made there, for the processor that is there. State does not travel
either.
"""

from __future__ import annotations

import collections
import copyreg
import functools
import hashlib
import importlib
import uuid
import weakref
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wasmedge import _core
from wasmedge._core import (
    Configure,
    Function,
    Global,
    HostRegistration,
    Memory,
    Module,
    OptimizationLevel,
    OutputFormat,
    Proposal,
    Table,
)
from wasmedge.locks import make_lock

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from wasmedge.array_functions import Options
    from wasmedge.namespaces import Imports

__all__ = ["InstanceRecipe", "Recipe", "register_ufuncs"]

_KEPT = 16  # things made again, so that each task that brings one does not make another

_lock = make_lock()  # guards what follows
_restored: collections.OrderedDict[str, Any] = collections.OrderedDict()
_living: weakref.WeakValueDictionary[tuple[str, str], Function] = weakref.WeakValueDictionary()


class Recipe:
    """What a ufunc is made of.

    Args:
        maker: The module of this package that makes it.
        module: The WebAssembly module.
        name: The function's name.
        options: The options.
        arguments: What else the maker's `make` takes.
    """

    def __init__(self, maker: str, module: Module, name: str, options: Options, *arguments: Any) -> None:
        parts = (maker, name, arguments, tuple(options._replace(imports=None, progress=None, configure=None)))
        self.key = _key(module._bytes(), parts, options.configure, options.imports or options.progress)
        self.content = (maker, module, name, options, arguments)


class InstanceRecipe:
    """What an instance is made of.

    Args:
        module: The WebAssembly module.
        imports: What it imports: callables of Python's and numbers, by module name and name.
        configure: The configuration, with the run mode.
    """

    def __init__(self, module: Module, imports: dict[str, dict[str, Any]], configure: Configure) -> None:
        self.data = module._bytes()
        self.label = module._label
        self.imports = imports
        self.configure = configure

    @classmethod
    def of(cls, module: Module, imports: Imports | None, configure: Configure) -> InstanceRecipe | None:
        """Write down what an instance is made of; None where it shares objects with others, which cannot travel."""
        kept: dict[str, dict[str, Any]] = {}
        for entry in module.imports:
            namespace = (imports or {}).get(entry.module, {})
            if not isinstance(namespace, Mapping):
                return None
            if entry.name in namespace:
                value = namespace[entry.name]
                if isinstance(value, (Function, Memory, Table, Global)):
                    return None
                kept.setdefault(entry.module, {})[entry.name] = value
        return cls(module, kept, configure)

    @functools.cached_property
    def key(self) -> str:
        """A name for instances of this recipe."""
        return _key(self.data, (self.label,), self.configure, self.imports)


def _key(data: bytes, parts: tuple[Any, ...], configure: Configure | None, unnamable: Any) -> str:
    """Return a name that is the same for the same content, or a new one where there is content that has no name."""
    if unnamable:
        return uuid.uuid4().hex
    state = None if configure is None else _configure_state(configure)
    return hashlib.sha256(hashlib.sha256(data).digest() + repr((parts, state)).encode()).hexdigest()


def _once(key: str, make: Callable[[], Any]) -> Any:
    """Return what was made for a key lately, or make it."""
    with _lock:
        if key in _restored:
            _restored.move_to_end(key)
        else:
            _restored[key] = make()
        while len(_restored) > _KEPT:
            _restored.popitem(last=False)
        return _restored[key]


def register_ufuncs() -> None:
    """Let pickle ask this module about ufuncs: numpy itself takes each for one that a module has under its name."""
    import numpy as np  # noqa: PLC0415 - it is heavy, and many programs do without

    with _lock:
        others = copyreg.dispatch_table.get(np.ufunc)
        if getattr(others, "__module__", None) == __name__:
            return

        def reduce_ufunc(ufunc: np.ufunc) -> Any:
            recipe = _core._ufunc_recipe(ufunc)
            if isinstance(recipe, Recipe):
                return _restore_ufunc, (recipe.key, recipe.content)
            return ufunc.__name__ if others is None else others(ufunc)

        copyreg.pickle(np.ufunc, reduce_ufunc)


def _restore_ufunc(key: str, content: tuple[str, Module, str, Options, tuple[Any, ...]]) -> np.ufunc:
    maker, module, name, options, arguments = content

    def make() -> np.ufunc:
        from wasmedge.array_functions import find_target  # noqa: PLC0415 - it imports this module

        make_ufunc = importlib.import_module(f"wasmedge.{maker}").make
        made: np.ufunc = make_ufunc(find_target(module, name, options.configure), options, *arguments)
        return made

    restored: np.ufunc = _once(key, make)
    return restored


def _reduce_function(function: Function) -> Any:
    located = _core._origin(function)
    recipe = None if located is None else _core._recipe_of(located[0])
    if located is None or recipe is None:
        raise TypeError(
            f"cannot pickle {function!r}: only functions that wasmedge.instantiate() has made can be, of modules that "
            "import nothing but Python callables and numbers"
        )
    name = located[1]
    with _lock:
        _living[recipe.key, name] = function
    return _restore_function, (recipe, name)


def _restore_function(recipe: InstanceRecipe, name: str) -> Function:
    with _lock:
        found = _living.get((recipe.key, name))
    if found is not None:
        return found

    def make() -> _core.Instance:
        from wasmedge.shortcuts import instantiate  # noqa: PLC0415 - it imports this module

        module = _core._restore_module(recipe.data, recipe.label)
        return instantiate(module, imports=recipe.imports, configure=recipe.configure)

    function: Function = _once(recipe.key, make).exports[name]
    return function


_SWITCHES = (
    "strict",
    "cache",
    "max_memory_pages",
    "count_instructions",
    "measure_cost",
    "measure_time",
    "dump_ir",
    "generic_binary",
    "interruptible",
)


def _configure_state(configure: Configure) -> dict[str, Any]:
    mode = configure._chosen_run_mode
    return {
        "proposals": [each.name for each in Proposal if each in configure],
        "hosts": [each.name for each in HostRegistration if each in configure],
        "run_mode": None if mode is None else mode.name.lower(),
        "optimization_level": configure.optimization_level.name,
        "output_format": configure.output_format.name,
        "switches": {name: getattr(configure, name) for name in _SWITCHES},
    }


def _reduce_configure(configure: Configure) -> Any:
    return _restore_configure, (_configure_state(configure),)


def _restore_configure(state: dict[str, Any]) -> Configure:
    configure = Configure()
    wanted = {Proposal[name] for name in state["proposals"]}
    for proposal in Proposal:
        if proposal not in wanted:
            configure.remove(proposal)
    for proposal in wanted:
        configure.add(proposal)
    for host in state["hosts"]:
        configure.add(HostRegistration[host])
    if state["run_mode"] is not None:
        configure.run_mode = state["run_mode"]
    configure.optimization_level = OptimizationLevel[state["optimization_level"]]
    configure.output_format = OutputFormat[state["output_format"]]
    for name, value in state["switches"].items():
        setattr(configure, name, value)
    return configure


copyreg.pickle(Configure, _reduce_configure)
copyreg.pickle(Function, _reduce_function)
