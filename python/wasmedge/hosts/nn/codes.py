# SPDX-License-Identifier: Apache-2.0
"""The numbers of WASI-NN: of errors, of formats of models, of devices, and of the types of tensors' elements."""

from __future__ import annotations

import enum
from typing import Any, TypeVar

import numpy as np

from wasmedge.hosts.calls import GuestError

__all__ = ["Encoding", "Errno", "Target", "TensorTypes", "find_dtype", "to_encoding", "to_target"]


class Errno(enum.IntEnum):
    """The error numbers that guests get."""

    SUCCESS = 0
    INVALID_ARGUMENT = 1
    INVALID_ENCODING = 2
    MISSING_MEMORY = 3
    BUSY = 4
    RUNTIME_ERROR = 5
    UNSUPPORTED_OPERATION = 6
    TOO_LARGE = 7
    NOT_FOUND = 8
    END_OF_SEQUENCE = 100
    CONTEXT_FULL = 101
    PROMPT_TOO_LONG = 102
    MODEL_NOT_FOUND = 103


class Encoding(enum.IntEnum):
    """The format of a model."""

    OPENVINO = 0
    ONNX = 1
    TENSORFLOW = 2
    PYTORCH = 3
    TENSORFLOW_LITE = 4
    AUTODETECT = 5
    GGML = 6
    NEURAL_SPEED = 7
    WHISPER = 8
    MLX = 9
    PIPER = 10
    CHAT_TTS = 11
    OPENVINO_GENAI = 12
    BITNET = 13


class Target(enum.IntEnum):
    """The device that runs a model; AUTO leaves it to the backend."""

    CPU = 0
    GPU = 1
    TPU = 2
    AUTO = 3


class TensorTypes(enum.Enum):
    """Which numbers stand for the types of elements in what a guest passes: they changed with WasmEdge 0.15.

    ========  =====  =====  =====  =====  =====  =====
    Types     f16    f32    f64    u8     i32    i64
    ========  =====  =====  =====  =====  =====  =====
    OLD       0      1             2      3
    NEW       0      1      2      3      4      5
    ========  =====  =====  =====  =====  =====  =====

    AUTO takes the one of both with which the tensor has as many bytes as its dimensions say. It is never in doubt,
    since what a number stands for in OLD and in NEW has different sizes.
    """

    OLD = "old"
    NEW = "new"
    AUTO = "auto"

    @property
    def tables(self) -> tuple[tuple[np.dtype[Any], ...], ...]:
        """The types by their numbers, one table or both."""
        return {"old": (_OLD,), "new": (_NEW,), "auto": (_NEW, _OLD)}[self.value]


def find_dtype(tables: tuple[tuple[np.dtype[Any], ...], ...], number: int, elements: int, size: int) -> np.dtype[Any]:
    """Return the type of a tensor's elements.

    Args:
        tables: What numbers may stand for.
        number: What stands for the type.
        elements: How many elements the tensor has by its dimensions.
        size: How many bytes it has.

    Raises:
        GuestError: The number stands for nothing, or the size is another one.
    """
    for table in tables:
        if number < len(table) and elements * table[number].itemsize == size:
            return table[number]
    names = " or ".join(str(table[number]) for table in tables if number < len(table))
    if not names:
        raise GuestError(Errno.INVALID_ARGUMENT, f"{number} is no type of tensors")
    raise GuestError(Errno.INVALID_ARGUMENT, f"{size} bytes are no {elements} elements of {names}")


Number = TypeVar("Number", Encoding, Target)

_OLD = tuple(np.dtype(name) for name in ("<f2", "<f4", "u1", "<i4"))
_NEW = tuple(np.dtype(name) for name in ("<f2", "<f4", "<f8", "u1", "<i4", "<i8"))
_OTHER_NAMES = {"tflite": Encoding.TENSORFLOW_LITE, "torch": Encoding.PYTORCH}


def _folded(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def to_encoding(value: Encoding | str | int) -> Encoding:
    """Return an encoding by its name, as ``"onnx"`` or ``"TensorflowLite"``, or by its number.

    Raises:
        TypeError: The value is no name and no number.
        ValueError: There is no such encoding.
    """
    return _member(Encoding, value, _OTHER_NAMES)


def to_target(value: Target | str | int) -> Target:
    """Return a target by its name, as ``"cpu"``, or by its number.

    Raises:
        TypeError: The value is no name and no number.
        ValueError: There is no such target.
    """
    return _member(Target, value, {})


def _member(kind: type[Number], value: Any, others: dict[str, Number]) -> Number:
    if isinstance(value, str):
        names = {_folded(name): member for name, member in kind.__members__.items()} | others
        found = names.get(_folded(value))
        if found is None:
            raise ValueError(f"{value!r} is none of {', '.join(kind.__members__)}")
        return found
    if isinstance(value, int) and not isinstance(value, bool):
        return kind(value)
    raise TypeError(f"{value!r} is no {kind.__name__}, nor the name or number of one")
