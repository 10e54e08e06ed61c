# SPDX-License-Identifier: Apache-2.0
"""Small TensorFlow Lite models, made by the schema that ai-edge-litert carries."""

from __future__ import annotations

from typing import Any

# Numbers of the format (tensorflow/lite/schema/schema.fbs).
FLOAT32, STRING = 0, 5
ADD = 0
VERSION = 3


def make_adder(shape: tuple[int, ...] = (2, 3), element: int = FLOAT32) -> bytes:
    """Make a model that adds up its inputs "a" and "b" to "sum"."""
    import flatbuffers  # noqa: PLC0415 # pyright: ignore[reportMissingImports]
    from ai_edge_litert import schema_py_generated as schema  # noqa: PLC0415 # pyright: ignore[reportMissingImports]

    graph = schema.SubGraphT()
    graph.tensors = [_tensor(schema, name, shape, element) for name in ("a", "b", "sum")]
    graph.inputs, graph.outputs = [0, 1], [2]
    operator = schema.OperatorT()
    operator.opcodeIndex, operator.inputs, operator.outputs = 0, [0, 1], [2]
    operator.builtinOptionsType, operator.builtinOptions = schema.BuiltinOptions.AddOptions, schema.AddOptionsT()
    graph.operators = [operator]
    model = schema.ModelT()
    model.version = VERSION
    model.subgraphs = [graph]
    model.buffers = [schema.BufferT()]
    code = schema.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = ADD
    code.version = 1
    model.operatorCodes = [code]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def _tensor(schema: Any, name: str, shape: tuple[int, ...], element: int) -> Any:
    tensor = schema.TensorT()
    tensor.name, tensor.shape, tensor.type, tensor.buffer = name, list(shape), element, 0
    return tensor
