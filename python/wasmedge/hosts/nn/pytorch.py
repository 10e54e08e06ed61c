# SPDX-License-Identifier: Apache-2.0
"""TorchScript models, by PyTorch."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from wasmedge.hosts.calls import GuestError
from wasmedge.hosts.extras import import_extra
from wasmedge.hosts.nn.backends import BUILT_IN, refuse_config, single
from wasmedge.hosts.nn.callables import OutputContext, to_outputs
from wasmedge.hosts.nn.codes import Encoding, Errno, Target
from wasmedge.hosts.nn.torchscript import checked_archive
from wasmedge.locks import make_lock

__all__ = ["TorchBackend"]

_LOADING = make_lock()  # filters of warnings are the whole process's


class TorchBackend:
    """Runs TorchScript models. The outputs are what the model returns: a tensor, or several in a list, tuple or dict.

    Args:
        any_operation: Whether models of guests may use operations that do more than compute, such as reading files:
            only for guests that may do whatever this process may.

    Raises:
        MissingExtraError: PyTorch is not installed.
    """

    def __init__(self, *, any_operation: bool = False) -> None:
        self._torch = import_extra(*BUILT_IN[Encoding.PYTORCH].extra.words)
        self._any_operation = any_operation

    def load(self, builders: Sequence[bytes | Path], target: Target, config: str) -> _Graph:
        """Load a model of one part."""
        model: Any = single(builders)
        refuse_config(config)
        device = self._device_of(target)
        if isinstance(model, Path):
            model = str(model)
        elif self._any_operation:
            model = io.BytesIO(model)
        else:
            model = checked_archive(model)
        try:
            with _LOADING, warnings.catch_warnings():
                warnings.simplefilter("ignore")  # that TorchScript is on its way out is known
                module = self._torch.jit.load(model, map_location=device)
        except Exception as error:  # RuntimeError, or what the model's own code raises
            raise GuestError(Errno.INVALID_ARGUMENT, f"the model cannot be loaded: {error}") from error
        module.eval()
        return _Graph(self._torch, module, device)

    def _device_of(self, target: Target) -> str:
        if target in (Target.GPU, Target.AUTO) and self._torch.cuda.is_available():
            return "cuda"
        if target in (Target.GPU, Target.TPU):
            raise GuestError(Errno.INVALID_ARGUMENT, f"PyTorch has no {target.name} here")
        return "cpu"


class _Graph:
    def __init__(self, torch: Any, module: Any, device: str) -> None:
        self._torch = torch
        self._module = module
        self._device = device

    def init_execution_context(self) -> _Context:
        return _Context(self._torch, self._module, self._device)


class _Context(OutputContext):
    def __init__(self, torch: Any, module: Any, device: str) -> None:
        super().__init__()
        self._torch = torch
        self._module = module
        self._device = device
        self._inputs: dict[int, Any] = {}

    def set_input(self, index: int, tensor: npt.NDArray[Any]) -> None:
        dtype = getattr(self._torch, tensor.dtype.name)
        held = self._torch.empty(tensor.shape, dtype=dtype)
        np.copyto(held.numpy(), tensor)
        self._inputs[index] = held.to(self._device)

    def compute(self) -> None:
        missing = [index for index in range(len(self._inputs)) if index not in self._inputs]
        if missing:
            raise GuestError(Errno.INVALID_ARGUMENT, f"the input {missing[0]} is not set")
        self._has_run = False
        with self._torch.inference_mode():
            result = self._module(*[self._inputs[index] for index in range(len(self._inputs))])
            self._outputs = [self._to_array(output) for output in to_outputs(result)]
        self._has_run = True

    def _to_array(self, output: Any) -> Any:
        if not isinstance(output, self._torch.Tensor):
            return output  # a number
        plain = output.detach().cpu().resolve_conj().resolve_neg()
        return (plain.float() if plain.dtype is self._torch.bfloat16 else plain).numpy()
