# SPDX-License-Identifier: Apache-2.0
"""TensorFlow graphs of guests: what they compute, and what they may not do."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from c_guests import instantiate_c
from tensorflow_guest import FLOAT32, INVALID, OK, PAGE, Caller, X, Y, build_adder, graph_of, make_adder, make_caller
from tensorflow_tests import NEEDS_TENSORFLOW

from wasmedge import TensorflowModule

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import CompileC, Wat

pytestmark = NEEDS_TENSORFLOW

adder = pytest.fixture(scope="module")(make_adder)
caller = pytest.fixture(make_caller)


@pytest.fixture(scope="module")
def saved(tf: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the adder as a saved model."""
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
    guest = instantiate_c(compile_c, "tensorflow", TensorflowModule(saved_models={"adder": saved}))
    memory = guest.exports.memory
    memory.write(guest.exports.model(), adder)
    assert guest.exports[function](*[len(adder)] * (function != "run_saved")) == 0
    assert np.array_equal(memory.view("<f4", guest.exports.sum(), 2), X + Y)
    assert np.array_equal(memory.view("<f4", guest.exports.product(), 2), X * Y)


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
