# SPDX-License-Identifier: Apache-2.0
"""TensorFlow models of guests: frozen graphs, and saved models of the host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from nn_guest import NnGuest
from tensorflow_tests import NEEDS_TENSORFLOW

from wasmedge import WasiNNModule
from wasmedge.hosts.nn import Encoding, Errno, Preload

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Wat

pytestmark = NEEDS_TENSORFLOW

INVALID = Errno.INVALID_ARGUMENT
X, Y = np.array([[1, 2]], np.float32), np.array([[10, 20]], np.float32)


def frozen(tf: Any, operation: str = "add") -> bytes:
    """Make a graph of two placeholders and two outputs."""
    graph = tf.Graph()
    with graph.as_default():
        x = tf.compat.v1.placeholder(tf.float32, [None, 2], "x")
        y = tf.compat.v1.placeholder(tf.float32, [None, 2], "y")
        if operation == "read":
            tf.raw_ops.ReadFile(filename="/etc/passwd")
        tf.add(x, y, name="sum")
        tf.reduce_sum(x * y, name="product")
    data: bytes = graph.as_graph_def().SerializeToString()
    return data


def computes(guest: NnGuest, context: int) -> None:
    """Check a model of two inputs, its sum and the sum of its products."""
    assert guest.set_input(context, 0, X) == 0
    assert guest.compute(context) == INVALID
    assert guest.set_input(context, 1, Y) == 0
    for _ in range(2):
        assert guest.compute(context) == 0
    assert guest.output(context, 0).tolist() == [11, 22]
    assert guest.output(context, 1).tolist() == [50]
    assert guest.get_output(context, 2) == INVALID


def test_tensorflow_frozen_graphs(wat: Wat, tf: Any) -> None:
    guest = NnGuest(wat, WasiNNModule(backends=["tensorflow"]))
    computes(guest, guest.open_model(frozen(tf), encoding=Encoding.AUTODETECT))
    context = guest.open_model(frozen(tf), encoding=Encoding.TENSORFLOW)
    computes(guest, context)
    assert guest.set_input(context, 0, X.astype(np.int32)) == INVALID
    assert guest.set_input(context, 0, X[0]) == INVALID
    assert guest.set_input(context, 2, X) == INVALID
    assert guest.set_input(context, 0, np.zeros((3, 2), np.float32)) == 0
    assert guest.set_input(context, 1, np.zeros((2, 2), np.float32)) == 0
    assert guest.compute(context) == Errno.RUNTIME_ERROR


def test_tensorflow_graphs_that_do_not_parse_or_reach_out(wat: Wat, tf: Any) -> None:
    guest = NnGuest(wat, WasiNNModule(backends=["tensorflow"]))
    graph = frozen(tf)
    for bad in (b"garbage", graph[:-3], frozen(tf, "read")):
        assert guest.load(bad, encoding=Encoding.TENSORFLOW) == INVALID
    assert guest.load(graph, graph, encoding=Encoding.TENSORFLOW) == INVALID
    assert guest.load(graph, encoding=Encoding.TENSORFLOW, target=2) == INVALID


def test_tensorflow_saved_models(wat: Wat, tf: Any, tmp_path: Path) -> None:
    class Model(tf.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.one = tf.Variable(1.0)

        @tf.function(input_signature=[tf.TensorSpec([None, 2], name="x"), tf.TensorSpec([None, 2], name="y")])  # type: ignore[untyped-decorator]
        def __call__(self, x: Any, y: Any) -> Any:
            return {"a_sum": x + y * self.one, "b_product": tf.reduce_sum(x * y)}

    model = Model()
    tf.saved_model.save(model, str(tmp_path / "saved"), signatures=model.__call__)
    preloads = {"model": tmp_path / "saved", "named": Preload("tensorflow", tmp_path / "saved", target="cpu")}
    guest = NnGuest(wat, WasiNNModule(backends=(), preloads=preloads))
    for name in preloads:
        computes(guest, guest.open(name))
    (tmp_path / "empty").mkdir()
    guest = NnGuest(wat, WasiNNModule(backends=(), preloads={"model": tmp_path / "empty"}))
    assert guest.load_by_name("model") == INVALID
