# SPDX-License-Identifier: Apache-2.0
"""Which code a module is instantiated by: what is compiled at once, what in the background, and what the cache has."""

from __future__ import annotations

import contextlib
import contextvars
import time
import warnings
import weakref
from typing import TYPE_CHECKING

from wasmedge import _core, background, cache
from wasmedge._core import Configure, Module, OptimizationLevel, OutputFormat, RunMode
from wasmedge.code_key import key_of
from wasmedge.compilation import compile_bytes
from wasmedge.errors import CompileError, CompileWarning, LoadError, WasmEdgeError
from wasmedge.locks import make_lock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Progress = Callable[[str], object]

__all__ = ["choose", "find", "ready", "report", "reporting", "wait"]

# Above so many bytes `auto` compiles without optimising first: to optimise them takes a third of a second or more
# (benchmarks/bench_startup.py measures it).
LARGE_MODULE = 48 * 1024

_progress: contextvars.ContextVar[Progress | None] = contextvars.ContextVar("wasmedge_progress", default=None)
_locks: weakref.WeakKeyDictionary[Module, contextlib.AbstractContextManager[bool]] = weakref.WeakKeyDictionary()
_state = make_lock()  # guards both
_warned: set[str] = set()


@contextlib.contextmanager
def reporting(progress: Progress | None) -> Iterator[None]:
    """Tell `progress` of the phases of what is done inside, on this thread."""
    token = _progress.set(progress)
    try:
        yield
    finally:
        _progress.reset(token)


def report(phase: str) -> None:
    """Tell whoever wants to know that a phase begins: load, validate, compile, optimize or instantiate."""
    if (progress := _progress.get()) is not None:
        progress(phase)


def choose(module: Module, configure: Configure) -> _core._NativeCode | None:
    """Give the code to instantiate a module by, or None for the interpreter; called by the extension."""
    code = _choose(module, configure)
    report("instantiate")
    return code


def _choose(module: Module, configure: Configure) -> _core._NativeCode | None:
    obstacle = _core._native_obstacle(module, configure)
    if obstacle is not None:
        _interpret(module, configure, obstacle)
        return None
    _prepare(configure)
    with _lock_of(module):
        try:
            return _find(module, configure) or _make(module, configure)
        except WasmEdgeError as error:
            _interpret(module, configure, error.message, error)
        except OSError as error:
            _interpret(module, configure, f"no room for temporary files: {error}", error)
    return None


def find(module: Module, configure: Configure) -> str | None:
    """Give the key by which a module keeps its best code, if there is any already: validation can be left out then.

    It was found valid when the code was made, with the same proposals, by the same version of the runtime.
    """
    if configure.run_mode is RunMode.INTERPRETER or module._has_trusted_code():
        return None
    if _core._native_obstacle(module, configure) is not None:
        return None
    _prepare(configure)
    with _lock_of(module):
        code = _find(module, configure)
    if code is None:
        return None
    report("instantiate")
    return _held_key(key_of(module, configure), configure)


def _prepare(configure: Configure) -> None:
    """Ask for what is loaded, whatever the user wants of a `Compiler`."""
    configure.output_format = OutputFormat.NATIVE
    configure.dump_ir = False


def ready(module: Module) -> bool:
    """Do what `Module.ready` promises; called by the extension."""
    return all(event.is_set() for event in background.pending(module))


def wait(module: Module, timeout: float | None) -> bool:
    """Do what `Module.wait` promises; called by the extension."""
    end = None if timeout is None else time.monotonic() + timeout
    return all(
        event.wait(None if end is None else max(0.0, end - time.monotonic())) for event in background.pending(module)
    )


def _find(module: Module, configure: Configure) -> _core._NativeCode | None:
    """Look for code that is there already: the module's own, and then the cache's."""
    key = key_of(module, configure)
    found = module._find_code(_held_key(key, configure))
    if found is not None or not _caches(configure):
        return found
    try:
        artefact = cache._find(key)
    except OSError as error:
        _warn_of_cache(error)
        return None
    if artefact is None:
        return None
    try:
        return _load(module, configure, artefact, RunMode.AOT)
    except LoadError:  # whole, but of no use: what it was made on is not what it is used on
        cache._remove(key)
        return None


def _make(module: Module, configure: Configure) -> _core._NativeCode:
    is_large = len(module._bytes()) >= LARGE_MODULE
    if configure.run_mode is not RunMode.AUTO or not is_large or configure.optimization_level is OptimizationLevel.O0:
        report("compile")
        return _compile(module, configure)
    quick = configure._copy()
    quick.optimization_level = OptimizationLevel.O0
    code = _find(module, quick)
    if code is None:
        report("compile")
        code = _compile(module, quick)
    _optimize_later(module, configure)
    return code


def _compile(module: Module, configure: Configure) -> _core._NativeCode:
    artefact = compile_bytes(module._bytes(), module._label, configure)
    mode = RunMode.JIT
    if _caches(configure):
        try:
            cache._store(key_of(module, configure), artefact)
            mode = RunMode.AOT
        except OSError as error:
            _warn_of_cache(error)
    return _load(module, configure, artefact, mode)


def _load(module: Module, configure: Configure, artefact: bytes, mode: RunMode) -> _core._NativeCode:
    code = _core._load_native(artefact, f"the compiled code of {module._label}", configure, mode)
    module._keep_code(_held_key(key_of(module, configure), configure), code)
    return code


def _optimize_later(module: Module, configure: Configure) -> None:
    key = key_of(module, configure)
    if background.has_tried(module, key):
        return
    report("optimize")
    if _caches(configure):
        with contextlib.suppress(OSError):  # then in a thread
            background.begin_process(module, key, configure)
            return
    held = weakref.ref(module)

    def compile_in_thread() -> None:
        if (living := held()) is not None:
            _compile(living, configure)

    background.begin_thread(module, key, compile_in_thread)


def _caches(configure: Configure) -> bool:
    return configure.cache and configure.run_mode is not RunMode.JIT


def _held_key(key: str, configure: Configure) -> str:
    """Tell code of the cache from code that is to leave nothing there."""
    return key if _caches(configure) else "uncached " + key


def _interpret(module: Module, configure: Configure, reason: str, cause: Exception | None = None) -> None:
    message = f"{module._label} is interpreted, not compiled: {reason}"
    if configure.strict:
        error = CompileError(f"cannot compile {module._label}: {reason}")
        if isinstance(cause, CompileError):
            raise cause
        raise error from cause
    warnings.warn(CompileWarning(message), stacklevel=4)


def _warn_of_cache(error: OSError) -> None:
    place = str(cache.directory)
    with _state:
        if place in _warned:
            return
        _warned.add(place)
    warnings.warn(
        CompileWarning(f"the cache of compiled code in {place} cannot be used, code is compiled anew: {error}"),
        stacklevel=4,
    )


def _lock_of(module: Module) -> contextlib.AbstractContextManager[bool]:
    """Let threads that want code of one module wait for the first of them; what that calls may want it as well."""
    with _state:
        return _locks.setdefault(module, make_lock())
