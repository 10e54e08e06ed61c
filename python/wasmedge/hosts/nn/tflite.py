# SPDX-License-Identifier: Apache-2.0
"""TensorFlow Lite models, by ai-edge-litert or tflite-runtime."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from wasmedge.hosts.calls import GuestError
from wasmedge.hosts.extras import import_extra
from wasmedge.hosts.nn.backends import BUILT_IN, refuse_config, single
from wasmedge.hosts.nn.codes import Encoding, Errno, Target
from wasmedge.hosts.nn.inputs import TensorSpec, find_spec, require_inputs, require_output

__all__ = ["TfliteBackend"]


class TfliteBackend:
    """Runs TensorFlow Lite models on the processor.

    Args:
        threads: How many threads compute one model.

    Raises:
        MissingExtraError: Neither package is installed.
        ValueError: `threads` is less than 1.
    """

    def __init__(self, *, threads: int = 2) -> None:
        if threads < 1:
            raise ValueError(f"threads must be at least 1, not {threads}")
        self._interpreters = import_extra(*BUILT_IN[Encoding.TENSORFLOW_LITE].extra.words)
        self._threads = threads

    def load(self, builders: Sequence[bytes | Path], target: Target, config: str) -> _Graph:
        """Load a model of one part."""
        refuse_config(config)
        if target not in (Target.CPU, Target.AUTO):
            raise GuestError(Errno.INVALID_ARGUMENT, "TensorFlow Lite runs on the processor only")
        model = single(builders)
        graph = _Graph(self._interpreters, model.read_bytes() if isinstance(model, Path) else model, self._threads)
        graph.init_execution_context()  # shows whether the model can be used
        return graph


class _Graph:
    def __init__(self, interpreters: Any, model: bytes, threads: int) -> None:
        self._interpreters = interpreters
        self._model = model
        self._threads = threads

    def init_execution_context(self) -> _Context:
        """Make an interpreter, which is inputs and outputs as well."""
        try:
            interpreter = self._interpreters.Interpreter(model_content=self._model, num_threads=self._threads)
            interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raise GuestError(Errno.INVALID_ARGUMENT, f"the model cannot be loaded: {error}") from error
        return _Context(interpreter)


class _Context:
    whole_outputs = True

    def __init__(self, interpreter: Any) -> None:
        self._interpreter = interpreter
        self._inputs = interpreter.get_input_details()
        self._specs = [
            TensorSpec(tensor["name"], np.dtype(tensor["dtype"]), tuple(int(n) for n in tensor["shape"]))
            for tensor in self._inputs
        ]
        self._outputs = interpreter.get_output_details()
        self._unset = set(range(len(self._inputs)))
        self._has_run = False

    def set_input(self, index: int, tensor: npt.NDArray[Any]) -> None:
        spec = find_spec(self._specs, index, "input")
        spec.check(tensor)
        # The one copy; of a tensor that is not aligned there is one more.
        self._interpreter.set_tensor(self._inputs[index]["index"], np.require(tensor, spec.dtype, "A"))
        self._unset.discard(index)

    def compute(self) -> None:
        require_inputs([self._specs[index].name for index in sorted(self._unset)])
        self._has_run = False
        self._interpreter.invoke()
        self._has_run = True

    def get_output(self, index: int) -> npt.NDArray[Any]:
        require_output(len(self._outputs) if self._has_run else None, index)
        output: npt.NDArray[Any] = self._interpreter.get_tensor(self._outputs[index]["index"])
        return output
