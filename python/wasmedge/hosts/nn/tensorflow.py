# SPDX-License-Identifier: Apache-2.0
"""TensorFlow models: frozen graphs, and saved models of the host."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from wasmedge.hosts.calls import GuestError
from wasmedge.hosts.extras import import_extra
from wasmedge.hosts.nn.backends import BUILT_IN, refuse_config, single
from wasmedge.hosts.nn.callables import OutputContext
from wasmedge.hosts.nn.codes import Encoding, Errno, Target
from wasmedge.hosts.nn.inputs import TensorSpec, find_spec, require_inputs
from wasmedge.hosts.tensorflow_sessions import load_graph

__all__ = ["TensorflowBackend"]


class TensorflowBackend:
    """Runs TensorFlow models.

    A guest brings a frozen graph: its inputs are the placeholders, its outputs are what no operation of the graph
    takes, both in the order of the graph. A directory of the host is a saved model, with the inputs and outputs of a
    signature in the order of their names.

    Args:
        any_operation: Whether graphs of guests may use operations that do more than compute, such as reading files:
            only for guests that may do whatever this process may.
        signature: The signature of saved models.
        tags: The tags of saved models.

    Raises:
        MissingExtraError: TensorFlow is not installed.
    """

    def __init__(
        self, *, any_operation: bool = False, signature: str = "serving_default", tags: Sequence[str] = ("serve",)
    ) -> None:
        self._tf = import_extra(*BUILT_IN[Encoding.TENSORFLOW].extra.words)
        self._any_operation = any_operation
        self._signature = signature
        self._tags = list(tags)

    def load(self, builders: Sequence[bytes | Path], target: Target, config: str) -> _Graph:
        """Load a model of one part."""
        model = single(builders)
        refuse_config(config)
        options = self._options_for(target)
        if isinstance(model, Path) and model.is_dir():
            return self._load_saved(model, options)
        is_trusted = self._any_operation or isinstance(model, Path)
        graph = load_graph(model.read_bytes() if isinstance(model, Path) else model, is_trusted)
        operations = graph.get_operations()
        inputs = [operation.outputs[0] for operation in operations if operation.type == "Placeholder"]
        outputs = [
            tensor
            for operation in operations
            for tensor in operation.outputs
            if operation.type != "Placeholder" and not any(output.consumers() for output in operation.outputs)
        ]
        return _Graph(self._tf.compat.v1.Session(graph=graph, config=options), inputs, outputs)

    def _load_saved(self, path: Path, options: Any) -> _Graph:
        v1 = self._tf.compat.v1
        session = v1.Session(graph=self._tf.Graph(), config=options)
        try:
            signatures = v1.saved_model.load(session, self._tags, str(path)).signature_def
            signature = signatures[self._signature]
            find = session.graph.get_tensor_by_name
            inputs = [find(signature.inputs[name].name) for name in sorted(signature.inputs)]
            outputs = [find(signature.outputs[name].name) for name in sorted(signature.outputs)]
        except Exception as error:  # TensorFlow's of several kinds
            session.close()
            raise GuestError(Errno.INVALID_ARGUMENT, f"the saved model cannot be loaded: {error}") from error
        return _Graph(session, inputs, outputs)

    def _options_for(self, target: Target) -> Any:
        if target is Target.TPU or (target is Target.GPU and not self._tf.config.list_physical_devices("GPU")):
            raise GuestError(Errno.INVALID_ARGUMENT, f"TensorFlow has no {target.name} here")
        return self._tf.compat.v1.ConfigProto(device_count={"GPU": 0} if target is Target.CPU else {})


class _Graph:
    def __init__(self, session: Any, inputs: Sequence[Any], outputs: Sequence[Any]) -> None:
        self._session = session
        self._inputs = inputs
        self._outputs = outputs
        self._specs = [_spec(tensor) for tensor in inputs]

    def init_execution_context(self) -> _Context:
        return _Context(self, self._session, self._inputs, self._outputs, self._specs)

    def __del__(self) -> None:
        self._session.close()


class _Context(OutputContext):
    def __init__(
        self,
        graph: _Graph,
        session: Any,
        inputs: Sequence[Any],
        outputs: Sequence[Any],
        specs: Sequence[TensorSpec],
    ) -> None:
        super().__init__()
        self._graph = graph  # closes the session when its last context is gone
        self._session = session
        self._tensors = inputs
        self._results = list(outputs)
        self._specs = specs
        self._inputs: dict[Any, npt.NDArray[Any]] = {}

    def set_input(self, index: int, tensor: npt.NDArray[Any]) -> None:
        spec = find_spec(self._specs, index, "input")
        spec.check(tensor)
        self._inputs[self._tensors[index].ref()] = tensor.astype(spec.dtype)

    def compute(self) -> None:
        require_inputs([tensor.name for tensor in self._tensors if tensor.ref() not in self._inputs])
        self._has_run = False
        self._outputs = self._session.run(
            self._results, {reference.deref(): tensor for reference, tensor in self._inputs.items()}
        )
        self._has_run = True


def _spec(tensor: Any) -> TensorSpec:
    shape = None if tensor.shape.rank is None else tuple(tensor.shape.as_list())
    return TensorSpec(tensor.name, np.dtype(tensor.dtype.as_numpy_dtype), shape)
