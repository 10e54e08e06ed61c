# SPDX-License-Identifier: Apache-2.0
"""What the functions over arrays have in common: the module and its function, the instances, the options."""

from __future__ import annotations

import numbers
import os
from typing import TYPE_CHECKING, Any, NamedTuple

from wasmedge._core import VM, Configure, ErrCode, FunctionType, Loader, Module, Proposal, RunMode, Validator
from wasmedge.editing import FUNCTION, ModuleEditor
from wasmedge.errors import FunctionNotFoundError
from wasmedge.shortcuts import default_run_mode, instantiate_in
from wasmedge.statefulness import keeps_state

if TYPE_CHECKING:
    from collections.abc import Callable

    from wasmedge.namespaces import Imports
    from wasmedge.shortcuts import Source

__all__ = ["Options", "Target", "core_options", "find_target"]

_LARGE = 100_000  # elements that are worth starting threads for, where nobody has asked for them
_WORTHWHILE = 8192  # and where somebody has
_MOST_OPERANDS = 32  # of a ufunc, in numpy 1


class Options(NamedTuple):
    """How a function over arrays runs. Pickles."""

    imports: Imports | None = None
    configure: Configure | None = None
    run_mode: RunMode | str | None = None
    strict: bool | None = None
    threads: int | None = None
    fuel: int | None = None
    timeout: float | None = None
    progress: Callable[[int], object] | None = None
    identity: float | None = None
    doc: str | None = None


class Target(NamedTuple):
    """A function of a module, and a copy of the module to edit."""

    module: Module
    name: str
    function: int
    type: FunctionType
    editor: ModuleEditor

    def check_operands(self, count: int) -> None:
        """Raise ValueError for more operands than numpy takes."""
        if count > _MOST_OPERANDS:
            raise ValueError(
                f"{self.name}() has {count} arguments and results, and numpy takes {_MOST_OPERANDS} at most"
            )


def find_target(source: Source, name: str, configure: Configure | None) -> Target:
    """Load and validate a module, and find the function.

    Raises:
        LoadError, ValidationError: The module is none, or is not valid.
        FunctionNotFoundError: It exports no such function.
    """
    # Several memories are nothing new here: the copy has one more.
    configure = configure or Configure(Proposal.MULTI_MEMORIES)
    module = Loader(configure).load(source)
    Validator(configure).validate(module)
    editor = ModuleEditor(module._bytes())
    kind, index = editor.exports().get(name, (None, 0))
    if kind != FUNCTION:
        names = [each.name for each in module.exports if isinstance(each.type, FunctionType)]
        message = f"{module._label} exports no function {name!r}; it exports {', '.join(names) or 'none'}"
        raise FunctionNotFoundError(message, ErrCode.FUNC_NOT_FOUND)
    type_ = next(each.type for each in module.exports if each.name == name)
    assert isinstance(type_, FunctionType)
    return Target(module, name, index, type_, editor)


def make_configure(options: Options, needs_memories: bool) -> Configure:
    """Return the configuration of the edited module: the caller's, and what the loops need."""
    configure = options.configure._copy() if options.configure is not None else Configure()
    if needs_memories:
        configure.add(Proposal.MULTI_MEMORIES)
    if options.fuel is not None:
        configure.measure_cost = True
    return configure


class InstanceMaker:
    """Makes instances of an edited module.

    Args:
        data: The module.
        options: The imports, the run mode and so on.
        configure: The configuration.
        exports: The names of the loop, of the scan or None, of the memory, and of the loop over groups or None.
        size: How many bytes of the memory are the loop's own from the beginning on.
    """

    def __init__(
        self,
        data: bytes,
        options: Options,
        configure: Configure,
        exports: tuple[str, str | None, str, str | None],
        size: int,
    ) -> None:
        self._module = Loader(configure).load(data)
        self._options = options
        self._configure = configure
        self._exports = exports
        self._size = size

    def __call__(self) -> tuple[Any, Any, Any, int, int, Any]:
        """Make one: its loop, scan, memory, where in that how many bytes are the loop's own, and the grouped loop."""
        options = self._options
        mode = _run_mode(options)
        with VM(self._configure, run_mode=mode, strict=options.strict) as vm:
            instantiate_in(vm, self._module, options.imports)
            instance = vm.active_instance
        assert instance is not None
        # What a C or C++ library does before its functions may be called.
        initialize = instance.functions.get("_initialize")
        if initialize is not None and initialize.type == FunctionType([], []):
            initialize()
        loop, scan, memory, grouped = self._exports
        exports = instance.exports
        found = exports[loop], scan and exports[scan], exports[memory]
        return *found, 0, self._size, grouped and exports[grouped]


def _run_mode(options: Options) -> RunMode | str:
    """Return the mode that was asked for; by default the best code, which is made once and kept."""
    mode = default_run_mode(options.configure, options.run_mode)
    asked = options.run_mode is not None or os.environ.get("WASMEDGE_RUN_MODE")
    return "aot" if mode == "auto" and not asked else mode


def core_options(target: Target, options: Options, signature: str, operands: tuple[int, int]) -> dict[str, Any]:
    """Return what the extension needs to make a ufunc, but for its types, the factory and the recipe."""
    threads = _threads(target, options)
    if options.progress is not None and not callable(options.progress):
        raise TypeError(f"progress must be callable, not {type(options.progress).__name__}")
    if options.identity is not None and not isinstance(options.identity, numbers.Real):
        raise TypeError(f"identity must be a number, not {type(options.identity).__name__}")
    return {
        "name": target.name,
        "doc": options.doc if options.doc is not None else _describe(target),
        "signature": signature,
        "inputs": operands[0],
        "outputs": operands[1],
        "threads": threads,
        "large": _LARGE if options.threads is None else _WORTHWHILE,
        "fuel": options.fuel,
        "timeout": options.timeout,
        "calls_python": target.module.imports != (),
        "progress": options.progress,
        "identity": options.identity,
    }


def _threads(target: Target, options: Options) -> int:
    threads = options.threads
    if threads is None:
        return 1 if keeps_state(target.editor, target.function) else len(os.sched_getaffinity(0))
    if isinstance(threads, bool) or not isinstance(threads, int):
        raise TypeError(f"threads must be an int, not {type(threads).__name__}")
    if threads < 1:
        raise ValueError(f"threads must be at least 1, not {threads}")
    return threads


def _describe(target: Target) -> str:
    return f"The function {target.name} of the WebAssembly module {target.module._label}: {target.type}."
