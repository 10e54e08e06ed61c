# SPDX-License-Identifier: Apache-2.0
"""Arguments that guests of WASI-NN may get wrong: each gets an error number, and the host goes on."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nn_guest import BUILDERS, DIMS, INPUT, MODEL, NUMBER, ONE, PAGE, TENSOR, NnGuest, load, make_loading_guest

from wasmedge import WasiNNModule
from wasmedge.hosts.nn import Encoding, Errno

if TYPE_CHECKING:
    from tests.conftest import Wat

pytestmark = pytest.mark.quick

INVALID = Errno.INVALID_ARGUMENT
BEYOND = 32 * PAGE

guest = pytest.fixture(make_loading_guest)


def test_wasi_nn_order_of_checks_when_loading(guest: NnGuest) -> None:
    assert guest.load(b"model", target=3) == INVALID
    assert guest.load(b"model", encoding=14, target=3) == INVALID
    assert guest.load(b"model", encoding=14) == Errno.INVALID_ENCODING
    assert guest.load(b"model", encoding=0xFFFFFFFF) == Errno.INVALID_ENCODING
    assert guest.load(b"model", encoding=Encoding.WHISPER) == INVALID
    assert guest.load(b"model", encoding=Encoding.PYTORCH) == INVALID  # not for guests of this module
    assert guest.load() == INVALID
    assert guest.load(b"bad") == Errno.RUNTIME_ERROR
    assert guest.load(b"none") == Errno.RUNTIME_ERROR
    assert guest.load(b"model", b" of two parts") == 0


def test_wasi_nn_encodings_that_are_to_be_told_by_the_model(guest: NnGuest) -> None:
    assert guest.load(b"\x08\x07rest", encoding=Encoding.AUTODETECT) == 0
    assert guest.load(b"GGUF", encoding=Encoding.AUTODETECT) == INVALID
    assert guest.load(b"", encoding=Encoding.AUTODETECT) == Errno.INVALID_ENCODING
    assert guest.load(b"rest", encoding=Encoding.AUTODETECT) == Errno.INVALID_ENCODING


@pytest.mark.parametrize(("position", "value"), [(0, BEYOND), (0, -1), (1, 257), (1, -1), (4, BEYOND - 3), (4, -1)])
def test_wasi_nn_pointers_of_models(guest: NnGuest, position: int, value: int) -> None:
    arguments = [BUILDERS, 1, Encoding.ONNX, 0, NUMBER]
    guest.memory.write(BUILDERS, struct.pack("<II", MODEL, 5))
    assert guest.call("load", *arguments) == 0
    arguments[position] = value
    assert guest.call("load", *arguments) == INVALID


def test_wasi_nn_parts_of_models(guest: NnGuest) -> None:
    for address, size in ((BEYOND, 1), (0, BEYOND + 1), (0xFFFFFFFF, 1), (1, 0xFFFFFFFF), (0xFFFFFFFF, 0xFFFFFFFF)):
        guest.memory.write(BUILDERS, struct.pack("<IIII", MODEL, 5, address, size))
        assert guest.call("load", BUILDERS, 2, Encoding.ONNX, 0, NUMBER) == INVALID
    # Parts may overlap, and are together no more than the memory.
    guest.memory.write(BUILDERS, struct.pack("<II", 0, BEYOND // 4) * 5)
    assert guest.call("load", BUILDERS, 4, Encoding.ONNX, 0, NUMBER) == 0
    assert guest.call("load", BUILDERS, 5, Encoding.ONNX, 0, NUMBER) == INVALID


def test_wasi_nn_names(guest: NnGuest) -> None:
    for name in ("", "Model", "model ", "nothing", "\0"):
        assert guest.load_by_name(name) == Errno.NOT_FOUND
        assert guest.load_by_name(name, "{}") == Errno.NOT_FOUND
    guest.memory.write(0, b"\xff\xfe")
    assert guest.call("load_by_name", 0, 2, NUMBER) == INVALID
    for address, size, target in ((BEYOND, 1, NUMBER), (0, BEYOND + 1, NUMBER), (-1, -1, NUMBER), (0, 1, BEYOND - 3)):
        assert guest.call("load_by_name", address, size, target) == INVALID
        assert guest.call("load_by_name_with_config", address, size, 0, 0, target) == INVALID
    assert guest.call("load_by_name_with_config", 0, 0, BEYOND, 1, NUMBER) == INVALID


@pytest.mark.parametrize(
    "changes",
    [
        {"at": BEYOND},
        {"at": 0xFFFFFFFF},
        {"size": BEYOND},
        {"size": 0xFFFFFFFF},
        {"size": 3},
        {"dims": (2,)},
        {"dims": (0xFFFFFFFF,) * 8},
        {"dims": (1,) * 33},
        {"dims": (1, 0)},
        {"type": 0},
        {"type": 0xFFFFFFFF},
    ],
    ids=repr,
)
def test_wasi_nn_tensors_that_are_none(guest: NnGuest, changes: dict[str, Any]) -> None:
    context = guest.open()
    assert guest.set_input(context, 0, ONE, **changes) == INVALID
    assert guest.set_input(context, 0, ONE, dims=(1,) * 32) == 0


def test_wasi_nn_pointers_of_tensors(guest: NnGuest) -> None:
    context = guest.open()
    for tensor in (BEYOND - 19, BEYOND, -1):
        assert guest.call("set_input", context, 0, tensor) == INVALID
    for dims, rank in ((BEYOND, 1), (BEYOND - 4, 2), (0, -1), (DIMS, 0x40000000)):
        guest.memory.write(TENSOR, struct.pack("<5I", dims, rank & 0xFFFFFFFF, 1, INPUT, 4))
        assert guest.call("set_input", context, 0, TENSOR) == INVALID


def test_wasi_nn_indices(guest: NnGuest) -> None:
    context = guest.open()
    for index in (1024, -1, 2**31 - 1):
        assert guest.set_input(context, index, ONE) == INVALID
    assert guest.set_input(context, 0, ONE) == 0
    assert guest.get_output(context) == INVALID  # before compute
    assert guest.compute(context) == 0
    for index in (1, -1):
        assert guest.get_output(context, index) == INVALID


def test_wasi_nn_pointers_of_outputs(guest: NnGuest) -> None:
    context = guest.open()
    assert guest.set_input(context, 0, ONE) == 0
    assert guest.compute(context) == 0
    for target, room, written in ((BEYOND, 4, 0), (BEYOND - 3, 4, 0), (-1, 4, 0), (0, -1, 0), (0, 4, BEYOND - 3)):
        assert guest.call("get_output", context, 0, target, room, written) == INVALID
    assert guest.call("get_output", context, 0, 0, 4, 2) == 0  # overlapping: the size is written last
    assert guest.memory.read(0, 6) == b"\0\0\4\0\0\0"


def test_wasi_nn_single_steps_of_a_model_that_has_none(guest: NnGuest) -> None:
    context = guest.open()
    assert guest.call("compute_single", context) == INVALID
    assert guest.call("fini_single", context) == INVALID
    assert guest.get_output(context, function="get_output_single") == INVALID


@settings(max_examples=30)
@given(st.data())
def test_wasi_nn_any_numbers(wat: Wat, data: st.DataObject) -> None:
    module = WasiNNModule(backends={"onnx": load}, preloads={"model": lambda x: x})
    guest = NnGuest(wat, module)
    guest.open()
    near = st.sampled_from([0, 1, 2, 5, TENSOR, DIMS, INPUT, BEYOND - 4, BEYOND, -1, -(2**31)])
    for _ in range(8):
        name = data.draw(st.sampled_from(sorted(module.functions)))
        count = len(module.functions[name].type.params)
        numbers = data.draw(st.lists(near | st.integers(-(2**31), 2**31 - 1), min_size=count, max_size=count))
        assert guest.call(name, *numbers) in set(Errno)


def test_wasi_nn_inputs_have_a_limit(wat: Wat) -> None:
    guest = NnGuest(wat, WasiNNModule(backends=(), preloads={"model": lambda *x: b""}, max_input_bytes=100))
    first, second = guest.open(), guest.open()
    sixty = np.zeros(60, np.uint8)
    assert guest.set_input(first, 0, sixty) == 0
    assert guest.set_input(first, 1, sixty) == Errno.TOO_LARGE
    assert guest.set_input(second, 0, sixty) == Errno.TOO_LARGE
    assert guest.set_input(first, 0, np.zeros(100, np.uint8)) == 0  # in the place of the other
    assert guest.set_input(second, 0, sixty[:1]) == Errno.TOO_LARGE
    assert guest.set_input(first, 0, sixty, type=1, dims=(15,)) == 0
    assert guest.call("finalize_execution_context", first) == 0
    assert guest.set_input(second, 0, np.zeros(100, np.uint8)) == 0
    guest.call("unload", 0)
    assert guest.set_input(guest.open(), 0, sixty) == Errno.TOO_LARGE
    guest.call("finalize_execution_context", second)
    assert guest.set_input(guest.open(), 0, sixty) == 0
