# SPDX-License-Identifier: Apache-2.0
"""TensorFlow graphs of guests: what they compute, and what they may not do."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pass_through import PassThrough
from tensorflow_tests import NEEDS_TENSORFLOW

import wasmedge
from wasmedge import TensorflowModule

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import CheckPython, CompileC, Wat

pytestmark = NEEDS_TENSORFLOW

PAGE = 65536
OK, INVALID, BUSY = 0, 1, 4
FLOAT32, INT32, STRING = 1, 3, 7
X, Y = np.array([1.5, -2], "<f4"), np.array([4, 8], "<f4")


def graph_of(tf: Any, build: Callable[[], Any]) -> bytes:
    """Make a frozen graph."""
    graph = tf.Graph()
    with graph.as_default():
        build()
    data: bytes = graph.as_graph_def().SerializeToString()
    return data


def build_adder(tf: Any) -> dict[str, Any]:
    """Build x + y and x * y, as two outputs of one operation."""
    x = tf.compat.v1.placeholder(tf.float32, [2], "x")
    y = tf.compat.v1.placeholder(tf.float32, [2], "y")
    both = tf.raw_ops.IdentityN(input=[x + y, x * y], name="both")
    return {"x": x, "y": y, "sum": both[0], "product": both[1]}


@pytest.fixture(scope="module")
def adder(tf: Any) -> bytes:
    """Return the graph that the guest in C expects."""
    return graph_of(tf, lambda: build_adder(tf))


@pytest.fixture(scope="module")
def saved(tf: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the same as a saved model."""
    path = tmp_path_factory.mktemp("models") / "saved"
    graph = tf.Graph()
    with graph.as_default(), tf.compat.v1.Session(graph=graph) as session:
        tensors = build_adder(tf)
        inputs = {name: tensors[name] for name in "xy"}
        outputs = {name: tensors[name] for name in ("sum", "product")}
        tf.compat.v1.saved_model.simple_save(session, str(path), inputs, outputs)
    return path


@pytest.mark.parametrize("function", ["run", "run_old", "run_saved"])
def test_tensorflow_in_c_calls_every_function(compile_c: CompileC, adder: bytes, saved: Path, function: str) -> None:
    module = TensorflowModule(saved_models={"adder": saved})
    path = compile_c("tensorflow", "--target=wasm32-freestanding", "-nostdlib", "-Wl,--no-entry")
    source = wasmedge.Module.from_file(path)
    assert {entry.name for entry in source.imports} == set(module.functions)
    guest = wasmedge.instantiate(source, imports={module.name: module})
    memory = guest.exports.memory
    memory.write(guest.exports.model(), adder)
    assert guest.exports[function](*[len(adder)] * (function != "run_saved")) == 0
    assert np.array_equal(memory.view("<f4", guest.exports.sum(), 2), X + Y)
    assert np.array_equal(memory.view("<f4", guest.exports.product(), 2), X * Y)


class Caller(PassThrough):
    """A guest that puts models at 4096, names at 0, the dimension 2 at 256, and has results at 64."""

    def __init__(self, wat: Wat, **options: Any) -> None:
        super().__init__(wat, TensorflowModule(**options))
        self.memory.write(0, b"xyboth:0both:9none/x")
        self.memory.write_scalar(256, 2, "<i8")
        self.memory.write(1000, X)
        self.memory.write(1008, Y)

    def create(self, model: bytes) -> int:
        """Load a model, and return the error number."""
        self.memory.write(4096, model)
        number: int = self.call("create_session", 4096, len(model), 64)
        return number

    def number(self, address: int = 64) -> int:
        """Read a number."""
        return int(self.memory.read_scalar(address, "<u4"))

    def prepare(self, model: bytes) -> int:
        """Load the adder, set its inputs, ask for the sum, and return the session."""
        assert self.create(model) == OK
        session = self.number()
        assert self.call("append_input", session, 0, 1, 256, 1, FLOAT32, 1000, 8) == OK
        assert self.call("append_input", session, 1, 1, 256, 1, FLOAT32, 1008, 8) == OK
        assert self.call("append_output", session, 2, 6) == OK
        return session


@pytest.fixture
def caller(wat: Wat) -> Caller:
    """Return a guest."""
    return Caller(wat)


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


