# SPDX-License-Identifier: Apache-2.0
"""TensorFlow Lite for guests: the module wasmedge_tensorflowlite, of WasmEdge 0.13 and of those before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from wasmedge.hosts.calls import GuestError
from wasmedge.hosts.extras import import_extra, require_extra
from wasmedge.hosts.functions import guest_function
from wasmedge.hosts.layout import u32, u64
from wasmedge.hosts.module import HostModule
from wasmedge.hosts.pointers import OutU32, Ptr, Slice, Text
from wasmedge.hosts.sessions import Errno, OldHandles, SessionFunctions, numbered
from wasmedge.locks import make_lock

if TYPE_CHECKING:
    import numpy.typing as npt


__all__ = ["TensorflowLiteModule"]

_NEED = "TensorflowLiteModule"
_EXTRA = "tflite"
_INTERPRETERS = ("ai_edge_litert.interpreter", "tflite_runtime.interpreter")


class TensorflowLiteModule(HostModule, name="wasmedge_tensorflowlite"):
    """Runs TensorFlow Lite models for guests: an `Instance` with the functions of WasmEdge's plug-in, old and new ones.

    The models are the guest's. They are interpreted on the processor by ai-edge-litert or, where that is not installed,
    by tflite-runtime, which check a model's structure when it is loaded, and are native code all the same: models of
    guests that are not trusted are better run in a process of their own.

    Args:
        threads: How many threads run one model.
        max_sessions: How many sessions guests may have open at a time, each with a model of its own.

    Raises:
        MissingExtraError: Neither package is installed (``pip install 'pywasmedge[tflite]'``).
        ValueError: `threads` is less than 1.
    """

    def __init__(self, *, threads: int = 2, max_sessions: int = 64) -> None:
        require_extra(_NEED, _EXTRA, *_INTERPRETERS)
        if threads < 1:
            raise ValueError(f"threads must be at least 1, not {threads}")
        super().__init__(_Lite(threads, max_sessions), _OldLite(threads, max_sessions))


class _Session:
    """An interpreter with its model. Threads take turns."""

    def __init__(self, model: bytes, threads: int) -> None:
        litert = import_extra(_NEED, _EXTRA, *_INTERPRETERS)
        try:
            self._interpreter = litert.Interpreter(model_content=model, num_threads=threads)
            self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raise GuestError(Errno.INVALID_ARGUMENT, f"the model cannot be loaded: {error}") from error
        self._lock = make_lock()
        self._has_run = False
        self._inputs = {tensor["name"]: tensor for tensor in self._interpreter.get_input_details()}
        self._outputs = self._interpreter.get_output_details()
        # What a guest does not set would be what was in the host's memory there.
        for tensor in self._inputs.values():
            self._interpreter.set_tensor(tensor["index"], np.zeros(tensor["shape"], _dtype(tensor)))

    def set_input(self, name: str, data: Slice) -> None:
        tensor = self._inputs.get(name)
        if tensor is None:
            raise GuestError(Errno.INVALID_ARGUMENT, f"there is no input {name!r}")
        type_ = _dtype(tensor)
        if len(data) != _size(tensor):
            raise GuestError(Errno.INVALID_ARGUMENT, f"the input {name!r} has {_size(tensor)} bytes, not {len(data)}")
        with self._lock:
            self._interpreter.set_tensor(tensor["index"], data.view(type_).reshape(tensor["shape"]))

    def run(self) -> None:
        with self._lock:
            try:
                self._interpreter.invoke()
            except (ValueError, RuntimeError) as error:
                raise GuestError(Errno.BUSY, f"the model failed: {error}") from error
            self._has_run = True

    def output(self, name: str) -> int:
        for number, tensor in enumerate(self._outputs):
            if tensor["name"] == name:
                return number
        raise GuestError(Errno.INVALID_ARGUMENT, f"there is no output {name!r}")

    def size(self, tensor: int) -> int:
        # The shape of an output may follow from the input.
        return self.tensor(tensor).nbytes if self._has_run else _size(self._find(tensor))

    def tensor(self, tensor: int) -> npt.NDArray[Any]:
        found = self._find(tensor)
        if not self._has_run:
            raise GuestError(Errno.INVALID_ARGUMENT, "the model has not run yet")
        with self._lock:
            return np.asarray(self._interpreter.get_tensor(found["index"]))

    def _find(self, tensor: int) -> dict[str, Any]:
        if tensor >= len(self._outputs):
            raise GuestError(Errno.INVALID_ARGUMENT, f"there is no output {tensor}")
        found: dict[str, Any] = self._outputs[tensor]
        _dtype(found)
        return found


def _dtype(tensor: dict[str, Any]) -> np.dtype[Any]:
    found: np.dtype[Any] = np.dtype(tensor["dtype"])
    if found.hasobject or found.itemsize == 0:
        raise GuestError(Errno.INVALID_ARGUMENT, f"the tensor {tensor['name']!r} has elements that are no numbers")
    return found


def _size(tensor: dict[str, Any]) -> int:
    return int(np.prod(tensor["shape"], dtype=np.int64)) * _dtype(tensor).itemsize


class _Lite(SessionFunctions[_Session]):
    """The functions since WasmEdge 0.13."""

    def __init__(self, threads: int, limit: int) -> None:
        super().__init__(limit)
        self._threads = threads

    @numbered
    def create_session(self, model: Slice, session: OutU32) -> None:
        """Load a model."""
        session.set(self._sessions.open(_Session(bytes(model), self._threads)))

    @numbered
    def get_output_tensor(self, session: u32, name: Text, tensor: OutU32) -> None:
        """Find an output by its name."""
        tensor.set(self._sessions.get(session).output(name))

    @numbered
    def get_tensor_data(self, session: u32, tensor: u32, target: Slice, written: OutU32) -> None:
        """Copy an output, for which the guest has exactly as much room."""
        found = self._sessions.get(session).tensor(tensor)
        if found.nbytes != len(target):
            raise GuestError(Errno.INVALID_ARGUMENT, f"the output has {found.nbytes} bytes, not {len(target)}")
        written.set(target.write(found))

    @numbered
    def append_input(self, session: u32, name: Text, data: Slice) -> None:
        """Set an input."""
        self._sessions.get(session).set_input(name, data)


_handle = guest_function(error=0)
_status = guest_function(success=0, error=1)
_silent = guest_function(silent=True)


class _OldLite:
    """The functions before WasmEdge 0.13."""

    def __init__(self, threads: int, limit: int) -> None:
        self._threads = threads
        self._handles: OldHandles[_Session] = OldHandles(limit)

    @_handle
    def wasmedge_tensorflowlite_create_session(self, model: Slice) -> u64:
        """Load a model."""
        return self._handles.sessions.open(_Session(bytes(model), self._threads))

    @_silent
    def wasmedge_tensorflowlite_delete_session(self, session: u64) -> None:
        """Close a session."""
        self._handles.sessions.close(session)

    @_status
    def wasmedge_tensorflowlite_run_session(self, session: u64) -> None:
        """Run the model."""
        self._handles.sessions.get(session).run()

    @_handle
    def wasmedge_tensorflowlite_get_output_tensor(self, session: u64, name: Text) -> u64:
        """Find an output by its name."""
        return self._handles.of_tensor(session, self._handles.sessions.get(session).output(name))

    @_handle
    def wasmedge_tensorflowlite_get_tensor_len(self, tensor: u64) -> u32:
        """Tell the size of an output."""
        return self._handles.size(tensor)

    @_silent
    def wasmedge_tensorflowlite_get_tensor_data(self, tensor: u64, target: Ptr) -> None:
        """Copy an output."""
        self._handles.write(tensor, target)

    @_silent
    def wasmedge_tensorflowlite_append_input(self, session: u64, name: Text, data: Slice) -> None:
        """Set an input."""
        self._handles.sessions.get(session).set_input(name, data)
