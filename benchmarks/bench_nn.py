# SPDX-License-Identifier: Apache-2.0
"""Models of guests by WASI-NN against onnxruntime called directly from Python.

    python benchmarks/bench_nn.py

needs onnxruntime, and onnx to make the models. The exit code is 1 when a ratio is missed.
"""

from __future__ import annotations

import itertools
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import onnxruntime
import wasmtime

import wasmedge
from rounds import Ratio, medians, report
from wasmedge import WasiNNModule
from wasmedge.hosts.nn.onnx import OnnxBackend

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = 65536
SIZES = {"tiny": (16, 16), "small": (128, 256, 128), "medium": (784, 512, 256, 10)}
GUEST = """
(module
  (import "wasi_ephemeral_nn" "load" (func $load (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_ephemeral_nn" "init_execution_context" (func $init (param i32 i32) (result i32)))
  (import "wasi_ephemeral_nn" "set_input" (func $set_input (param i32 i32 i32) (result i32)))
  (import "wasi_ephemeral_nn" "compute" (func $compute (param i32) (result i32)))
  (import "wasi_ephemeral_nn" "get_output" (func $get_output (param i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 160)
  ;; At 0: where the model is, and its size; at 16: the tensor, with its dimensions at 48 and its data at 4096.
  (func (export "open") (result i32)
    (i32.or (call $load (i32.const 0) (i32.const 1) (i32.const 1) (i32.const 0) (i32.const 8))
            (call $init (i32.load (i32.const 8)) (i32.const 12))))
  (func (export "set_input") (result i32) (call $set_input (i32.const 0) (i32.const 0) (i32.const 16)))
  (func (export "compute") (result i32) (call $compute (i32.const 0)))
  (func (export "infer") (result i32)
    (i32.or (i32.or
      (call $set_input (i32.const 0) (i32.const 0) (i32.const 16))
      (call $compute (i32.const 0)))
      (call $get_output (i32.const 0) (i32.const 0) (i32.const 65536) (i32.const 65536) (i32.const 8)))))
"""
RATIOS = [
    Ratio("compute of a tiny model", "tiny: compute in a guest", "tiny: run from Python", 1.3),
    Ratio("compute of a small model", "small: compute in a guest", "small: run from Python", 1.3),
    Ratio("compute of a medium model", "medium: compute in a guest", "medium: run from Python", 1.3),
]


def make_model(sizes: tuple[int, ...]) -> bytes:
    """Make a model of layers of these sizes, with ReLU between."""
    helper, element = onnx.helper, onnx.TensorProto.FLOAT
    random = np.random.default_rng(7)
    nodes, tensors, last = [], [], "x"
    for i, (rows, columns) in enumerate(itertools.pairwise(sizes)):
        weights = random.standard_normal((rows, columns)).astype(np.float32) / rows
        tensors.append(helper.make_tensor(f"w{i}", element, weights.shape, weights.tobytes(), raw=True))
        nodes.append(helper.make_node("MatMul", [last, f"w{i}"], [f"p{i}"]))
        nodes.append(helper.make_node("Relu", [f"p{i}"], [f"r{i}"]))
        last = f"r{i}"
    inputs = [helper.make_tensor_value_info("x", element, ["N", sizes[0]])]
    outputs = [helper.make_tensor_value_info(last, element, ["N", sizes[-1]])]
    graph = helper.make_graph(nodes, "model", inputs, outputs, tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    data: bytes = model.SerializeToString()
    return data


def checked(call: Callable[[], int]) -> Callable[[], int]:
    """Make sure that a call succeeds, once."""
    if (number := call()) != 0:
        raise RuntimeError(f"the guest got the error {number}")
    return call


def works(name: str, sizes: tuple[int, ...]) -> dict[str, Any]:
    """Return what computes a model, in a guest and directly, with one thread each."""
    model = make_model(sizes)
    x = np.random.default_rng(8).standard_normal((1, sizes[0])).astype(np.float32)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    feeds = {"x": x}

    nn = WasiNNModule(backends={"onnx": OnnxBackend(threads=1)})
    guest = wasmedge.instantiate(wasmtime.wat2wasm(GUEST), imports={nn.name: nn}, run_mode="jit")
    memory = guest.exports.memory
    memory.write(131072, model)
    memory.write(0, np.array([131072, len(model)], "<u4"))
    memory.write(48, np.array(x.shape, "<u4"))
    memory.write(4096, x)
    memory.write(16, np.array([48, 2, 1, 4096, x.nbytes], "<u4"))
    checked(guest.exports.open)
    checked(guest.exports.infer)
    expected = session.run(None, feeds)[0]
    if not np.allclose(memory.view("<f4", PAGE, expected.shape), expected, atol=1e-5):
        raise RuntimeError("the guest has computed something else")
    return {
        f"{name}: compute in a guest": checked(guest.exports.compute),
        f"{name}: all in a guest": checked(guest.exports.infer),
        f"{name}: run from Python": lambda: session.run(None, feeds),
    }


def main() -> int:
    """Measure, and say whether the ratios are kept."""
    found: dict[str, Any] = {}
    for name, sizes in SIZES.items():
        found |= works(name, sizes)
    return report(medians(found, rounds=51), RATIOS)


if __name__ == "__main__":
    sys.exit(main())
