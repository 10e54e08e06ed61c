# SPDX-License-Identifier: Apache-2.0
"""Graphs and execution contexts that guests have open."""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING, Any

from wasmedge.hosts.calls import GuestError
from wasmedge.hosts.nn.codes import Errno
from wasmedge.locks import make_lock

if TYPE_CHECKING:
    from types import TracebackType

    import numpy.typing as npt

    from wasmedge.hosts.nn.protocol import ExecutionContext, Graph

__all__ = ["Budget", "LoadedGraph", "OpenContext"]

_MOST_INPUTS = 1024


class Budget:
    """Bytes that guests may have the host keep, counted over all contexts of a module.

    Args:
        limit: The most.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._used = 0
        # A context that the garbage collector finds may give back just here.
        self._lock = make_lock()

    def take(self, size: int) -> None:
        """Count some bytes; negative for those that are given back.

        Raises:
            GuestError: They are too many. None is counted then.
        """
        with self._lock:
            if size > 0 and self._used + size > self._limit:
                raise GuestError(Errno.TOO_LARGE, f"guests may have {self._limit} bytes of inputs set at a time")
            self._used += size


class LoadedGraph:
    """A graph that guests have a handle of.

    Args:
        graph: The graph.
        key: The name and the configuration it was loaded by, None for a model that the guest has brought.
    """

    def __init__(self, graph: Graph, key: tuple[str, str] | None) -> None:
        self.graph = graph
        self.key = key
        # Contexts end with their graph, so that guests cannot have more models in memory than graphs.
        self._contexts: weakref.WeakSet[OpenContext] = weakref.WeakSet()
        self._lock = make_lock()
        self._is_loaded = True

    def open(self, context: OpenContext) -> None:
        """Have a context end with the graph.

        Raises:
            GuestError: The graph has been unloaded meanwhile.
        """
        with self._lock:
            if not self._is_loaded:
                raise GuestError(Errno.INVALID_ARGUMENT, "the graph has been unloaded")
            self._contexts.add(context)

    def unload(self) -> None:
        """End all contexts. One that computes just then does so to its end."""
        with self._lock:
            self._is_loaded = False
            contexts = list(self._contexts)
        for context in contexts:
            context.end()


class OpenContext:
    """An execution context that guests have a handle of. In a ``with`` statement it is this thread's only.

    Args:
        context: The execution context.
        budget: What its inputs are taken from.
    """

    def __init__(self, context: ExecutionContext, budget: Budget) -> None:
        self._context: ExecutionContext | None = context
        self._budget = budget
        self._sizes: dict[int, int] = {}
        self._lock = threading.Lock()
        weakref.finalize(self, _give_back, budget, self._sizes).atexit = False

    def __enter__(self) -> Any:
        # Not to wait keeps a model that calls its guest back, which calls the model, from waiting for itself.
        if not self._lock.acquire(blocking=False):
            raise GuestError(Errno.BUSY, "the context is being used by another thread")
        context = self._context
        if context is None:
            self._lock.release()
            raise GuestError(Errno.INVALID_ARGUMENT, "the graph of the context has been unloaded")
        return context

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._lock.release()

    def set_input(self, index: int, tensor: npt.NDArray[Any]) -> None:
        """Set an input of the execution context, in a ``with`` statement, and count its bytes.

        Raises:
            GuestError: They are too many, or no model has so many inputs.
        """
        if index >= _MOST_INPUTS:
            raise GuestError(Errno.INVALID_ARGUMENT, f"there is no input {index}")
        more = tensor.nbytes - self._sizes.get(index, 0)
        if more:
            self._budget.take(more)
        try:
            assert self._context is not None
            self._context.set_input(index, tensor)
        except BaseException:
            self._budget.take(-more)
            raise
        self._sizes[index] = tensor.nbytes

    def end(self) -> None:
        """Let go of the execution context."""
        self._context = None


def _give_back(budget: Budget, sizes: dict[int, int]) -> None:
    budget.take(-sum(sizes.values()))
