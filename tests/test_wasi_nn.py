# SPDX-License-Identifier: Apache-2.0
"""Models that guests run by WASI-NN, computed by Python."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nn_guest import TYPES, NnGuest

import wasmedge
from wasmedge import Configure, HostRegistration, WasiNNModule
from wasmedge.hosts import GuestError
from wasmedge.hosts.nn import Encoding, Errno, Target, TensorTypes

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt
    from tests.conftest import CheckPython, CompileC, Wat

pytestmark = pytest.mark.quick

DOUBLE = {"model": lambda x: x * x.dtype.type(2)}


def make_guest(wat: Wat, model: Any, **options: Any) -> NnGuest:
    """Make a guest that has one model by the name "model"."""
    return NnGuest(wat, WasiNNModule(backends=(), preloads={"model": model}, **options))


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


@pytest.mark.parametrize("dtype", TYPES)
def test_wasi_nn_types_since_015(wat: Wat, dtype: str) -> None:
    for types in ("new", "auto", TensorTypes.NEW):
        guest = make_guest(wat, lambda x: x[::-1], tensor_types=types)
        context = guest.open()
        tensor = np.arange(6).reshape(3, 2).astype(dtype)
        assert guest.set_input(context, 0, tensor) == 0
        assert guest.compute(context) == 0
        assert np.array_equal(guest.output(context, dtype=dtype), tensor[::-1].ravel())


@pytest.mark.parametrize(("number", "dtype"), list(enumerate(["float16", "float32", "uint8", "int32"])))
def test_wasi_nn_types_before_015(wat: Wat, number: int, dtype: str) -> None:
    seen: list[np.dtype[Any]] = []

    def model(x: npt.NDArray[Any]) -> npt.NDArray[Any]:
        seen.append(x.dtype)
        return x

    for types in ("old", "auto"):
        guest = make_guest(wat, model, tensor_types=types)
        context = guest.open()
        assert guest.set_input(context, 0, np.ones((2, 3), dtype), type=number) == 0
        assert guest.compute(context) == 0
    assert seen == [np.dtype(dtype)] * 2


@pytest.mark.parametrize(
    ("types", "number", "size"),
    [("old", 4, 24), ("old", 2, 48), ("new", 2, 6), ("new", 6, 24), ("auto", 6, 24), ("auto", 2, 24), ("auto", -1, 24)],
)
def test_wasi_nn_types_that_are_none(wat: Wat, types: str, number: int, size: int) -> None:
    guest = make_guest(wat, DOUBLE["model"], tensor_types=types)
    context = guest.open()
    assert guest.set_input(context, 0, np.zeros(size, np.uint8), dims=(6,), type=number & 0xFFFFFFFF) == 1


def test_wasi_nn_inputs_are_views_and_are_not_kept(wat: Wat) -> None:
    class Graph:
        def init_execution_context(self) -> Any:
            return self

        def set_input(self, index: int, tensor: npt.NDArray[Any]) -> None:
            whole = guest.memory.view()
            self.found = (index, np.shares_memory(tensor, whole), tensor.shape, tensor.dtype)
            tensor[0] = 5

        def compute(self) -> None:
            pass

        def get_output(self, index: int) -> bytes:
            return b""

    graph = Graph()
    guest = make_guest(wat, graph)
    context = guest.open()
    assert guest.set_input(context, 3, np.zeros((2, 2), np.int32)) == 0
    assert graph.found == (3, True, (2, 2), np.dtype("int32"))
    assert guest.memory.view("<i4", 65536, 4).tolist() == [5, 5, 0, 0]

    guest = make_guest(wat, lambda x: x)
    context = guest.open()
    assert guest.set_input(context, 0, np.ones(4, np.float32)) == 0
    guest.memory.fill(65536, 0, 16)  # a guest may free its tensor as soon as it is set
    assert guest.compute(context) == 0
    assert guest.output(context).tolist() == [1, 1, 1, 1]


def test_wasi_nn_inputs_need_not_be_aligned(wat: Wat) -> None:
    guest = make_guest(wat, lambda x: x * 3)
    context = guest.open()
    guest.memory.write(65537, np.arange(5.0))
    assert guest.set_input(context, 0, np.arange(5.0), at=65537) == 0
    assert guest.compute(context) == 0
    assert guest.output(context, dtype="<f8").tolist() == [0, 3, 6, 9, 12]


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (b"abc", [b"abc"]),
        (bytearray(b"abc"), [b"abc"]),
        (np.float32(1.5), [b"\0\0\xc0?"]),
        (np.arange(3, dtype=">i2"), [b"\0\0\1\0\2\0"]),
        (np.arange(6, dtype=np.uint8).reshape(2, 3).T, [b"\0\3\1\4\2\5"]),
        (np.array([True, False]), [b"\1\0"]),
        (np.zeros((0, 4)), [b""]),
        ((b"a", np.uint8(2)), [b"a", b"\2"]),
        ({"x": b"a", "y": b""}, [b"a", b""]),
        ([], []),
    ],
    ids=repr,
)
def test_wasi_nn_outputs(wat: Wat, result: Any, expected: list[bytes]) -> None:
    guest = make_guest(wat, lambda: result)
    context = guest.open()
    assert guest.compute(context) == 0
    assert [guest.get_output(context, index) for index in range(len(expected))] == expected
    assert guest.get_output(context, len(expected)) == Errno.INVALID_ARGUMENT


@pytest.mark.parametrize("result", [None, "text", print, np.array(["a"]), np.array([None])], ids=repr)
def test_wasi_nn_outputs_that_are_no_numbers(wat: Wat, result: Any) -> None:
    guest = make_guest(wat, lambda: result)
    context = guest.open()
    assert guest.compute(context) == 0
    assert guest.get_output(context) == Errno.RUNTIME_ERROR


def test_wasi_nn_outputs_are_cut_off_where_there_is_no_room(wat: Wat) -> None:
    guest = make_guest(wat, lambda: np.arange(8, dtype=np.uint8))
    context = guest.open()
    assert guest.compute(context) == 0
    assert guest.get_output(context, room=3) == b"\0\1\2"
    assert guest.get_output(context, room=0) == b""


@given(
    dims=st.lists(st.integers(0, 5), max_size=6),
    dtype=st.sampled_from(sorted(TYPES)),
    data=st.data(),
)
def test_wasi_nn_round_trip(wat: Wat, dims: list[int], dtype: str, data: st.DataObject) -> None:
    tensor = np.frombuffer(
        data.draw(st.binary(min_size=(size := int(np.prod(dims)) * np.dtype(dtype).itemsize), max_size=size)), dtype
    ).reshape(dims)
    guest = make_guest(wat, lambda x: x)
    context = guest.open()
    assert guest.set_input(context, 0, tensor) == 0
    assert guest.compute(context) == 0
    assert guest.get_output(context) == tensor.tobytes()


def test_wasi_nn_several_inputs(wat: Wat) -> None:
    guest = make_guest(wat, lambda a, b: a - b)
    context = guest.open()
    assert guest.set_input(context, 1, np.ones(2, np.float32)) == 0
    assert guest.compute(context) == Errno.INVALID_ARGUMENT  # there is no input 0
    assert guest.set_input(context, 0, np.full(2, 3, np.float32)) == 0
    assert guest.compute(context) == 0
    assert guest.output(context).tolist() == [2, 2]
    assert guest.set_input(context, 0, np.zeros(2, np.float32)) == 0
    assert guest.compute(context) == 0
    assert guest.output(context).tolist() == [-1, -1]


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
