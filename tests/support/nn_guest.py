# SPDX-License-Identifier: Apache-2.0
"""A guest that calls the functions of WASI-NN one by one, and models for it."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import numpy as np
from pass_through import PassThrough

from wasmedge.hosts.nn import Encoding, WasiNNModule

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from tests.conftest import Wat

PAGE = 65536
NUMBER, TENSOR, DIMS, BUILDERS, NAME, CONFIG = 0, 16, 64, 1024, 8192, 16384
INPUT, OUTPUT, MODEL = PAGE, 4 * PAGE, 8 * PAGE
TYPES = {"float16": 0, "float32": 1, "float64": 2, "uint8": 3, "int32": 4, "int64": 5}
ONE = np.ones(1, np.float32)
# A model of the host by its name.
DOUBLE = {"model": lambda x: x * x.dtype.type(2)}


class NnGuest(PassThrough):
    """A guest that has memory for a model and a tensor."""

    def __init__(self, wat: Wat, module: WasiNNModule, pages: int = 32) -> None:
        super().__init__(wat, module, pages)

    def load(self, *parts: bytes, encoding: int = Encoding.ONNX, target: int = 0) -> int:
        """Load a model; return the error number."""
        address, builders = MODEL, b""
        for part in parts:
            self.memory.write(address, part)
            builders += struct.pack("<II", address, len(part))
            address += len(part)
        self.memory.write(BUILDERS, builders)
        number: int = self.call("load", BUILDERS, len(parts), encoding, target, NUMBER)
        return number

    def load_by_name(self, name: str, config: str | None = None) -> int:
        """Load a model of the host; return the error number."""
        self.memory.write(NAME, name.encode())
        arguments = [NAME, len(name.encode())]
        if config is not None:
            self.memory.write(CONFIG, config.encode())
            arguments += [CONFIG, len(config.encode())]
        function = "load_by_name" if config is None else "load_by_name_with_config"
        number: int = self.call(function, *arguments, NUMBER)
        return number

    @property
    def number(self) -> int:
        """What was written last as a handle or size."""
        found: int = struct.unpack("<I", self.memory.read(NUMBER, 4))[0]
        return found

    def open(self, name: str = "model") -> int:
        """Load a model of the host and make a context; return it."""
        assert self.load_by_name(name) == 0
        return self.init(self.number)

    def open_model(self, *parts: bytes, encoding: int) -> int:
        """Load a model and make a context; return it."""
        assert self.load(*parts, encoding=encoding) == 0
        return self.init(self.number)

    def init(self, graph: int) -> int:
        """Make a context of a graph; return it."""
        assert self.call("init_execution_context", graph, NUMBER) == 0
        return self.number

    def set_input(self, context: int, index: int, array: npt.NDArray[Any], **changes: Any) -> int:
        """Set an input; return the error number. Changes are made to what is passed: dims, type, at, size."""
        data = np.ascontiguousarray(array)
        at, size = changes.get("at", INPUT), changes.get("size", data.nbytes)
        dims: Sequence[int] = changes.get("dims", data.shape)
        if at == INPUT:
            self.memory.write(at, data)
        self.memory.write(DIMS, struct.pack(f"<{len(dims)}I", *dims))
        type_ = changes["type"] if "type" in changes else TYPES[data.dtype.name]
        self.memory.write(TENSOR, struct.pack("<5I", DIMS, len(dims), type_, at, size))
        number: int = self.call("set_input", context, index, TENSOR)
        return number

    def compute(self, context: int) -> int:
        """Compute; return the error number."""
        number: int = self.call("compute", context)
        return number

    def get_output(self, context: int, index: int = 0, room: int = PAGE, function: str = "get_output") -> bytes | int:
        """Return an output, or the error number."""
        self.memory.fill(OUTPUT, 0xAA, PAGE + 16)
        number: int = self.call(function, context, index, OUTPUT, room, NUMBER)
        if number != 0:
            return number
        assert self.number <= room
        assert self.memory.read(OUTPUT + self.number, 16) == b"\xaa" * 16
        data: bytes = self.memory.read(OUTPUT, self.number)
        return data

    def output(self, context: int, index: int = 0, dtype: str = "<f4") -> npt.NDArray[Any]:
        """Return an output as an array."""
        data = self.get_output(context, index)
        assert isinstance(data, bytes)
        return np.frombuffer(data, dtype)


def make_guest(wat: Wat, model: Any, **options: Any) -> NnGuest:
    """Make a guest that has one model by the name "model"."""
    return NnGuest(wat, WasiNNModule(backends=(), preloads={"model": model}, **options))


def load(builders: list[bytes], target: object, config: str) -> Any:
    """Load a model that returns its bytes."""
    model = b"".join(builders)
    if model == b"bad":
        raise ValueError("no model")
    return None if model == b"none" else lambda *inputs: model


def make_loading_guest(wat: Wat) -> NnGuest:
    """Make a guest that may load models, and has one by the name "model"."""
    return NnGuest(wat, WasiNNModule(backends={"onnx": load}, preloads={"model": lambda x: x}))
