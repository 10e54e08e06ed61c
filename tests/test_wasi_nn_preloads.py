# SPDX-License-Identifier: Apache-2.0
"""Models of the host for guests of WASI-NN, and what runs them, as the host gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from nn_guest import NnGuest

from wasmedge import WasiNNModule
from wasmedge.hosts.nn import Encoding, Errno, Preload, Target

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Wat

pytestmark = pytest.mark.quick


class Recorder:
    """A backend that keeps what it was asked for."""

    def __init__(self) -> None:
        self.loaded: list[Any] = []

    def load(self, builders: Any, target: Target, config: str) -> Any:
        """Load a model that says nothing."""
        self.loaded.append((tuple(builders), target, config))
        return lambda: b""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Return the paths of two files."""
    paths = tmp_path / "model.onnx", tmp_path / "weights"
    for path in paths:
        path.write_bytes(b"\x08\x07")
    return paths


def test_wasi_nn_preloads_in_every_form(wat: Wat, files: tuple[Path, Path]) -> None:
    model, weights = files
    recorder = Recorder()
    preloads = {
        "whole": Preload(Encoding.ONNX, [model, str(weights)], target=Target.GPU, config="{}"),
        "one": Preload("OnnX", model, target="tpu"),
        "text": f"onnx:cpu:{model}:{weights}",
        "path": model,
    }
    guest = NnGuest(wat, WasiNNModule(backends={"onnx": recorder}, preloads=preloads))
    assert recorder.loaded == []  # until a guest wants it
    for name in preloads:
        assert guest.load_by_name(name) == 0
        assert guest.load_by_name(name) == 0
    assert recorder.loaded == [
        ((model, weights), Target.GPU, "{}"),
        ((model,), Target.TPU, ""),
        ((model, weights), Target.CPU, ""),
        ((model,), Target.AUTO, ""),
    ]
    assert guest.load_by_name("whole", '{"a": 1}') == 0
    assert recorder.loaded[-1][2] == '{"a": 1}'
    module = WasiNNModule(backends={"onnx": recorder}, preloads=[f"a:onnx:auto:{model}", f"b:ONNX:CPU:{weights}"])
    guest = NnGuest(wat, module)
    assert [guest.load_by_name(name) for name in "abc"] == [0, 0, Errno.NOT_FOUND]


def test_wasi_nn_preloads_are_read_when_they_are_loaded(wat: Wat, files: tuple[Path, Path]) -> None:
    def load(builders: Any, target: Target, config: str) -> Any:
        data = builders[0].read_bytes()
        return lambda: data

    guest = NnGuest(wat, WasiNNModule(backends={"onnx": load}, preloads={"model": f"onnx:cpu:{files[0]}"}))
    files[0].unlink()
    assert guest.load_by_name("model") == Errno.RUNTIME_ERROR
    files[0].write_bytes(b"late")
    context = guest.open()
    assert guest.compute(context) == 0
    assert guest.get_output(context) == b"late"


@pytest.mark.parametrize(
    ("preloads", "error", "message"),
    [
        ({"a": "onnx:cpu:no-such-file"}, FileNotFoundError, "no-such-file"),
        ({"a": "onnx:cpu"}, ValueError, "is not encoding:target:path"),
        ({"a": "onyx:cpu:FILE"}, ValueError, "'onyx' is none of OPENVINO, ONNX"),
        ({"a": "onnx:zpu:FILE"}, ValueError, "'zpu' is none of CPU, GPU"),
        ({"a": 3}, TypeError, "3 is no model"),
        ({3: "onnx:cpu:FILE"}, TypeError, "the name of a model is a str, not 3"),
        (["onnx:cpu:FILE"], ValueError, "'cpu' is none of|is not encoding"),
        (["a:onnx:cpu:FILE"] * 2, ValueError, "two models of the name 'a'"),
        ("a:onnx:cpu:FILE", TypeError, "not one str"),
        ([3], TypeError, "name:encoding:target:path"),
        ({"a": "whisper:cpu:FILE"}, ValueError, "no backend for WHISPER, unless one is given"),
    ],
)
def test_wasi_nn_preloads_that_are_none(
    files: tuple[Path, Path], preloads: Any, error: type[Exception], message: str
) -> None:
    def filled(text: Any) -> Any:
        return text.replace("FILE", str(files[0])) if isinstance(text, str) else text

    if isinstance(preloads, dict):
        preloads = {name: filled(text) for name, text in preloads.items()}
    else:
        preloads = filled(preloads) if isinstance(preloads, str) else [filled(text) for text in preloads]
    with pytest.raises(error, match=message):
        WasiNNModule(backends={"onnx": Recorder()}, preloads=preloads)
    with pytest.raises(ValueError, match="one file at least"):
        Preload("onnx", [])


def test_wasi_nn_backends_for_other_encodings(wat: Wat) -> None:
    recorder = Recorder()
    backends: dict[Any, Any] = {Encoding.WHISPER: recorder, "mlx": recorder.load, 10: recorder}
    guest = NnGuest(wat, WasiNNModule(backends=backends))
    for encoding in (Encoding.WHISPER, Encoding.MLX, Encoding.PIPER):
        assert guest.load(b"model", encoding=encoding, target=Target.TPU) == 0
    assert recorder.loaded == [((b"model",), Target.TPU, "")] * 3
    assert guest.load(b"model", encoding=Encoding.GGML) == Errno.INVALID_ARGUMENT


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"backends": "onnx"}, TypeError, "not one str"),
        ({"backends": ["onyx"]}, ValueError, "'onyx' is none of"),
        ({"backends": [99]}, ValueError, "99 is not a valid Encoding"),
        ({"backends": [None]}, TypeError, "None is no Encoding"),
        ({"backends": [True]}, TypeError, "True is no Encoding"),
        ({"backends": ["whisper"]}, ValueError, "no backend for WHISPER"),
        ({"backends": {"onnx": 3}}, TypeError, "3 is no backend"),
        ({"backends": (), "tensor_types": "middle"}, ValueError, "'middle' is not a valid TensorTypes"),
        ({"backends": (), "max_graphs": -1}, ValueError, "max_graphs is a number, not -1"),
        ({"backends": (), "max_contexts": -1}, ValueError, "max_contexts is a number, not -1"),
        ({"backends": (), "max_input_bytes": -1}, ValueError, "max_input_bytes is a number, not -1"),
    ],
)
def test_wasi_nn_options_that_are_none(options: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        WasiNNModule(**options)
