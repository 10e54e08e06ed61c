# SPDX-License-Identifier: Apache-2.0
"""A guest that calls the functions of TensorflowLiteModule one by one, and what its tests need."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from lite_models import make_adder
from pass_through import PassThrough

from wasmedge import TensorflowLiteModule

if TYPE_CHECKING:
    from tests.conftest import Wat

NEEDS_LITE = [
    pytest.mark.extras,
    pytest.mark.skipif(
        importlib.util.find_spec("ai_edge_litert") is None,
        reason="ai-edge-litert, of the extra tflite, is not installed",
    ),
]

PAGE = 65536
OK, INVALID, BUSY = 0, 1, 4
A = np.arange(6, dtype=np.float32).reshape(2, 3)


class Caller(PassThrough):
    """A guest that holds a model at 4096, and has its names at 0."""

    def __init__(self, wat: Wat, **options: Any) -> None:
        super().__init__(wat, TensorflowLiteModule(**options))
        self.memory.write(0, b"absum")
        self.model = make_adder()
        self.memory.write(4096, self.model)

    def open(self) -> int:
        """Open a session."""
        assert self.call("create_session", 4096, len(self.model), 64) == OK
        return self.number(64)

    def number(self, address: int) -> int:
        """Read an u32."""
        return int(self.memory.read_scalar(address, "<u4"))


def make_caller(wat: Wat) -> Caller:
    """Make a guest of a module without options."""
    return Caller(wat)
