# SPDX-License-Identifier: Apache-2.0
"""Models that guests run by WASI-NN, computed by Python."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from nn_guest import DOUBLE, TYPES, NnGuest, make_guest

import wasmedge
from wasmedge import Configure, HostRegistration, WasiNNModule
from wasmedge.hosts import GuestError
from wasmedge.hosts.nn import Encoding, Errno, Target

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt
    from tests.conftest import CheckPython, CompileC, Wat

pytestmark = pytest.mark.quick


class Spelling:
    """A graph whose contexts put out a text letter by letter."""

    def init_execution_context(self) -> SpellingContext:
        """Make a context."""
        return SpellingContext()


class SpellingContext:
    """A context with all methods."""

    raw_inputs = True

    def __init__(self) -> None:
        self.text = b""
        self.letters: Iterator[int] = iter(())
        self.last = b""

    def set_input(self, index: int, tensor: npt.NDArray[Any]) -> None:
        """Take the text."""
        self.text = tensor.tobytes()
        self.fini_single()

    def compute(self) -> None:
        """Do nothing."""

    def get_output(self, index: int) -> bytes:
        """Return the text."""
        return self.text

    def compute_single(self) -> None:
        """Take the next letter."""
        letter = next(self.letters, None)
        if letter is None:
            raise GuestError(Errno.END_OF_SEQUENCE)
        self.last = bytes([letter])

    def get_output_single(self, index: int) -> bytes:
        """Return the letter."""
        return self.last

    def fini_single(self) -> None:
        """Begin anew."""
        self.letters = iter(self.text)


def test_wasi_nn_in_c_calls_every_function(compile_c: CompileC) -> None:
    path = compile_c("nn", "--target=wasm32-freestanding", "-nostdlib", "-Wl,--no-entry")
    loaded = []

    def load(builders: list[bytes], target: Target, config: str) -> Any:
        loaded.append((builders, target, config))
        return lambda x: x.sum(axis=0)

    module = WasiNNModule(backends={"onnx": load}, preloads={"spelling": Spelling(), **DOUBLE})
    source = wasmedge.Module.from_file(path)
    assert {entry.name for entry in source.imports} == set(module.functions)
    assert len(source.imports) == 12
    guest = wasmedge.instantiate(source, imports={module.name: module})
    memory, calls = guest.exports.memory, guest.exports
    tensor = np.arange(6, dtype="<f4").reshape(2, 3)
    memory.write(calls.model(0), b"first part")
    memory.write(calls.model(1), b"second")
    memory.write(calls.input(), tensor)
    memory.write(calls.dims(), np.array([2, 3], "<u4"))
    assert calls.infer(Encoding.ONNX, 10, 6, 2, TYPES["float32"], tensor.nbytes) == 12
    assert memory.view("<f4", calls.output(), 3).tolist() == [3, 5, 7]
    assert loaded == [([b"first part", b"second"], Target.CPU, "")]

    memory.write(calls.model(0), b"model")
    assert calls.infer_by_name(5, 2, TYPES["float32"], tensor.nbytes) == tensor.nbytes
    assert np.array_equal(memory.view("<f4", calls.output(), (2, 3)), tensor * 2)

    memory.write(calls.model(0), b"spelling")
    memory.write(calls.model(1), b"{}")
    memory.write(calls.input(), b"letters")
    assert calls.stream(8, 2, 7) == 7
    assert memory.read(calls.output(), 7) == b"letters"
    assert calls.infer(Encoding.GGML, 10, 0, 2, TYPES["float32"], tensor.nbytes) == -1000 - Errno.INVALID_ARGUMENT


def test_wasi_nn_a_backend_that_raises(wat: Wat, caplog: pytest.LogCaptureFixture) -> None:
    def fail(x: Any) -> None:
        raise ZeroDivisionError("by the model")

    guest = make_guest(wat, fail)
    context = guest.open()
    assert guest.set_input(context, 0, np.ones(1, np.float32)) == 0
    with caplog.at_level(logging.ERROR, "wasmedge.hosts"):
        assert guest.compute(context) == Errno.RUNTIME_ERROR
    assert "by the model" in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert guest.get_output(context) == Errno.INVALID_ARGUMENT
    guest = make_guest(wat, lambda: (_ for _ in ()).throw(GuestError(Errno.CONTEXT_FULL)))
    assert guest.compute(guest.open()) == Errno.CONTEXT_FULL
    guest = make_guest(wat, lambda: (_ for _ in ()).throw(KeyboardInterrupt))
    context = guest.open()
    with pytest.raises(KeyboardInterrupt):
        guest.compute(context)
    assert guest.call("finalize_execution_context", context) == 0


def test_wasi_nn_by_host_registration(wat: Wat) -> None:
    pytest.importorskip("onnxruntime", reason="onnxruntime, of the extra nn, is not installed")
    vm = wasmedge.VM(Configure(HostRegistration.WASI_NN))
    module = vm.import_instance(HostRegistration.WASI_NN)
    assert isinstance(module, WasiNNModule)
    code = wat('(module (import "wasi_ephemeral_nn" "compute" (func (param i32) (result i32))) (export "f" (func 0)))')
    assert vm.run(code, "f", 3) == Errno.INVALID_ARGUMENT


def test_wasi_nn_missing_packages(check_python: CheckPython) -> None:
    code = """
        import sys
        for name in ("onnxruntime", "torch", "ai_edge_litert", "tflite_runtime", "openvino", "tensorflow", "llama_cpp"):
            sys.modules[name] = None
        from wasmedge.hosts.nn import Preload, WasiNNModule
        WasiNNModule(backends=())
        WasiNNModule(preloads={"f": abs})
        for options in ({}, {"backends": ["onnx"]}, {"backends": ["tflite"]}, {"backends": ["torch"]},
                        {"backends": ["openvino"]}, {"backends": ["tensorflow"]}, {"backends": ["ggml"]},
                        {"preloads": {"m": Preload("onnx", sys.executable)}}):
            try:
                WasiNNModule(**options)
            except ImportError as error:
                print(error)
        """
    onnx = "WASI-NN with ONNX needs the package onnxruntime: pip install 'pywasmedge[nn]'"
    assert check_python(code).splitlines() == [
        onnx,
        onnx,
        "WASI-NN with TensorFlow Lite needs the package ai_edge_litert or tflite_runtime: pip install 'pywasmedge[nn]'",
        "WASI-NN with PyTorch needs the package torch: pip install 'pywasmedge[nn-torch]'",
        "WASI-NN with OpenVINO needs the package openvino: pip install 'pywasmedge[nn-openvino]'",
        "WASI-NN with TensorFlow needs the package tensorflow: pip install 'pywasmedge[tensorflow]'",
        "WASI-NN with GGML needs the package llama_cpp: pip install 'pywasmedge[nn-ggml]'",
        onnx,
    ]


def test_wasi_nn_a_package_that_is_missing_when_a_guest_loads(
    wat: Wat, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("onnxruntime", "torch"):
        monkeypatch.setitem(__import__("sys").modules, name, None)
    guest = NnGuest(wat, WasiNNModule(preloads=DOUBLE))
    for encoding, extra in ((Encoding.ONNX, "nn"), (Encoding.PYTORCH, "nn-torch")):
        with caplog.at_level(logging.ERROR, "wasmedge.hosts"):
            assert guest.load(b"model", encoding=encoding) == Errno.INVALID_ARGUMENT
        assert f"pip install 'pywasmedge[{extra}]'" in caplog.text
