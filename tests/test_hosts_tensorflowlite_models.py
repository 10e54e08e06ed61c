# SPDX-License-Identifier: Apache-2.0
"""TensorFlow Lite models of guests: what they compute, and what becomes of those that are none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from c_guests import instantiate_c
from lite_guest import INVALID, NEEDS_LITE, OK, A, Caller, make_caller
from lite_models import STRING, make_adder

import wasmedge
from wasmedge import TensorflowLiteModule

if TYPE_CHECKING:
    import numpy.typing as npt
    from tests.conftest import CompileC

pytestmark = NEEDS_LITE

MODELS = Path(__file__).resolve().parent.parent.parent / "shared" / "models"
MANDARIN_DUCK = 166  # Aix galericulata, in the list of the model's classes
WORK = np.dtype(
    [
        ("sizes", "<u4", 5),
        ("input_name", "u1", 64),
        ("output_name", "u1", 64),
        ("input", "u1", 1 << 18),
        ("output", "u1", 1 << 14),
        ("model", "u1", 1 << 22),
    ]
)

caller = pytest.fixture(make_caller)


@pytest.fixture(scope="module")
def in_c(compile_c: CompileC) -> wasmedge.Instance:
    """Return the guest in C."""
    return instantiate_c(compile_c, "tensorflowlite", TensorflowLiteModule())


def run_in_c(
    guest: wasmedge.Instance, function: str, model: bytes, names: tuple[bytes, bytes], data: npt.NDArray[Any]
) -> bytes:
    """Have the guest run a model, and return its output."""
    work = guest.exports.memory.view(WORK, guest.exports.work(), 1)[0]
    work["sizes"] = [len(model), len(names[0]), data.nbytes, len(names[1]), 0]
    for field, value in (("input_name", names[0]), ("output_name", names[1]), ("model", model)):
        work[field][: len(value)] = np.frombuffer(value, np.uint8)
    work["input"][: data.nbytes] = data.reshape(-1).view(np.uint8)
    assert guest.exports[function]() == 0
    size = int(work["sizes"][4])
    return bytes(work["output"][:size].tobytes())


@pytest.mark.parametrize("function", ["run", "run_old"])
def test_lite_in_c_calls_every_function(in_c: wasmedge.Instance, function: str) -> None:
    # The input that is not set is zero.
    for factor in (1, -2.5):
        output = run_in_c(in_c, function, make_adder(), (b"a", b"sum"), A * np.float32(factor))
        assert np.array_equal(np.frombuffer(output, "<f4").reshape(2, 3), A * np.float32(factor))


@pytest.mark.parametrize("function", ["run", "run_old"])
def test_lite_classifies_a_bird(in_c: wasmedge.Instance, function: str) -> None:
    """The picture is a mandarin duck, which the model is sure of."""
    image = pytest.importorskip("PIL.Image", reason="Pillow, of the extra image, is not installed")
    if not MODELS.is_dir():
        pytest.skip("the model and the picture are not beside the repository")
    model = (MODELS / "lite-model_aiy_vision_classifier_birds_V1_3.tflite").read_bytes()
    with image.open(MODELS / "bird.jpg") as picture:
        pixels = np.asarray(picture.convert("RGB").resize((224, 224)))
    names = (b"module/hub_input/images_uint8", b"module/prediction")
    scores = np.frombuffer(run_in_c(in_c, function, model, names, pixels), np.uint8)
    assert scores.shape == (965,)
    assert scores.argmax() == MANDARIN_DUCK
    assert scores.max() > 180


@pytest.mark.parametrize("model", [b"", b"TFL3", b"\0" * 1000, b"\x1c\0\0\0TFL3" + b"\xff" * 100], ids=range(4))
def test_lite_models_that_are_none(caller: Caller, model: bytes) -> None:
    caller.memory.write(4096, model)
    assert caller.call("create_session", 4096, len(model), 64) == INVALID
    assert caller.call("wasmedge_tensorflowlite_create_session", 4096, len(model)) == 0
    assert caller.number(64) == 0


def test_lite_models_that_are_spoilt(caller: Caller) -> None:
    random = np.random.default_rng(3)
    for _ in range(60):
        model = np.frombuffer(caller.model, np.uint8).copy()
        model[random.integers(0, len(model), 3)] = random.integers(0, 256, 3)
        caller.memory.write(4096, model)
        size = int(random.integers(1, len(model))) if random.random() < 0.2 else len(model)
        if caller.call("create_session", 4096, size, 64) == OK:
            assert caller.call("delete_session", caller.number(64)) == OK


def test_lite_models_of_text(caller: Caller) -> None:
    model = make_adder(element=STRING)
    caller.memory.write(4096, model)
    assert caller.call("create_session", 4096, len(model), 64) == INVALID
