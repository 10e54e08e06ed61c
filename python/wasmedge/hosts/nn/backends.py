# SPDX-License-Identifier: Apache-2.0
"""Which backend loads the models of which encoding."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from wasmedge.hosts.calls import GuestError
from wasmedge.hosts.extras import MissingExtraError, require_extra
from wasmedge.hosts.nn.codes import Encoding, Errno, to_encoding
from wasmedge.hosts.nn.encodings import detect_encoding
from wasmedge.hosts.nn.protocol import Backend

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from wasmedge.hosts.nn.codes import Target
    from wasmedge.hosts.nn.protocol import Model

__all__ = ["BUILT_IN", "Backends", "Extra", "refuse_config", "single"]


class Extra(NamedTuple):
    """What a backend of this package needs.

    Attributes:
        need: What it is called in errors.
        extra: The extra that brings the package.
        packages: The modules, one of which has to be installed.
    """

    need: str
    extra: str
    packages: tuple[str, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """All of it, as `import_extra` takes it."""
        return (self.need, self.extra, *self.packages)

    def require(self) -> None:
        """Raise MissingExtraError unless the package is installed."""
        require_extra(*self.words)


class _BuiltIn(NamedTuple):
    """A backend of this package, imported when it is used."""

    extra: Extra
    module: str
    name: str

    def make(self) -> Backend:
        made: Backend = getattr(importlib.import_module(f"wasmedge.hosts.nn.{self.module}"), self.name)()
        return made


BUILT_IN = {
    Encoding.ONNX: _BuiltIn(Extra("WASI-NN with ONNX", "nn", ("onnxruntime",)), "onnx", "OnnxBackend"),
    Encoding.TENSORFLOW_LITE: _BuiltIn(
        Extra("WASI-NN with TensorFlow Lite", "nn", ("ai_edge_litert.interpreter", "tflite_runtime.interpreter")),
        "tflite",
        "TfliteBackend",
    ),
    Encoding.PYTORCH: _BuiltIn(Extra("WASI-NN with PyTorch", "nn-torch", ("torch",)), "pytorch", "TorchBackend"),
    Encoding.OPENVINO: _BuiltIn(
        Extra("WASI-NN with OpenVINO", "nn-openvino", ("openvino",)), "openvino", "OpenVinoBackend"
    ),
    Encoding.TENSORFLOW: _BuiltIn(
        Extra("WASI-NN with TensorFlow", "tensorflow", ("tensorflow",)), "tensorflow", "TensorflowBackend"
    ),
    Encoding.GGML: _BuiltIn(Extra("WASI-NN with GGML", "nn-ggml", ("llama_cpp",)), "ggml", "GgmlBackend"),
}


class _Loads:
    """A function that loads models, as a backend."""

    def __init__(self, function: Callable[[Sequence[bytes | Path], Target, str], Model]) -> None:
        self.load = function


class Backends:
    """The backends of a module, made when they are first used.

    Args:
        given: Encodings, each with a backend of this package; a mapping from encodings to backends; None for all that
            this package has.

    Raises:
        MissingExtraError: A backend was asked for by name whose package is not installed; or all were, and not one is.
        TypeError: What is given is no backend.
        ValueError: There is no such encoding, or this package has no backend for it.
    """

    def __init__(self, given: Mapping[Any, Any] | Iterable[Any] | None) -> None:
        self._backends: dict[Encoding, Backend] = {}
        self._of_guests: frozenset[Encoding] = frozenset(BUILT_IN)
        if isinstance(given, str):
            raise TypeError("backends must be a mapping or an iterable of encodings, not one str")
        if isinstance(given, Mapping):
            self._backends = {to_encoding(encoding): _to_backend(backend) for encoding, backend in given.items()}
            self._of_guests = frozenset(self._backends)
        elif given is not None:
            self._of_guests = frozenset(to_encoding(encoding) for encoding in given)
            for encoding in self._of_guests:
                self.require(encoding)

    def require(self, encoding: Encoding) -> None:
        """Make sure that models of an encoding can be loaded, without importing what loads them.

        Raises:
            MissingExtraError: The package is not installed.
            ValueError: This package has no backend for it.
        """
        if encoding in self._backends or encoding is Encoding.AUTODETECT:
            return
        if encoding not in BUILT_IN:
            raise ValueError(f"there is no backend for {encoding.name}, unless one is given")
        BUILT_IN[encoding].extra.require()

    def require_any(self) -> None:
        """Raise MissingExtraError unless guests have one backend at least whose package is installed."""
        missing: MissingExtraError | None = None
        for encoding in sorted(self._of_guests, key=list(BUILT_IN).index):
            try:
                BUILT_IN[encoding].extra.require()
            except MissingExtraError as error:
                missing = missing or error
            else:
                return
        if missing is not None:
            raise missing

    def load(self, encoding: Encoding, builders: Sequence[bytes | Path], target: Target, config: str) -> Model:
        """Load a model of the host.

        Raises:
            GuestError: It cannot be loaded.
            MissingExtraError: What would load it is not installed.
        """
        if encoding is Encoding.AUTODETECT:
            encoding = detect_encoding(builders[0])
        if encoding not in self._backends:
            if encoding not in BUILT_IN:
                raise GuestError(Errno.INVALID_ARGUMENT, f"there is no backend for {encoding.name}")
            BUILT_IN[encoding].extra.require()
            self._backends[encoding] = BUILT_IN[encoding].make()
        return self._backends[encoding].load(builders, target, config)

    def load_guest_model(self, encoding: Encoding, builders: Sequence[bytes], target: Target) -> Model:
        """Load a model of a guest.

        Raises:
            GuestError: It cannot be loaded, or guests may not load models of its encoding.
            MissingExtraError: What would load it is not installed.
        """
        if encoding is Encoding.AUTODETECT:
            encoding = detect_encoding(builders[0])
        if encoding not in self._of_guests:
            raise GuestError(Errno.INVALID_ARGUMENT, f"there is no backend for {encoding.name} models of guests")
        return self.load(encoding, builders, target, "")


def single(builders: Sequence[bytes | Path]) -> bytes | Path:
    """Return the one part of a model.

    Raises:
        GuestError: It has more.
    """
    if len(builders) != 1:
        raise GuestError(Errno.INVALID_ARGUMENT, f"a model of one part is wanted, not of {len(builders)}")
    return builders[0]


def refuse_config(config: str) -> None:
    """Raise GuestError if there is anything in a configuration, for a backend that takes none."""
    if config.strip() not in ("", "{}"):
        raise GuestError(Errno.UNSUPPORTED_OPERATION, "models of this encoding take no configuration")


def _to_backend(backend: Any) -> Backend:
    if isinstance(backend, Backend):
        return backend
    if callable(backend):
        return _Loads(backend)
    raise TypeError(f"{backend!r} is no backend: it has no method load, and cannot be called")
