# SPDX-License-Identifier: Apache-2.0
"""TensorFlow graphs that guests run, by TensorFlow's own sessions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from wasmedge.hosts.calls import GuestError
from wasmedge.hosts.extras import import_extra
from wasmedge.hosts.sessions import Errno
from wasmedge.locks import make_lock

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from wasmedge.hosts.pointers import Slice

__all__ = ["EXTRA", "NEED", "GraphSession", "load_graph", "split_name"]

NEED = "TensorflowModule"
EXTRA = "tensorflow"

# Operations that reach beyond the computation, by what their names have in common. Most of them are stateful as well,
# not all; some have the name of a file among their attributes (those of protocol buffers, Copy by its debugging).
_REACHING = re.compile(
    r"File|Reader|Dataset|Iterator|Save|Restore|Checkpoint|LoadAndRemap|Vocab|PyFunc|Print|Debug|Summary|Proto|Rpc|Send|"
    r"Recv|Collective|Nccl|Lmdb|Sql|Gcs|BigQuery|Xla|Mlir|Tpu|TPU|Remote|Library|Abort|^Copy(Host)?$"
)
# What keeps a state that is the session's own, or chance.
_HARMLESS = re.compile(
    r"(Stateless)?Random\w*|TruncatedNormal|Multinomial|Assert|Empty|Variable\w*|VarHandleOp|ReadVariableOp|Assign\w*|"
    r"TensorArray\w*|Stack\w*|(Stateful)?PartitionedCall|If|While|Case"
)


class GraphSession:
    """A session with its inputs, and the outputs that were asked for. Threads take turns."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._lock = make_lock()
        self._inputs: dict[str, npt.NDArray[Any]] = {}
        self._outputs: dict[str, Any] = {}
        self._results: list[Any] = []

    @classmethod
    def from_graph(cls, model: bytes, any_operation: bool) -> GraphSession:
        """Load a frozen graph, a serialised GraphDef."""
        tf = import_extra(NEED, EXTRA, "tensorflow")
        return cls(tf.compat.v1.Session(graph=load_graph(model, any_operation)))

    @classmethod
    def from_saved_model(cls, path: str, tags: list[str]) -> GraphSession:
        """Load a saved model out of its directory."""
        tf = import_extra(NEED, EXTRA, "tensorflow")
        session = tf.compat.v1.Session(graph=tf.Graph())
        try:
            tf.compat.v1.saved_model.load(session, tags, path)
        except Exception as error:
            session.close()
            raise GuestError(Errno.INVALID_ARGUMENT, f"the saved model cannot be loaded: {error}") from error
        return cls(session)

    def _find(self, name: str, index: int) -> Any:
        try:
            return self._session.graph.get_tensor_by_name(f"{name}:{index}")
        except (KeyError, ValueError, OverflowError) as error:
            raise GuestError(Errno.INVALID_ARGUMENT, f"there is no tensor {name}:{index}") from error

    def set_input(self, name: str, index: int, dims: list[int], data_type: int, data: Slice) -> None:
        """Set an input to a copy of the guest's data."""
        tensor = self._find(name, index)
        dtype = _numpy_type(data_type)
        if any(length < 0 for length in dims):
            raise GuestError(Errno.INVALID_ARGUMENT, f"{dims} has a negative length")
        count = 1
        for length in dims:
            count *= length
        if count * dtype.itemsize != len(data):
            raise GuestError(Errno.INVALID_ARGUMENT, f"{len(data)} bytes are no {dtype} of {dims}")
        with self._lock:
            self._inputs[tensor.name] = data.view(dtype).reshape(dims).copy()

    def add_output(self, name: str, index: int) -> None:
        """Ask for an output; a second time makes no difference."""
        tensor = self._find(name, index)
        with self._lock:
            self._outputs.setdefault(tensor.name, tensor)

    def clear_inputs(self) -> None:
        """Forget the inputs."""
        with self._lock:
            self._inputs.clear()

    def clear_outputs(self) -> None:
        """Forget the outputs, with their results."""
        with self._lock:
            self._outputs.clear()
            self._results = []

    def run(self) -> None:
        """Run the graph."""
        with self._lock:
            self._results = []
            try:
                self._results = self._session.run(list(self._outputs.values()), self._inputs)
            except Exception as error:  # TensorFlow's, by its operations
                raise GuestError(Errno.BUSY, f"the graph failed: {error}") from error

    def output(self, name: str, index: int) -> int:
        """Return the number of an output that was asked for."""
        wanted = f"{name}:{index}"
        for number, known in enumerate(self._outputs):
            if known == wanted:
                return number
        raise GuestError(Errno.INVALID_ARGUMENT, f"the output {wanted} was not asked for")

    def size(self, tensor: int) -> int:
        """Return the size of an output in bytes; 0 before the graph has run."""
        if tensor >= len(self._results):
            if tensor < len(self._outputs):
                return 0
            raise GuestError(Errno.INVALID_ARGUMENT, f"there is no output {tensor}")
        return self.tensor(tensor).nbytes

    def tensor(self, tensor: int) -> npt.NDArray[Any]:
        """Return an output."""
        if tensor >= len(self._results):
            raise GuestError(Errno.INVALID_ARGUMENT, f"there is no result {tensor}")
        found = np.asarray(self._results[tensor])
        if found.dtype.hasobject:
            raise GuestError(Errno.INVALID_ARGUMENT, f"the output {tensor} consists of no numbers")
        return found

    def __del__(self) -> None:
        session = self.__dict__.get("_session")
        if session is not None:
            session.close()