@pytest.mark.parametrize("model", [b"\xff" * 40, b"\n\x03abc", b"no graph at all"], ids=range(3))
def test_tensorflow_models_that_are_none(caller: Caller, model: bytes) -> None:
    assert caller.create(model) == INVALID
    assert caller.call("wasmedge_tensorflow_create_session", 4096, len(model)) == 0


def test_tensorflow_models_that_are_spoilt(caller: Caller, adder: bytes) -> None:
    random = np.random.default_rng(3)
    for _ in range(60):
        model = np.frombuffer(adder, np.uint8).copy()
        model[random.integers(0, len(model), 3)] = random.integers(0, 256, 3)
        if caller.create(model.tobytes()) == OK:
            assert caller.call("delete_session", caller.number()) == OK


def test_tensorflow_models_reach_nothing(tf: Any, wat: Wat, tmp_path: Path) -> None:
    """A model is a program, and could read and write files."""
    target = tmp_path / "written"
    raw = tf.raw_ops
    builds: list[Callable[[], Any]] = [
        lambda: raw.ReadFile(filename="/etc/hostname", name="x"),
        lambda: raw.WriteFile(filename=str(target), contents="text", name="x"),
        lambda: raw.MatchingFiles(pattern="/etc/*", name="x"),
        lambda: raw.PrintV2(input="text", output_stream=f"file://{target}", name="x"),
        lambda: tf.numpy_function(print, ["text"], tf.float32, name="x"),
        lambda: raw.TextLineDataset(filenames=["/etc/hostname"], compression_type="", buffer_size=0, name="x"),
        lambda: raw.SaveV2(prefix=str(target), tensor_names=["a"], shape_and_slices=[""], tensors=[1.0], name="x"),
    ]
    for build in builds:
        caller = Caller(wat)
        assert caller.create(graph_of(tf, build)) == INVALID

    @tf.function  # type: ignore[untyped-decorator]
    def function() -> Any:
        builds[1]()
        return tf.constant(1.0)

    assert Caller(wat).create(graph_of(tf, function)) == INVALID
    assert list(tmp_path.iterdir()) == []
    trusting = Caller(wat, any_operation=True)
    assert trusting.create(graph_of(tf, builds[1])) == OK


def test_tensorflow_models_may_branch_and_use_chance(tf: Any, caller: Caller) -> None:
    def build() -> None:
        x = tf.compat.v1.placeholder(tf.float32, [2], "x")
        double = tf.function(lambda value: tf.cond(value[0] > 0, lambda: value * 2, lambda: value))
        noise = tf.random.uniform([2])
        tf.raw_ops.IdentityN(input=[double(x) + 0 * noise, x], name="both")

    assert caller.create(graph_of(tf, build)) == OK
    assert caller.call("append_input", 0, 0, 1, 256, 1, FLOAT32, 1000, 8) == OK
    assert caller.call("append_output", 0, 2, 6) == OK
    assert caller.call("run_session", 0) == OK
    assert caller.call("get_tensor_data", 0, 0, 2000, 8, 64) == OK
    assert np.array_equal(caller.memory.view("<f4", 2000, 2), 2 * X)


def test_tensorflow_outputs_of_text(tf: Any, caller: Caller) -> None:
    assert caller.create(graph_of(tf, lambda: tf.constant(["a", "b"], name="x"))) == OK
    assert caller.call("append_output", 0, 0, 1) == OK
    assert caller.call("run_session", 0) == OK
    assert caller.call("get_tensor_len", 0, 0, 64) == INVALID
    assert caller.call("get_tensor_data", 0, 0, 2000, 8, 64) == INVALID


def test_tensorflow_saved_models_are_those_given(wat: Wat, saved: Path, tmp_path: Path) -> None:
    caller = Caller(wat, saved_models={"x": saved, "y": tmp_path})
    caller.memory.write(512, np.array([600, 5], "<u4"))
    caller.memory.write(600, b"serve" + os.fsencode(saved))
    assert caller.call("create_session_saved_model", 0, 1, 512, 1, 64) == OK
    assert caller.call("create_session_saved_model", 0, 1, 512, 0, 64) == INVALID  # no such tags
    assert caller.call("create_session_saved_model", 1, 1, 512, 1, 64) == INVALID  # no model there
    assert caller.call("create_session_saved_model", 605, len(os.fsencode(saved)), 512, 1, 64) == INVALID
    caller.memory.write(512, np.array([PAGE, 5], "<u4"))
    assert caller.call("create_session_saved_model", 0, 1, 512, 1, 64) == INVALID


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
