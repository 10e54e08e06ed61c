# SPDX-License-Identifier: Apache-2.0
"""ONNX models of guests, against numpy."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx_models as om
import pytest
from nn_guest import NnGuest

import wasmedge
from wasmedge import WasiNNModule
from wasmedge.hosts.nn import Encoding, Errno, Preload

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import CompileC, InThreads, RunPython, Wat

pytestmark = [
    pytest.mark.extras,
    pytest.mark.skipif(
        importlib.util.find_spec("onnxruntime") is None, reason="onnxruntime, of the extra nn, is not installed"
    ),
]

INVALID = Errno.INVALID_ARGUMENT
X = np.random.default_rng(3).standard_normal((5, 4)).astype(np.float32)


@pytest.fixture
def guest(wat: Wat) -> NnGuest:
    """Return a guest that may load ONNX models."""
    return NnGuest(wat, WasiNNModule(backends=["onnx"]))


def computed(weights: list[Any], x: Any) -> Any:
    """Compute as the model of make_perceptron does."""
    return np.maximum(x @ weights[0], 0) @ weights[1]


def test_onnx_in_c(compile_c: CompileC) -> None:
    module = WasiNNModule(backends=["onnx"])
    guest = wasmedge.instantiate(
        compile_c("nn", "--target=wasm32-freestanding", "-nostdlib", "-Wl,--no-entry"), imports={module.name: module}
    )
    calls, memory = guest.exports, guest.exports.memory
    model, weights = om.make_perceptron()
    for address, data in ((calls.model(0), model), (calls.input(), X), (calls.dims(), np.array(X.shape, "<u4"))):
        memory.write(address, data)
    for encoding in (Encoding.ONNX, Encoding.AUTODETECT):
        assert calls.infer(encoding, len(model), 0, 2, 1, X.nbytes) == 5 * 3 * 4
        assert np.allclose(memory.view("<f4", calls.output(), (5, 3)), computed(weights, X), atol=1e-6)


@pytest.mark.parametrize("batch", ["N", 5])
def test_onnx_runs_again_and_again(guest: NnGuest, batch: int | str) -> None:
    model, weights = om.make_perceptron(batch=batch)
    context = guest.open_model(model, encoding=Encoding.ONNX)
    assert guest.compute(context) == INVALID  # the input is not set
    for rows in (5, 2, 2, 5) if batch == "N" else (5, 5):
        for scale in (1, -2):
            x = X[:rows] * np.float32(scale)
            assert guest.set_input(context, 0, x) == 0
            for _ in range(2):
                assert guest.compute(context) == 0
                found = guest.output(context).reshape(rows, 3)
                assert np.allclose(found, computed(weights, x), atol=1e-6)


def test_onnx_outputs_whose_shape_follows_from_the_data(guest: NnGuest) -> None:
    for length in ("N", "M", 4):  # the first and last of which the model says wrongly
        model = om.model(
            [om.node("NonZero", ["x"], ["y"])],
            [om.argument("x", ("N",))],
            [om.argument("y", (1, length), om.INT64)],
        )
        context = guest.open_model(model, encoding=Encoding.ONNX)
        for x in ([1, 0, 0, 2], [1, 1, 0, 1], [0, 0, 0, 0], [1, 1, 1, 1]):
            assert guest.set_input(context, 0, np.array(x, np.float32)) == 0
            assert guest.compute(context) == 0
            assert guest.output(context, dtype="<i8").tolist() == np.flatnonzero(x).tolist()


def test_onnx_several_inputs_and_outputs(guest: NnGuest) -> None:
    model = om.model(
        [om.node("Add", ["a", "b"], ["sum"]), om.node("Sub", ["a", "b"], ["difference"])],
        [om.argument("a", (2,)), om.argument("b", (2,))],
        [om.argument("sum", (2,)), om.argument("difference", (2,))],
    )
    context = guest.open_model(model, encoding=Encoding.ONNX)
    assert guest.set_input(context, 1, np.array([1, 2], np.float32)) == 0
    assert guest.compute(context) == INVALID
    assert guest.set_input(context, 0, np.array([5, 5], np.float32)) == 0
    assert guest.get_output(context) == INVALID
    assert guest.compute(context) == 0
    assert guest.output(context, 0).tolist() == [6, 7]
    assert guest.output(context, 1).tolist() == [4, 3]
    assert guest.get_output(context, 2) == INVALID
    assert guest.set_input(context, 2, np.array([5, 5], np.float32)) == INVALID


@pytest.mark.parametrize(
    "tensor",
    [
        np.zeros((5, 3), np.float32),
        np.zeros((4,), np.float32),
        np.zeros((1, 5, 4), np.float32),
        np.zeros((5, 4), np.float64),
        np.zeros((5, 4), np.int32),
        np.zeros((5, 16), np.uint8),
    ],
    ids=lambda tensor: f"{tensor.dtype}{tensor.shape}",
)
def test_onnx_tensors_that_the_model_does_not_take(guest: NnGuest, tensor: Any) -> None:
    context = guest.open_model(om.make_perceptron()[0], encoding=Encoding.ONNX)
    assert guest.set_input(context, 0, tensor) == INVALID
    assert guest.compute(context) == INVALID
    assert guest.set_input(context, 0, X) == 0
    assert guest.set_input(context, 0, tensor) == INVALID
    assert guest.compute(context) == 0


def test_onnx_lengths_that_do_not_go_together(guest: NnGuest) -> None:
    model = om.model(
        [om.node("Add", ["a", "b"], ["y"])],
        [om.argument("a", ("N",)), om.argument("b", ("N",))],
        [om.argument("y", ("N",))],
    )
    context = guest.open_model(model, encoding=Encoding.ONNX)
    assert guest.set_input(context, 0, np.zeros(2, np.float32)) == 0
    assert guest.set_input(context, 1, np.zeros(3, np.float32)) == 0
    assert guest.compute(context) == Errno.RUNTIME_ERROR
    assert guest.get_output(context) == INVALID
    assert guest.set_input(context, 1, np.ones(2, np.float32)) == 0
    assert guest.compute(context) == 0
    assert guest.output(context).tolist() == [1, 1]


GOOD = om.make_perceptron()[0]


@pytest.mark.parametrize(
    "model",
    [
        b"",
        b"garbage",
        b"\x08",
        b"\x80" * 20,
        b"\x3a\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
        b"\x0b\x0c",
        GOOD[:-1],
        GOOD[: len(GOOD) // 2],
        b"\x08\x07\0\0ORTM" + GOOD,
        om.model([om.node("NoSuchOperation", ["x"], ["y"])], [om.argument("x", (1,))], [om.argument("y", (1,))]),
    ],
    ids=range(10),
)
def test_onnx_models_that_do_not_parse(guest: NnGuest, model: bytes) -> None:
    assert guest.load(model) == INVALID
    assert guest.load(GOOD) == 0


@pytest.mark.parametrize("seed", range(20))
def test_onnx_models_that_are_spoilt(guest: NnGuest, seed: int) -> None:
    random = np.random.default_rng(seed)
    for _ in range(20):
        model = np.frombuffer(GOOD, np.uint8).copy()
        model[random.integers(0, len(model), 3)] = random.integers(0, 256, 3)
        if guest.load(model.tobytes()) == 0:
            graph = guest.number
            guest.call("init_execution_context", graph, 0)
            guest.set_input(guest.number, 0, X)
            assert guest.compute(guest.number) in set(Errno)
            guest.call("finalize_execution_context", guest.number)
            guest.call("unload", graph)


def test_onnx_models_of_guests_read_no_files(
    wat: Wat, guest: NnGuest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "weights").write_bytes(np.full((4, 3), 2, "<f4").tobytes())
    inputs, outputs = [om.argument("x", ("N", 4))], [om.argument("y", ("N", 3))]
    stored = om.external_tensor("w", (4, 3), "weights")
    product = om.node("MatMul", ["x", "w"], ["y"])
    constant = om.node("Constant", [], ["w"], om.field(5, om.field(1, "value") + om.field(5, stored) + om.field(20, 4)))
    nested = om.field(5, om.field(1, "then_branch") + om.field(6, om.field(5, stored)) + om.field(20, 5))
    whole = om.model([product], inputs, outputs, (stored,))
    for model in (
        whole,
        om.model([constant, product], inputs, outputs),
        om.model([om.node("If", ["x"], ["y"], nested)], inputs, outputs),
        GOOD + om.field(25, om.field(7, constant)),
    ):
        assert guest.load(model) == INVALID
    # What the host brings may have them.
    (tmp_path / "model.onnx").write_bytes(whole)
    preloads = {"model": Preload("onnx", tmp_path / "model.onnx")}
    other = NnGuest(wat, WasiNNModule(backends=(), preloads=preloads))
    context = other.open()
    assert other.set_input(context, 0, X) == 0
    assert other.compute(context) == 0
    assert np.allclose(other.output(context).reshape(5, 3), X @ np.full((4, 3), 2), atol=1e-5)


def test_onnx_targets_and_configurations(guest: NnGuest) -> None:
    assert guest.load(GOOD, target=2) == INVALID
    assert guest.load(GOOD, GOOD) == INVALID
    context = guest.open_model(GOOD, encoding=Encoding.ONNX)
    for name in ("compute_single", "fini_single"):
        assert guest.call(name, context) == INVALID


def test_onnx_in_several_threads(wat: Wat, in_threads: InThreads) -> None:
    model, weights = om.make_perceptron((4, 64, 3))
    module = WasiNNModule(backends=["onnx"])
    first = NnGuest(wat, module)
    assert first.load(model) == 0
    graph = first.number

    def work(number: int) -> bool:
        guest = NnGuest(wat, module)
        context = guest.init(graph)
        x = X + np.float32(number)
        for _ in range(30):
            assert guest.set_input(context, 0, x) == 0
            assert guest.compute(context) == 0
            if not np.allclose(guest.output(context).reshape(5, 3), computed(weights, x), atol=1e-5):
                return False
        return True

    assert in_threads(4, work) == [True] * 4


def test_onnx_says_nothing_and_ends_well(run_python: RunPython) -> None:
    done = run_python(
        """
        import wasmtime, wasmedge
        from wasmedge import WasiNNModule
        module = WasiNNModule(backends=["onnx"])
        source = wasmtime.wat2wasm('''(module
          (import "wasi_ephemeral_nn" "load" (func $load (param i32 i32 i32 i32 i32) (result i32)))
          (memory (export "memory") 4)
          (func (export "f") (result i32) (call $load
            (i32.const 0) (i32.const 1) (i32.const 1) (i32.const 0) (i32.const 8))))''')
        app = wasmedge.instantiate(source, imports={module.name: module})
        for model in (GOOD, b"\\x08\\x07"):
            app.exports.memory.write(0, (100).to_bytes(4, "little") + len(model).to_bytes(4, "little"))
            app.exports.memory.write(100, model)
            print(app.exports.f())
        """,
        GOOD=GOOD,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "0\n1\n", "")
