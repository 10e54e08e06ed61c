# SPDX-License-Identifier: Apache-2.0
"""TensorFlow Lite models of guests: one made here, and one that knows birds."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from lite_models import make_adder
from nn_guest import NnGuest

import wasmedge
from wasmedge import WasiNNModule
from wasmedge.hosts.nn import Encoding, Errno
from wasmedge.hosts.nn.tflite import TfliteBackend

if TYPE_CHECKING:
    from tests.conftest import CompileC, Wat

pytestmark = [
    pytest.mark.extras,
    pytest.mark.skipif(
        importlib.util.find_spec("ai_edge_litert") is None, reason="ai-edge-litert, of the extra nn, is not installed"
    ),
]

LITE, INVALID = Encoding.TENSORFLOW_LITE, Errno.INVALID_ARGUMENT
MODELS = Path(__file__).resolve().parent.parent.parent / "shared" / "models"
MANDARIN_DUCK = 166  # Aix galericulata, in the list of the model's classes
A = np.arange(6, dtype=np.float32).reshape(2, 3)


@pytest.fixture
def guest(wat: Wat) -> NnGuest:
    """Return a guest that may load TensorFlow Lite models."""
    return NnGuest(wat, WasiNNModule(backends=["tflite"]))


def test_tflite_in_c_knows_the_bird(compile_c: CompileC) -> None:
    image = pytest.importorskip("PIL.Image", reason="Pillow, of the extra image, is not installed")
    if not MODELS.is_dir():
        pytest.skip("the models are not beside the repository")
    (path,) = MODELS.glob("*.tflite")
    pixels = np.asarray(image.open(MODELS / "bird.jpg").convert("RGB").resize((224, 224)))
    module = WasiNNModule(backends=["tflite"])
    guest = wasmedge.instantiate(
        compile_c("nn", "--target=wasm32-freestanding", "-nostdlib", "-Wl,--no-entry"), imports={module.name: module}
    )
    calls, memory, model = guest.exports, guest.exports.memory, path.read_bytes()
    for address, data in (
        (calls.model(0), model),
        (calls.input(), pixels),
        (calls.dims(), np.array([1, 224, 224, 3], "<u4")),
    ):
        memory.write(address, data)
    for encoding, number in ((LITE, 3), (LITE, 2), (Encoding.AUTODETECT, 3)):  # U8 since 0.15, and before
        assert calls.infer(encoding, len(model), 0, 4, number, pixels.nbytes) == 965
        assert memory.view("u1", calls.output(), 965).argmax() == MANDARIN_DUCK


def test_tflite_runs_again_and_again(guest: NnGuest) -> None:
    context = guest.open_model(make_adder(), encoding=LITE)
    assert guest.set_input(context, 0, A) == 0
    assert guest.compute(context) == INVALID  # the other is not set
    assert guest.set_input(context, 1, A) == 0
    assert guest.get_output(context) == INVALID
    for factor in (1, 5):
        assert guest.set_input(context, 1, A * np.float32(factor)) == 0
        assert guest.compute(context) == 0
        assert guest.output(context).tolist() == (A * (factor + 1)).ravel().tolist()
    assert guest.get_output(context, room=23) == INVALID  # an output is whole
    assert guest.get_output(context, 1) == INVALID


def test_tflite_contexts_are_apart(guest: NnGuest) -> None:
    first = guest.open_model(make_adder(), encoding=LITE)
    second = guest.init(0)
    for context, factor in ((first, 1), (second, 2)):
        for index in (0, 1):
            assert guest.set_input(context, index, A * np.float32(factor)) == 0
    for context in (first, second):
        assert guest.compute(context) == 0
    assert guest.output(first).tolist() == (A * 2).ravel().tolist()
    assert guest.output(second).tolist() == (A * 4).ravel().tolist()


@pytest.mark.parametrize(
    "tensor", [A.T, A[0], A.astype(np.float64), A.astype(np.int32), A.ravel()], ids=lambda t: f"{t.dtype}{t.shape}"
)
def test_tflite_tensors_that_the_model_does_not_take(guest: NnGuest, tensor: Any) -> None:
    context = guest.open_model(make_adder(), encoding=LITE)
    assert guest.set_input(context, 0, tensor) == INVALID
    assert guest.set_input(context, 2, A) == INVALID
    assert guest.set_input(context, 0, A, at=131073) == 0  # at an odd address


def test_tflite_models_that_do_not_parse(guest: NnGuest) -> None:
    model = make_adder()
    for bad in (b"", b"garbage", b"\x1c\0\0\0TFL3", model[: len(model) // 2], b"\0" * len(model)):
        assert guest.load(bad, encoding=LITE) == INVALID
    assert guest.load(model, model, encoding=LITE) == INVALID
    for target in (1, 2):
        assert guest.load(model, encoding=LITE, target=target) == INVALID
    assert guest.load(model, encoding=LITE) == 0


def test_tflite_threads() -> None:
    with pytest.raises(ValueError, match="threads must be at least 1"):
        TfliteBackend(threads=0)