def load_graph(model: bytes, any_operation: bool) -> Any:
    """Load a frozen graph, a serialised GraphDef.

    Args:
        model: The bytes.
        any_operation: Whether it may use operations that do more than compute.

    Raises:
        GuestError: It cannot be loaded, or uses such.
    """
    tf = import_extra(NEED, EXTRA, "tensorflow")
    definition = tf.compat.v1.GraphDef()
    graph = tf.Graph()
    try:
        definition.ParseFromString(model)
        if not any_operation:
            _refuse_reaching(definition)
        with graph.as_default():
            tf.import_graph_def(definition, name="")
    except GuestError:
        raise
    except Exception as error:  # protobuf's, and TensorFlow's of several kinds
        raise GuestError(Errno.INVALID_ARGUMENT, f"the graph cannot be loaded: {error}") from error
    return graph


def split_name(name: str) -> tuple[str, int]:
    """Split ``op:index``, where the index is 0 when it is not told."""
    operation, _, index = name.partition(":")
    try:
        return operation, int(index or 0)
    except ValueError:
        raise GuestError(Errno.INVALID_ARGUMENT, f"{name!r} names no tensor") from None


def _numpy_type(data_type: int) -> np.dtype[Any]:
    """Return numpy's type for a number of TensorFlow's DataType."""
    tf = import_extra(NEED, EXTRA, "tensorflow")
    try:
        found: np.dtype[Any] = np.dtype(tf.as_dtype(data_type).as_numpy_dtype)
    except (TypeError, KeyError) as error:
        raise GuestError(Errno.INVALID_ARGUMENT, f"{data_type} is no type of data") from error
    if found.hasobject or found.itemsize == 0:
        raise GuestError(Errno.INVALID_ARGUMENT, f"data of type {found} cannot be passed as bytes")
    return found


def _refuse_reaching(definition: Any) -> None:
    """Refuse graphs with operations that do more than compute."""
    registry = import_extra(NEED, EXTRA, "tensorflow.python.framework.op_def_registry")
    functions = {function.signature.name for function in definition.library.function}
    for name in sorted(set(_operations(definition)) - functions):
        known = registry.get(name)
        is_harmless = known is not None and (not known.is_stateful or _HARMLESS.fullmatch(name))
        if _REACHING.search(name) or not is_harmless:
            raise GuestError(Errno.INVALID_ARGUMENT, f"models of guests may not use the operation {name}")


def _operations(definition: Any) -> Iterator[str]:
    for node in definition.node:
        yield node.op
    for function in definition.library.function:
        for node in function.node_def:
            yield node.op
