# SPDX-License-Identifier: Apache-2.0
"""A guest that calls the functions of TensorflowModule one by one, and graphs for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pass_through import PassThrough

from wasmedge import TensorflowModule

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Wat

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


def make_adder(tf: Any) -> bytes:
    """Make the graph that the guest in C expects."""
    return graph_of(tf, lambda: build_adder(tf))


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


def make_caller(wat: Wat) -> Caller:
    """Make a guest of a module without options."""
    return Caller(wat)
