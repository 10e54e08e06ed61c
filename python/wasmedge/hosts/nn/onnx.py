# SPDX-License-Identifier: Apache-2.0
"""ONNX models, by onnxruntime."""

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
from wasmedge.hosts.nn.onnx_data import refuse_external_data

__all__ = ["OnnxBackend"]

_GPU = ("CUDAExecutionProvider", "ROCMExecutionProvider", "MIGraphXExecutionProvider", "DmlExecutionProvider")
_CPU = "CPUExecutionProvider"
_SILENT = 4  # only what ends the process is printed; exceptions say the rest
_DTYPES = {
    "float16": "float16",
    "float": "float32",
    "double": "float64",
    "bool": "bool",
    **{name: name for name in ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64")},
}


class OnnxBackend:
    """Runs ONNX models on the processor, or on a graphics card where onnxruntime has one.

    Args:
        threads: How many threads compute one model; as many as there are cores by default.
        providers: onnxruntime's execution providers in order of preference, in the place of those that a guest's target
            stands for.

    Raises:
        MissingExtraError: onnxruntime is not installed.
    """

    def __init__(self, *, threads: int = 0, providers: Sequence[Any] | None = None) -> None:
        self._runtime = import_extra(*BUILT_IN[Encoding.ONNX].extra.words)
        self._threads = threads
        self._providers = providers

    def load(self, builders: Sequence[bytes | Path], target: Target, config: str) -> _Graph:
        """Load a model of one part."""
        model = single(builders)
        refuse_config(config)
        if not isinstance(model, Path):
            refuse_external_data(model)
        options = self._runtime.SessionOptions()
        options.log_severity_level = _SILENT
        options.intra_op_num_threads = self._threads
        providers = self._providers or self._providers_of(target)
        try:
            session = self._runtime.InferenceSession(
                str(model) if isinstance(model, Path) else model, options, providers=providers
            )
        except Exception as error:  # onnxruntime's own kinds derive from nothing else
            raise GuestError(Errno.INVALID_ARGUMENT, f"the model cannot be loaded: {error}") from error
        session.disable_fallback()  # it would print, and take the model to other devices
        return _Graph(session)

    def _providers_of(self, target: Target) -> list[str]:
        if target is Target.CPU:
            return [_CPU]
        available = self._runtime.get_available_providers()
        found = [name for name in _GPU if name in available]
        if target is not Target.AUTO and (target is Target.TPU or not found):
            raise GuestError(Errno.INVALID_ARGUMENT, f"onnxruntime has no {target.name} here")
        return [*found, _CPU]


class _Graph:
    def __init__(self, session: Any) -> None:
        self._session = session
        self._inputs = [_spec(argument) for argument in session.get_inputs()]
        self._outputs = [argument.name for argument in session.get_outputs()]
        known = {length for argument in session.get_inputs() for length in argument.shape if isinstance(length, str)}
        # Whether the model says that the shapes of outputs follow from those of inputs: by the names of the lengths.
        self._follows = all(
            isinstance(length, int) or length in known
            for argument in session.get_outputs()
            for length in argument.shape or (None,)
        )

    def init_execution_context(self) -> _Context:
        return _Context(self._session, self._inputs, self._outputs, self._follows)


class _Context:
    """Inputs and outputs that are bound to the session once, which is quicker than to pass them at each run."""

    def __init__(self, session: Any, inputs: Sequence[TensorSpec], outputs: Sequence[str], follows: bool) -> None:
        self._specs = inputs
        self._outputs = outputs
        self._binding = session.io_binding()
        self._run = session.run_with_iobinding
        self._inputs: dict[str, npt.NDArray[Any]] = {}
        self._follows = follows
        self._is_ready = not inputs
        self._has_run = False
        self._bind_outputs()

    def _bind_outputs(self) -> None:
        """Have onnxruntime make new outputs; otherwise it takes those of the run before, which must have that shape."""
        for name in self._outputs:
            self._binding.bind_output(name)
        self._is_fresh = True

    def set_input(self, index: int, tensor: npt.NDArray[Any]) -> None:
        spec = find_spec(self._specs, index, "input")
        spec.check(tensor)
        buffer = self._inputs.get(spec.name)
        if buffer is None or buffer.shape != tensor.shape:
            buffer = np.empty(tensor.shape, spec.dtype)
            self._binding.bind_cpu_input(spec.name, buffer)
            self._inputs[spec.name] = buffer  # the binding has no more than its address
            self._bind_outputs()
            self._is_ready = len(self._inputs) == len(self._specs)
        np.copyto(buffer, tensor, casting="unsafe")

    def compute(self) -> None:
        self._has_run = False
        if not self._is_ready:
            require_inputs([spec.name for spec in self._specs if spec.name not in self._inputs])
        if not self._follows:
            self._bind_outputs()
        try:
            self._run(self._binding)
        except Exception:
            if self._is_fresh:
                raise
            self._follows = False  # a model that says so wrongly
            self._bind_outputs()
            self._run(self._binding)
        self._is_fresh = False
        self._has_run = True

    def get_output(self, index: int) -> npt.NDArray[Any]:
        require_output(len(self._outputs) if self._has_run else None, index)
        output: npt.NDArray[Any] = self._binding.get_outputs()[index].numpy()
        return output


def _spec(argument: Any) -> TensorSpec:
    """Read what onnxruntime says of an input; a type such as ``tensor(float)``."""
    kind = argument.type.removeprefix("tensor(").removesuffix(")")
    shape = tuple(length if isinstance(length, int) else None for length in argument.shape)
    return TensorSpec(argument.name, np.dtype(_DTYPES.get(kind, "object")), shape)
