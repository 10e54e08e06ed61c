# SPDX-License-Identifier: Apache-2.0
"""Neural networks for guests, and what runs them."""

from __future__ import annotations

from wasmedge.hosts.nn.callables import CallableGraph
from wasmedge.hosts.nn.codes import Encoding, Errno, Target, TensorTypes
from wasmedge.hosts.nn.module import WasiNNModule
from wasmedge.hosts.nn.preloads import Preload
from wasmedge.hosts.nn.protocol import Backend, ExecutionContext, Graph

__all__ = [
    "Backend",
    "CallableGraph",
    "Encoding",
    "Errno",
    "ExecutionContext",
    "Graph",
    "Preload",
    "Target",
    "TensorTypes",
    "WasiNNModule",
]
