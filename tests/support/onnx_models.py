# SPDX-License-Identifier: Apache-2.0
"""Small ONNX models, written as the protocol buffers that they are; the numbers of fields are those of onnx.proto."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

FLOAT, INT64 = 1, 7  # TensorProto.DataType
EXTERNAL = 1  # TensorProto.DataLocation
Shape = tuple[int | str, ...]


def field(number: int, value: int | str | bytes) -> bytes:
    """Encode a field of a message: a number, a text, or another message."""
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*encoded, value])


def tensor(name: str, value: npt.NDArray[Any]) -> bytes:
    """Encode a TensorProto of float32."""
    data = value.astype("<f4").tobytes()
    return b"".join(field(1, length) for length in value.shape) + field(2, FLOAT) + field(8, name) + field(9, data)


def external_tensor(name: str, shape: tuple[int, ...], location: str) -> bytes:
    """Encode a TensorProto whose data is in a file."""
    entry = field(1, "location") + field(2, location)
    lengths = b"".join(field(1, length) for length in shape)
    return lengths + field(2, FLOAT) + field(8, name) + field(13, entry) + field(14, EXTERNAL)


def argument(name: str, shape: Shape, element: int = FLOAT) -> bytes:
    """Encode a ValueInfoProto."""
    dims = b"".join(field(1, field(1, n) if isinstance(n, int) else field(2, n)) for n in shape)
    return field(1, name) + field(2, field(1, field(1, element) + field(2, dims)))


def node(operation: str, inputs: list[str], outputs: list[str], attributes: bytes = b"") -> bytes:
    """Encode a NodeProto."""
    names = b"".join(field(1, name) for name in inputs) + b"".join(field(2, name) for name in outputs)
    return names + field(4, operation) + attributes


def model(nodes: list[bytes], inputs: list[bytes], outputs: list[bytes], tensors: tuple[bytes, ...] = ()) -> bytes:
    """Encode a ModelProto of opset 13."""
    graph = b"".join(field(1, item) for item in nodes) + field(2, "graph")
    for number, items in ((5, tensors), (11, inputs), (12, outputs)):
        graph += b"".join(field(number, item) for item in items)
    return field(1, 8) + field(7, graph) + field(8, field(2, 13))


def make_perceptron(sizes: tuple[int, ...] = (4, 8, 3), batch: int | str = "N") -> tuple[bytes, list[npt.NDArray[Any]]]:
    """Make a model of layers with ReLU between; return it with its weights."""
    random = np.random.default_rng(7)
    weights = [
        (random.standard_normal(shape) / shape[0] ** 0.5).astype(np.float32) for shape in itertools.pairwise(sizes)
    ]
    nodes, last = [], "x"
    for i in range(len(weights)):
        is_last = i == len(weights) - 1
        product = "y" if is_last else f"p{i}"
        nodes.append(node("MatMul", [last, f"w{i}"], [product]))
        if not is_last:
            nodes.append(node("Relu", [product], [f"r{i}"]))
        last = f"r{i}"
    tensors = tuple(tensor(f"w{i}", weight) for i, weight in enumerate(weights))
    inputs, outputs = [argument("x", (batch, sizes[0]))], [argument("y", (batch, sizes[-1]))]
    return model(nodes, inputs, outputs, tensors), weights
