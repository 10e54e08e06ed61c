# SPDX-License-Identifier: Apache-2.0
"""Compilations that go on in the background, and the modules that they are for."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
import weakref
from typing import TYPE_CHECKING

from wasmedge import cache, worker
from wasmedge.errors import CompileWarning, WasmEdgeError
from wasmedge.locks import make_lock
from wasmedge.unfinished import make_directory

if TYPE_CHECKING:
    from collections.abc import Callable

    from wasmedge._core import Configure, Module

__all__ = ["begin_process", "begin_thread", "has_tried", "pending"]

_jobs: weakref.WeakKeyDictionary[Module, dict[str, threading.Event]] = weakref.WeakKeyDictionary()
_state = make_lock()  # guards _jobs


def pending(module: Module) -> list[threading.Event]:
    """Return what is set when each of a module's compilations has ended."""
    with _state:
        return list(_jobs.get(module, {}).values())


def has_tried(module: Module, key: str) -> bool:
    """Return whether a compilation has begun before: one that failed would fail again."""
    with _state:
        return key in _jobs.get(module, {})


def begin_process(module: Module, key: str, configure: Configure) -> None:
    """Begin a compilation in another process, into the cache. It goes on when this process ends.

    Raises:
        OSError: There can be no such process, or no room for its input.
    """
    directory = make_directory(cache.WORK_PREFIX, cache._open_directory())
    try:
        job = worker.Job.write(directory, module._bytes(), module._label, configure, key)
        process = worker.begin(job)
    except BaseException:
        shutil.rmtree(directory, ignore_errors=True)
        raise

    def wait_for_it() -> None:
        with contextlib.suppress(ChildProcessError):  # somebody else has waited for all children
            os.waitpid(process, 0)

    begin_thread(module, key, wait_for_it)


def begin_thread(module: Module, key: str, work: Callable[[], None]) -> None:
    """Begin a compilation in a thread, which does not keep the process from ending."""
    event = threading.Event()
    with _state:
        _jobs.setdefault(module, {})[key] = event

    def run() -> None:
        try:
            with contextlib.suppress(
                WasmEdgeError, OSError, CompileWarning
            ):  # then the code that there is stays in force
                work()
        finally:
            event.set()

    threading.Thread(target=run, name="wasmedge-compile", daemon=True).start()


def _after_fork() -> None:
    """Forget the parent's compilations in a child, where no thread would say that they have ended."""
    _jobs.clear()


os.register_at_fork(after_in_child=_after_fork)
