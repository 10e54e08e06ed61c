# SPDX-License-Identifier: Apache-2.0
"""Neural networks for guests: the module wasi_ephemeral_nn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wasmedge.hosts.module import HostModule
from wasmedge.hosts.nn.backends import Backends
from wasmedge.hosts.nn.codes import Encoding, TensorTypes
from wasmedge.hosts.nn.functions import WasiNN
from wasmedge.hosts.nn.preloads import Preload, to_preloads

__all__ = ["WasiNNModule"]


class WasiNNModule(HostModule, name="wasi_ephemeral_nn"):
    """Runs models for guests: an `Instance` with all functions of WasmEdge's plug-in for WASI-NN.

    Models are loaded by a backend of their encoding, which is imported when the first of them is: ``ONNX``
    (onnxruntime), ``TENSORFLOW_LITE`` (ai-edge-litert, or tflite-runtime), ``PYTORCH`` (TorchScript, by torch),
    ``OPENVINO`` (openvino), ``TENSORFLOW`` (tensorflow), ``GGML`` (llama-cpp-python); any object with the protocol of a
    `Backend` serves as well. Guests load models that they bring themselves, or by name those of the host, which may be
    any Python callable.

    Backends release the GIL while they compute. Inputs go from the guest's memory into the backend's, outputs back,
    with no copy between. What goes wrong is an error number for the guest (`Errno`); the logger ``wasmedge.hosts`` has
    the reason, at the level DEBUG where the guest is to blame.

    A model is a program, and what runs it is native code that was not made for hostile models. ``backends=()`` leaves
    guests only the models that the host gives them.

    Example:
        >>> import numpy as np
        >>> from wasmedge import WasiNNModule
        >>> module = WasiNNModule(backends=(), preloads={"double": lambda x: x * np.float32(2)})
        >>> module.name, len(module.functions)
        ('wasi_ephemeral_nn', 12)

    Args:
        backends: What loads models of guests: encodings, each with the backend of this package; or a mapping from
            encodings to backends, which are objects with a method `load`, or functions like it. All that this package
            has by default. Encodings are given as `Encoding` or by name, such as ``"onnx"``.
        preloads: Models of the host: a mapping from names to a `Preload`, to a path, to ``"encoding:target:path"``, to
            a graph, or to a callable, which takes the inputs as arrays and returns the outputs; or texts
            ``"name:encoding:target:path"`` as WasmEdge's command line takes them.
        tensor_types: Which numbers stand for types of tensors: those since WasmEdge 0.15 (``"new"``), those before
            (``"old"``), or whichever the size of a tensor shows (``"auto"``).
        max_graphs: How many graphs guests may have loaded at a time.
        max_contexts: How many execution contexts they may have open at a time.
        max_input_bytes: How many bytes all inputs together may have that are set at a time.

    Raises:
        FileNotFoundError: A file of a model is not there.
        MissingExtraError: The package of a backend is not installed that was asked for by name, or that of a preloaded
            model; or not one is, and there are no preloads (``pip install 'pywasmedge[nn]'``).
        TypeError: A backend or model is none.
        ValueError: There is no such encoding, target or generation of types; or a limit is negative.
    """

    def __init__(
        self,
        *,
        backends: Mapping[Any, Any] | Iterable[Encoding | str | int] | None = None,
        preloads: Mapping[str, Any] | Iterable[str] = (),
        tensor_types: TensorTypes | str = TensorTypes.AUTO,
        max_graphs: int = 64,
        max_contexts: int = 1024,
        max_input_bytes: int = 1 << 30,
    ) -> None:
        for name, limit in (("graphs", max_graphs), ("contexts", max_contexts), ("input_bytes", max_input_bytes)):
            if limit < 0:
                raise ValueError(f"max_{name} is a number, not {limit}")
        loaders = Backends(backends)
        models = to_preloads(preloads)
        for model in models.values():
            if isinstance(model, Preload):
                loaders.require(model.encoding)
        if backends is None and not models:
            loaders.require_any()
        super().__init__(WasiNN(loaders, models, TensorTypes(tensor_types), max_graphs, max_contexts, max_input_bytes))
