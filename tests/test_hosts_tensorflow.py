# SPDX-License-Identifier: Apache-2.0
"""TensorFlow for guests: the sessions that they open, and arguments that are wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from tensorflow_guest import BUSY, FLOAT32, INT32, INVALID, OK, PAGE, STRING, Caller, X, Y, make_adder, make_caller
from tensorflow_tests import NEEDS_TENSORFLOW

from wasmedge import TensorflowModule

if TYPE_CHECKING:
    from tests.conftest import CheckPython, Wat

pytestmark = NEEDS_TENSORFLOW

adder = pytest.fixture(scope="module")(make_adder)
caller = pytest.fixture(make_caller)


def test_tensorflow_outputs_are_cut_to_the_room_for_them(caller: Caller, adder: bytes) -> None:
    session = caller.prepare(adder)
    assert caller.call("get_tensor_len", session, 0, 68) == OK
    assert caller.number(68) == 0  # before the run
    assert caller.call("get_tensor_data", session, 0, 2000, 8, 72) == INVALID
    caller.memory.fill(1000, 0, 16)  # what was set is a copy
    assert caller.call("run_session", session) == OK
    assert caller.call("get_output_tensor", session, 2, 6, 76) == OK
    for room, written in ((3, 3), (8, 8), (20, 8), (0, 0)):
        caller.memory.fill(2000, 0xAA, 32)
        assert caller.call("get_tensor_data", session, caller.number(76), 2000, room, 72) == OK
        assert caller.number(72) == written
        assert caller.memory.read(2000, 32) == (X + Y).tobytes()[:written] + b"\xaa" * (32 - written)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("create_session", (PAGE, 1, 64)),
        ("create_session", (4096, -1, 64)),
        ("create_session", (4096, 0, PAGE - 3)),
        ("create_session_saved_model", (0, 1, 512, 0, 64)),
        ("create_session_saved_model", (0, PAGE, 512, 0, 64)),
        ("create_session_saved_model", (0, 1, 512, 1 << 30, 64)),
        ("append_input", (0, 14, 4, 256, 1, FLOAT32, 1000, 8)),
        ("append_input", (0, 8, 6, 256, 1, FLOAT32, 1000, 8)),
        ("append_input", (0, PAGE, 1, 256, 1, FLOAT32, 1000, 8)),
        ("append_input", (0, 0, 1, PAGE, 1, FLOAT32, 1000, 8)),
        ("append_input", (0, 0, 1, 256, -1, FLOAT32, 1000, 8)),
        ("append_input", (0, 0, 1, 256, 33, FLOAT32, 1000, 8)),
        ("append_input", (0, 0, 1, 256, 1, 0, 1000, 8)),
        ("append_input", (0, 0, 1, 256, 1, 999, 1000, 8)),
        ("append_input", (0, 0, 1, 256, 1, STRING, 1000, 8)),
        ("append_input", (0, 0, 1, 256, 1, FLOAT32, 1000, 7)),
        ("append_input", (0, 0, 1, 256, 1, FLOAT32, PAGE - 7, 8)),
        ("append_input", (0, 0, 1, 264, 1, FLOAT32, 1000, 8)),
        ("append_input", (0, 0, 1, 272, 2, FLOAT32, 1000, 8)),
        ("append_output", (0, 14, 4)),
        ("append_output", (0, 8, 6)),
        ("append_output", (0, 0, PAGE + 1)),
        ("get_output_tensor", (0, 0, 1, 64)),
        ("get_output_tensor", (0, 2, 6, PAGE)),
        ("get_tensor_len", (0, 1, 64)),
        ("get_tensor_len", (0, -1, 64)),
        ("get_tensor_len", (0, 0, -1)),
        ("get_tensor_data", (0, 1, 2000, 8, 64)),
        ("get_tensor_data", (0, 0, PAGE - 7, 8, 64)),
        ("get_tensor_data", (0, 0, 2000, 8, PAGE)),
    ],
)
def test_tensorflow_bad_arguments(caller: Caller, adder: bytes, name: str, arguments: tuple[int, ...]) -> None:
    assert caller.prepare(adder) == 0
    assert caller.call("run_session", 0) == OK
    caller.memory.write(264, np.array([-2, 1 << 62, 1 << 62], "<i8"))
    before = caller.memory.read(0, PAGE)
    assert caller.call(name, *arguments) == INVALID
    assert caller.memory.read(0, PAGE) == before
    assert caller.call("run_session", 0) == OK


@pytest.mark.parametrize("session", [1, 7, -1])
def test_tensorflow_unknown_sessions(caller: Caller, adder: bytes, session: int) -> None:
    caller.prepare(adder)
    calls: dict[str, tuple[int, ...]] = {
        "run_session": (),
        "get_output_tensor": (2, 6, 64),
        "get_tensor_len": (0, 64),
        "get_tensor_data": (0, 2000, 8, 64),
        "append_input": (0, 1, 256, 1, FLOAT32, 1000, 8),
        "append_output": (2, 6),
        "clear_input": (),
        "clear_output": (),
    }
    for name, arguments in calls.items():
        assert caller.call(name, session, *arguments) == INVALID
    assert caller.call("delete_session", session) == OK


def test_tensorflow_run_without_inputs_or_of_other_shapes(caller: Caller, adder: bytes) -> None:
    session = caller.prepare(adder)
    assert caller.call("clear_input", session) == OK
    assert caller.call("run_session", session) == BUSY
    caller.memory.write_scalar(256, 1, "<i8")
    assert caller.call("append_input", session, 0, 1, 256, 1, FLOAT32, 1000, 4) == OK
    assert caller.call("run_session", session) == BUSY
    caller.memory.write_scalar(256, 2, "<i8")
    assert caller.call("append_input", session, 0, 1, 256, 1, INT32, 1000, 8) == OK
    assert caller.call("run_session", session) == BUSY
    assert caller.call("get_tensor_data", session, 0, 2000, 8, 64) == INVALID


def test_tensorflow_sessions_have_a_limit(wat: Wat, adder: bytes) -> None:
    caller = Caller(wat, max_sessions=2)
    assert [caller.create(adder) for _ in range(4)] == [OK, OK, BUSY, BUSY]
    assert caller.call("delete_session", 0) == OK
    assert caller.create(adder) == OK


def test_tensorflow_refuses_other_options() -> None:
    with pytest.raises(TypeError, match="saved_models must be a mapping"):
        TensorflowModule(saved_models=["a"])  # type: ignore[arg-type]


def test_tensorflow_that_is_not_installed(check_python: CheckPython) -> None:
    code = """
        import sys
        sys.modules["tensorflow"] = None
        import wasmedge
        try:
            wasmedge.TensorflowModule()
        except ImportError as error:
            print(error)
        """
    assert "pip install 'pywasmedge[tensorflow]'" in check_python(code)
