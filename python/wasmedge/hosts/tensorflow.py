# SPDX-License-Identifier: Apache-2.0
"""TensorFlow for guests: the module wasmedge_tensorflow, of WasmEdge 0.13 and of those before."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Annotated

from wasmedge.host import i64
from wasmedge.hosts.calls import GuestError
from wasmedge.hosts.extras import require_extra
from wasmedge.hosts.functions import guest_function
from wasmedge.hosts.layout import AtMost, u32, u64
from wasmedge.hosts.module import HostModule
from wasmedge.hosts.pointers import Array, OutU32, Ptr, Slice, Text
from wasmedge.hosts.sessions import Errno, OldHandles, SessionFunctions, numbered
from wasmedge.hosts.tensorflow_sessions import EXTRA, NEED, GraphSession, split_name

__all__ = ["TensorflowModule"]

Dimensions = Annotated[Array[i64], AtMost(32)]


class TensorflowModule(HostModule, name="wasmedge_tensorflow"):
    """Runs TensorFlow models for guests: an `Instance` with the functions of WasmEdge's plug-in, old and new ones.

    A model is a program. One that a guest brings may use only operations that compute: those that keep a state, or that
    read and write files or streams, run Python, or reach other processes, are refused. TensorFlow itself is native code
    that was not made for hostile models; those of guests that are not trusted are better run in a process of their own.

    Args:
        saved_models: Saved models of the host that guests may load, by the paths that guests give for them. They may
            use any operation.
        any_operation: Whether models of guests may, too: only for guests that may do whatever this process may.
        max_sessions: How many sessions guests may have open at a time.

    Raises:
        MissingExtraError: TensorFlow is not installed (``pip install 'pywasmedge[tensorflow]'``).
        TypeError: `saved_models` is no mapping.
    """

    def __init__(
        self,
        *,
        saved_models: Mapping[str, str | os.PathLike[str]] | None = None,
        any_operation: bool = False,
        max_sessions: int = 64,
    ) -> None:
        require_extra(NEED, EXTRA, "tensorflow")
        if not isinstance(saved_models, Mapping | None):
            raise TypeError(f"saved_models must be a mapping, not {type(saved_models).__name__}")
        paths = {name: os.fspath(path) for name, path in (saved_models or {}).items()}
        super().__init__(_Tensorflow(paths, any_operation, max_sessions), _OldTensorflow(any_operation, max_sessions))


class _Tensorflow(SessionFunctions[GraphSession]):
    """The functions since WasmEdge 0.13."""

    def __init__(self, paths: dict[str, str], any_operation: bool, limit: int) -> None:
        super().__init__(limit)
        self._paths = paths
        self._any_operation = any_operation

    @numbered
    def create_session(self, model: Slice, session: OutU32) -> None:
        """Load a frozen graph."""
        session.set(self._sessions.open(GraphSession.from_graph(bytes(model), self._any_operation)))

    @numbered
    def create_session_saved_model(self, path: Text, tags: Annotated[Array[Text], AtMost(64)], session: OutU32) -> None:
        """Load a saved model of the host."""
        found = self._paths.get(path)
        if found is None:
            raise GuestError(Errno.INVALID_ARGUMENT, f"there is no saved model {path!r} for guests")
        session.set(self._sessions.open(GraphSession.from_saved_model(found, list(tags))))

    @numbered
    def get_output_tensor(self, session: u32, name: Text, tensor: OutU32) -> None:
        """Find an output that was asked for."""
        tensor.set(self._sessions.get(session).output(*split_name(name)))

    @numbered
    def get_tensor_data(self, session: u32, tensor: u32, target: Slice, written: OutU32) -> None:
        """Copy as much of an output as there is room for."""
        written.set(target.write(self._sessions.get(session).tensor(tensor), truncate=True))

    @numbered
    def append_input(self, session: u32, name: Text, dims: Dimensions, data_type: u32, data: Slice) -> None:
        """Set an input."""
        self._sessions.get(session).set_input(*split_name(name), list(dims), data_type, data)

    @numbered
    def append_output(self, session: u32, name: Text) -> None:
        """Ask for an output."""
        self._sessions.get(session).add_output(*split_name(name))

    @numbered
    def clear_input(self, session: u32) -> None:
        """Forget the inputs."""
        self._sessions.get(session).clear_inputs()

    @numbered
    def clear_output(self, session: u32) -> None:
        """Forget the outputs."""
        self._sessions.get(session).clear_outputs()


_handle = guest_function(error=0)
_status = guest_function(success=0, error=1)
_silent = guest_function(silent=True)


class _OldTensorflow:
    """The functions before WasmEdge 0.13."""

    def __init__(self, any_operation: bool, limit: int) -> None:
        self._any_operation = any_operation
        self._handles: OldHandles[GraphSession] = OldHandles(limit)

    def _get(self, session: int) -> GraphSession:
        return self._handles.sessions.get(session)

    @_handle
    def wasmedge_tensorflow_create_session(self, model: Slice) -> u64:
        """Load a frozen graph."""
        return self._handles.sessions.open(GraphSession.from_graph(bytes(model), self._any_operation))

    @_silent
    def wasmedge_tensorflow_delete_session(self, session: u64) -> None:
        """Close a session."""
        self._handles.sessions.close(session)

    @_status
    def wasmedge_tensorflow_run_session(self, session: u64) -> None:
        """Run the model."""
        self._get(session).run()

    @_handle
    def wasmedge_tensorflow_get_output_tensor(self, session: u64, name: Text, index: u32) -> u64:
        """Find an output that was asked for."""
        return self._handles.of_tensor(session, self._get(session).output(name, index))

    @_handle
    def wasmedge_tensorflow_get_tensor_len(self, tensor: u64) -> u32:
        """Tell the size of an output."""
        return self._handles.size(tensor)

    @_silent
    def wasmedge_tensorflow_get_tensor_data(self, tensor: u64, target: Ptr) -> None:
        """Copy an output."""
        self._handles.write(tensor, target)

    @_silent
    def wasmedge_tensorflow_append_input(
        self, session: u64, name: Text, index: u32, dims: Dimensions, data_type: u32, data: Slice
    ) -> None:
        """Set an input."""
        self._get(session).set_input(name, index, list(dims), data_type, data)

    @_silent
    def wasmedge_tensorflow_append_output(self, session: u64, name: Text, index: u32) -> None:
        """Ask for an output."""
        self._get(session).add_output(name, index)

    @_silent
    def wasmedge_tensorflow_clear_input(self, session: u64) -> None:
        """Forget the inputs."""
        self._get(session).clear_inputs()

    @_silent
    def wasmedge_tensorflow_clear_output(self, session: u64) -> None:
        """Forget the outputs."""
        self._get(session).clear_outputs()
