# SPDX-License-Identifier: Apache-2.0
"""OpenVINO models: a description in XML, and the weights."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from wasmedge.hosts.calls import GuestError
from wasmedge.hosts.extras import import_extra
from wasmedge.hosts.nn.backends import BUILT_IN, refuse_config
from wasmedge.hosts.nn.codes import Encoding, Errno, Target
from wasmedge.hosts.nn.encodings import detect_encoding
from wasmedge.hosts.nn.inputs import TensorSpec, find_spec, require_inputs, require_output

__all__ = ["OpenVinoBackend"]

_DEVICES = {Target.CPU: "CPU", Target.GPU: "GPU", Target.TPU: "NPU", Target.AUTO: "AUTO"}
_PARTS = 2


class OpenVinoBackend:
    """Runs models of OpenVINO's own format. A guest brings the description and the weights.

    Args:
        devices: OpenVINO's name of the device that each target stands for.

    Raises:
        MissingExtraError: openvino is not installed.
    """

    def __init__(self, *, devices: dict[Target, str] | None = None) -> None:
        self._openvino = import_extra(*BUILT_IN[Encoding.OPENVINO].extra.words)
        self._core = self._openvino.Core()
        self._devices = _DEVICES | (devices or {})

    def load(self, builders: Sequence[bytes | Path], target: Target, config: str) -> _Graph:
        """Load a model of two parts; weights in a file beside the description need not be named."""
        refuse_config(config)
        is_file = isinstance(builders[0], Path)
        if len(builders) != _PARTS and not (is_file and len(builders) == 1):
            raise GuestError(Errno.MISSING_MEMORY, f"a model has two parts, XML and weights, not {len(builders)}")
        try:
            found = detect_encoding(builders[0])
        except GuestError as error:
            raise GuestError(Errno.INVALID_ARGUMENT, str(error)) from error
        if found is not Encoding.OPENVINO:  # which OpenVINO would read as well, with the files that it names
            raise GuestError(Errno.INVALID_ARGUMENT, "the first part of the model is no XML")
        parts = [str(part) if isinstance(part, Path) else part for part in builders]
        try:
            model = self._core.read_model(*parts)
            return _Graph(self._core.compile_model(model, self._devices[target]))
        except Exception as error:  # RuntimeError, and TypeError out of the binding
            raise GuestError(Errno.INVALID_ARGUMENT, f"the model cannot be loaded: {error}") from error


class _Graph:
    def __init__(self, compiled: Any) -> None:
        self._compiled = compiled
        self._specs = [_spec(port) for port in compiled.inputs]

    def init_execution_context(self) -> _Context:
        return _Context(self._compiled.create_infer_request(), self._specs, len(self._compiled.outputs))


class _Context:
    def __init__(self, request: Any, specs: Sequence[TensorSpec], outputs: int) -> None:
        self._request = request
        self._specs = specs
        self._outputs = outputs
        self._unset = set(range(len(specs)))
        self._has_run = False

    def set_input(self, index: int, tensor: npt.NDArray[Any]) -> None:
        spec = find_spec(self._specs, index, "input")
        spec.check(tensor)
        held = self._request.get_input_tensor(index)
        if tuple(held.shape) != tensor.shape:
            held.shape = tensor.shape
        np.copyto(held.data, tensor, casting="unsafe")  # the one copy
        self._unset.discard(index)

    def compute(self) -> None:
        require_inputs([self._specs[index].name for index in sorted(self._unset)])
        self._has_run = False
        self._request.infer()
        self._has_run = True

    def get_output(self, index: int) -> npt.NDArray[Any]:
        require_output(self._outputs if self._has_run else None, index)
        output: npt.NDArray[Any] = self._request.get_output_tensor(index).data
        return output


def _spec(port: Any) -> TensorSpec:
    shape = port.get_partial_shape()
    lengths = tuple(length.get_length() if length.is_static else None for length in shape)
    return TensorSpec(port.any_name if port.names else f"input {port.index}", port.element_type.to_dtype(), lengths)
