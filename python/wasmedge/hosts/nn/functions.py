# SPDX-License-Identifier: Apache-2.0
"""The functions of WASI-NN that guests call."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Annotated, Any

from wasmedge.hosts.calls import GuestError
from wasmedge.hosts.extras import MissingExtraError
from wasmedge.hosts.functions import guest_function
from wasmedge.hosts.handles import HandleTable
from wasmedge.hosts.layout import AtMost, u32
from wasmedge.hosts.nn.backends import Backends
from wasmedge.hosts.nn.callables import to_graph
from wasmedge.hosts.nn.codes import Encoding, Errno, Target, TensorTypes
from wasmedge.hosts.nn.contexts import Budget, LoadedGraph, OpenContext
from wasmedge.hosts.nn.preloads import Preload
from wasmedge.hosts.nn.protocol import ExecutionContext, Graph
from wasmedge.hosts.nn.tensors import GuestTensor, to_bytes
from wasmedge.hosts.pointers import Array, In, OutU32, Slice, Text
from wasmedge.locks import make_lock

__all__ = ["WasiNN"]

_LOGGER = logging.getLogger("wasmedge.hosts")
_numbered = guest_function(success=Errno.SUCCESS, fault=Errno.INVALID_ARGUMENT, failure=Errno.RUNTIME_ERROR)


class WasiNN:
    """The state behind the functions: the graphs and contexts that guests have open.

    Args:
        backends: What loads models.
        preloads: Models of the host by name.
        types: Which numbers stand for types of tensors.
        max_graphs: How many graphs may be loaded at a time.
        max_contexts: How many execution contexts may be open at a time.
        max_input_bytes: How many bytes all inputs together may have.
    """

    def __init__(
        self,
        backends: Backends,
        preloads: Mapping[str, Preload | Graph],
        types: TensorTypes,
        max_graphs: int,
        max_contexts: int,
        max_input_bytes: int,
    ) -> None:
        self._backends = backends
        self._preloads = preloads
        self._types = types.tables
        self._graphs: HandleTable[LoadedGraph] = _make_table(max_graphs)
        self._contexts: HandleTable[OpenContext] = _make_table(max_contexts)
        self._budget = Budget(max_input_bytes)
        self._named: dict[tuple[str, str], int] = {}
        self._lock = make_lock()  # of the names, while their models are loaded

    @_numbered
    def load(
        self, builders: Annotated[Array[Slice], AtMost(256)], encoding: u32, target: u32, graph_id: OutU32
    ) -> None:
        """Load a model of the guest's."""
        if target not in (Target.CPU, Target.GPU, Target.TPU):
            raise GuestError(Errno.INVALID_ARGUMENT, f"{target} is no target")
        parts = list(builders)
        if encoding not in Encoding.__members__.values():
            raise GuestError(Errno.INVALID_ENCODING, f"{encoding} is no encoding")
        # Parts that overlap could be many times as much as the guest has.
        if not parts or sum(map(len, parts)) > builders.memory.size:
            raise GuestError(Errno.INVALID_ARGUMENT, f"{len(parts)} parts are no model")
        with _Explained():
            model = self._backends.load_guest_model(Encoding(encoding), [bytes(part) for part in parts], Target(target))
            graph_id.set(self._graphs.open(LoadedGraph(to_graph(model), None)))

    @_numbered
    def load_by_name(self, name: Text, graph_id: OutU32) -> None:
        """Load a model of the host, or return the graph that it is already."""
        graph_id.set(self._load_by_name(name, ""))

    @_numbered
    def load_by_name_with_config(self, name: Text, config: Text, graph_id: OutU32) -> None:
        """Load a model of the host with a configuration, or return the graph that it is already with the same one."""
        graph_id.set(self._load_by_name(name, config))

    def _load_by_name(self, name: str, config: str) -> int:
        found = self._preloads.get(name)
        if found is None:
            raise GuestError(Errno.NOT_FOUND, f"there is no model of the name {name!r}")
        with self._lock, _Explained():
            key = (name, config)
            if key not in self._named:
                graph = self._load_preload(found, config)
                self._named[key] = self._graphs.open(LoadedGraph(graph, key))
            return self._named[key]

    def _load_preload(self, found: Preload | Graph, config: str) -> Graph:
        if isinstance(found, Preload):
            loaded = self._backends.load(found.encoding, found.paths, found.target, config or found.config)
            return to_graph(loaded)
        return found

    @_numbered
    def unload(self, graph_id: u32) -> None:
        """Forget a graph; its contexts end."""
        with self._lock:
            graph = self._graphs.close(graph_id)
            if graph.key is not None:
                del self._named[graph.key]
        graph.unload()

    @_numbered
    def init_execution_context(self, graph_id: u32, context: OutU32) -> None:
        """Make an execution context of a graph."""
        graph = self._graphs.get(graph_id)
        made = OpenContext(graph.graph.init_execution_context(), self._budget)
        graph.open(made)
        context.set(self._contexts.open(made))

    @_numbered
    def finalize_execution_context(self, context: u32) -> None:
        """Forget a context."""
        self._contexts.close(context)

    @_numbered
    def set_input(self, context: u32, index: u32, tensor: In[GuestTensor]) -> None:
        """Set an input."""
        found = self._contexts.get(context)
        with found as opened:
            is_raw = getattr(opened, "raw_inputs", False)
            view = tensor.data.view() if is_raw else tensor.view(self._types)
            found.set_input(index, view)

    @_numbered
    def compute(self, context: u32) -> None:
        """Compute the outputs."""
        with self._contexts.get(context) as opened:
            opened.compute()

    @_numbered
    def compute_single(self, context: u32) -> None:
        """Compute the next part of the outputs."""
        with self._contexts.get(context) as opened:
            _streaming(opened, "compute_single")()

    @_numbered
    def get_output(self, context: u32, index: u32, target: Slice, written: OutU32) -> None:
        """Copy an output."""
        with self._contexts.get(context) as opened:
            written.set(_write(opened, opened.get_output(index), target))

    @_numbered
    def get_output_single(self, context: u32, index: u32, target: Slice, written: OutU32) -> None:
        """Copy the last part of an output."""
        with self._contexts.get(context) as opened:
            written.set(_write(opened, _streaming(opened, "get_output_single")(index), target))

    @_numbered
    def fini_single(self, context: u32) -> None:
        """Begin the outputs anew."""
        with self._contexts.get(context) as opened:
            _streaming(opened, "fini_single")()


class _Explained:
    """Says in the log which package is missing, of which the guest cannot know."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, MissingExtraError):
            _LOGGER.error("%s", error)
            raise GuestError(Errno.INVALID_ARGUMENT, str(error)) from error


def _make_table(limit: int) -> HandleTable[Any]:
    return HandleTable(unknown=Errno.INVALID_ARGUMENT, full=Errno.BUSY, limit=limit)


def _streaming(context: ExecutionContext, name: str) -> Any:
    method = getattr(context, name, None)
    if method is None:
        raise GuestError(Errno.INVALID_ARGUMENT, "the model computes all of its outputs at once")
    return method


def _write(context: ExecutionContext, output: Any, target: Slice) -> int:
    data = to_bytes(output)
    if data.nbytes > len(target) and getattr(context, "whole_outputs", False):
        raise GuestError(Errno.INVALID_ARGUMENT, f"the output has {data.nbytes} bytes, and not {len(target)}")
    return target.write(data, truncate=True)
