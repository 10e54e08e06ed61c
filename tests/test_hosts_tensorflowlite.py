# SPDX-License-Identifier: Apache-2.0
"""TensorFlow Lite for guests: the sessions that they open, and arguments that are wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from lite_guest import BUSY, INVALID, NEEDS_LITE, OK, PAGE, A, Caller, make_caller

from wasmedge import TensorflowLiteModule

if TYPE_CHECKING:
    from tests.conftest import CheckPython, InThreads, Wat

pytestmark = NEEDS_LITE

caller = pytest.fixture(make_caller)


def test_lite_both_inputs(caller: Caller) -> None:
    session = caller.open()
    caller.memory.write(1000, A)
    caller.memory.write(1024, 10 * A)
    assert caller.call("append_input", session, 0, 1, 1000, 24) == OK
    assert caller.call("append_input", session, 1, 1, 1024, 24) == OK
    caller.memory.fill(1000, 0, 48)  # what was set is a copy
    assert caller.call("run_session", session) == OK
    assert caller.call("get_output_tensor", session, 2, 3, 68) == OK
    assert caller.call("get_tensor_len", session, caller.number(68), 72) == OK
    assert caller.number(72) == 24
    assert caller.call("get_tensor_data", session, caller.number(68), 1000, 24, 76) == OK
    assert caller.number(76) == 24
    assert np.array_equal(caller.memory.view("<f4", 1000, (2, 3)), 11 * A)


def test_lite_sessions_do_not_share(caller: Caller) -> None:
    first, second = caller.open(), caller.open()
    caller.memory.write(1000, A)
    assert caller.call("append_input", first, 0, 1, 1000, 24) == OK
    for session, expected in ((first, A), (second, 0 * A)):
        assert caller.call("run_session", session) == OK
        assert caller.call("get_tensor_data", session, 0, 1000, 24, 76) == OK
        assert np.array_equal(caller.memory.view("<f4", 1000, (2, 3)), expected)
    assert caller.call("delete_session", first) == OK
    assert caller.call("delete_session", first) == OK
    assert caller.call("run_session", first) == INVALID
    assert caller.open() == first


@pytest.mark.parametrize(
    "name", ["run_session", "get_output_tensor", "get_tensor_len", "get_tensor_data", "append_input"]
)
@pytest.mark.parametrize("session", [1, 7, -1, 2**31 - 1])
def test_lite_unknown_sessions(caller: Caller, name: str, session: int) -> None:
    caller.open()
    arguments = {"run_session": (), "get_output_tensor": (2, 3, 68), "get_tensor_len": (0, 72)}
    arguments |= {"get_tensor_data": (0, 1000, 24, 76), "append_input": (0, 1, 1000, 24)}
    assert caller.call(name, session, *arguments[name]) == INVALID
    assert caller.call("delete_session", session) == OK


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("create_session", (PAGE, 1, 64)),
        ("create_session", (4096, -1, 64)),
        ("create_session", (4096, 100, PAGE - 3)),
        ("create_session", (4096, 100, -1)),
        ("append_input", (0, 0, 2, 1000, 24)),
        ("append_input", (0, 2, 3, 1000, 24)),
        ("append_input", (0, 0, 0, 1000, 24)),
        ("append_input", (0, 0, -1, 1000, 24)),
        ("append_input", (0, 0, 1, 1000, 23)),
        ("append_input", (0, 0, 1, 1000, 25)),
        ("append_input", (0, 0, 1, 1000, 0)),
        ("append_input", (0, 0, 1, PAGE - 23, 24)),
        ("append_input", (0, 0, 1, 1000, -1)),
        ("get_output_tensor", (0, 0, 1, 68)),
        ("get_output_tensor", (0, PAGE, 3, 68)),
        ("get_output_tensor", (0, 2, 3, PAGE)),
        ("get_tensor_len", (0, 1, 72)),
        ("get_tensor_len", (0, -1, 72)),
        ("get_tensor_len", (0, 0, PAGE - 1)),
        ("get_tensor_data", (0, 1, 1000, 24, 76)),
        ("get_tensor_data", (0, 0, 1000, 23, 76)),
        ("get_tensor_data", (0, 0, 1000, 25, 76)),
        ("get_tensor_data", (0, 0, PAGE - 23, 24, 76)),
        ("get_tensor_data", (0, 0, 1000, 24, PAGE)),
    ],
)
def test_lite_bad_arguments(caller: Caller, name: str, arguments: tuple[int, ...]) -> None:
    assert caller.open() == 0
    assert caller.call("run_session", 0) == OK
    before = caller.memory.read(0, PAGE)
    assert caller.call(name, *arguments) == INVALID
    assert caller.memory.read(0, PAGE) == before
    assert caller.call("run_session", 0) == OK


def test_lite_names_that_are_no_text(caller: Caller) -> None:
    session = caller.open()
    caller.memory.write(0, b"\xff")
    assert caller.call("append_input", session, 0, 1, 1000, 24) == INVALID


def test_lite_outputs_before_the_model_has_run(caller: Caller) -> None:
    session = caller.open()
    assert caller.call("get_tensor_len", session, 0, 72) == OK
    assert caller.number(72) == 24
    assert caller.call("get_tensor_data", session, 0, 1000, 24, 76) == INVALID


def test_lite_sessions_have_a_limit(wat: Wat) -> None:
    caller = Caller(wat, max_sessions=3)
    assert [caller.open() for _ in range(3)] == [0, 1, 2]
    assert caller.call("create_session", 4096, len(caller.model), 64) == BUSY
    assert caller.call("delete_session", 1) == OK
    assert caller.open() == 1
    old = [caller.call("wasmedge_tensorflowlite_create_session", 4096, len(caller.model)) for _ in range(5)]
    assert old == [1, 2, 3, 0, 0]


def test_lite_old_functions_with_bad_arguments(caller: Caller) -> None:
    def call(name: str, *args: int) -> Any:
        return caller.call(f"wasmedge_tensorflowlite_{name}", *args)

    session = call("create_session", 4096, len(caller.model))
    assert session == 1
    before = caller.memory.read(0, PAGE)
    assert call("create_session", PAGE, 1) == 0
    for unknown in (0, 2, -1, 2**63 - 1):
        assert call("run_session", unknown) == 1
        assert call("get_output_tensor", unknown, 2, 3) == 0
        assert call("get_tensor_len", unknown) == 0
        assert call("get_tensor_data", unknown, 1000) is None
        assert call("append_input", unknown, 0, 1, 1000, 24) is None
        assert call("delete_session", unknown) is None
    assert call("get_output_tensor", session, 0, 1) == 0
    assert call("append_input", session, 0, 1, 1000, 23) is None
    assert call("append_input", session, 0, 1, PAGE - 23, 24) is None
    tensor = call("get_output_tensor", session, 2, 3)
    assert call("get_tensor_data", tensor, 1000) is None  # before the run
    assert call("run_session", session) == 0
    assert call("get_tensor_data", tensor, PAGE - 23) is None
    assert caller.memory.read(0, PAGE) == before
    call("get_tensor_data", tensor, PAGE - 24)
    call("delete_session", session)
    assert call("get_tensor_len", tensor) == 0


def test_lite_sessions_in_threads(wat: Wat, in_threads: InThreads) -> None:
    caller = Caller(wat)
    session = caller.open()

    def work(_: int) -> set[int]:
        return {caller.call("run_session", session) for _ in range(50)}

    assert in_threads(4, work) == [{OK}] * 4


def test_lite_refuses_other_options() -> None:
    for threads in (0, -1):
        with pytest.raises(ValueError, match="threads must be at least 1"):
            TensorflowLiteModule(threads=threads)


def test_lite_without_an_interpreter(check_python: CheckPython) -> None:
    code = """
        import sys
        sys.modules["ai_edge_litert"] = sys.modules["tflite_runtime"] = None
        import wasmedge
        try:
            wasmedge.TensorflowLiteModule()
        except ImportError as error:
            print(error)
        """
    assert "pip install 'pywasmedge[tflite]'" in check_python(code)
