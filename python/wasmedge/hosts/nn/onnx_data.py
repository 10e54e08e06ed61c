# SPDX-License-Identifier: Apache-2.0
"""Tensors of ONNX models that lie in files: found in the model's bytes, before anything is loaded.

A model may say that a tensor lies in a file of its choice, which onnxruntime then reads, in some versions wherever it
is. The message types and field numbers are those of onnx.proto; what is of no interest is passed over by its size.
"""

from __future__ import annotations

from wasmedge.hosts.calls import GuestError
from wasmedge.hosts.nn.codes import Errno

__all__ = ["refuse_external_data"]

# The fields of each message that are messages on the way to tensors.
_CHILDREN = {
    "Model": {7: "Graph", 20: "Training", 25: "Function"},
    "Training": {1: "Graph", 2: "Graph"},
    "Graph": {1: "Node", 5: "Tensor", 15: "SparseTensor"},
    "Function": {7: "Node", 11: "Attribute"},
    "Node": {5: "Attribute"},
    "Attribute": {5: "Tensor", 6: "Graph", 10: "Tensor", 11: "Graph", 22: "SparseTensor", 23: "SparseTensor"},
    "SparseTensor": {1: "Tensor", 2: "Tensor"},
    "Tensor": {},
}
_EXTERNAL_FIELDS = (13, 14)  # TensorProto.external_data and .data_location
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_SIZES = {_FIXED64: 8, _FIXED32: 4}


def refuse_external_data(model: bytes) -> None:
    """Raise GuestError if a model has tensors that lie elsewhere, or is no ModelProto."""
    if model[4:8] == b"ORTM":
        raise GuestError(Errno.INVALID_ARGUMENT, "guests may load models as ONNX, not in the format of onnxruntime")
    messages = [("Model", 0, len(model))]
    while messages:
        kind, position, end = messages.pop()
        while position < end:
            key, position = _read_varint(model, position, end)
            field, wire = key >> 3, key & 7
            value, size = 0, _SIZES.get(wire, 0)
            if wire == _VARINT:
                value, position = _read_varint(model, position, end)
            elif wire == _BYTES:
                size, position = _read_varint(model, position, end)
            elif wire not in _SIZES:
                raise _broken()
            if size > end - position:
                raise _broken()
            if kind == "Tensor" and field in _EXTERNAL_FIELDS and (value or size):
                raise GuestError(Errno.INVALID_ARGUMENT, "a tensor of the model lies in another file")
            if wire == _BYTES and field in _CHILDREN[kind]:
                messages.append((_CHILDREN[kind][field], position, position + size))
            position += size


def _read_varint(model: bytes, position: int, end: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if position >= end:
            break
        byte = model[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
    raise _broken()


def _broken() -> GuestError:
    return GuestError(Errno.INVALID_ARGUMENT, "the model is no ONNX")
