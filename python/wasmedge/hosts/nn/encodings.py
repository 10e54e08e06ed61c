# SPDX-License-Identifier: Apache-2.0
"""Which format a model has, by its first bytes."""

from __future__ import annotations

from pathlib import Path

from wasmedge.hosts.calls import GuestError
from wasmedge.hosts.nn.codes import Encoding, Errno

__all__ = ["detect_encoding"]

_ENOUGH = 16


def detect_encoding(model: bytes | Path) -> Encoding:
    """Return the encoding of a model by its first part.

    Args:
        model: The bytes, or the path of a file or directory.

    Raises:
        GuestError: It is none of those that can be told.
    """
    if isinstance(model, Path):
        if model.is_dir():
            return Encoding.TENSORFLOW
        with model.open("rb") as file:
            head = file.read(_ENOUGH)
    else:
        head = model[:_ENOUGH]
    if head[4:8] == b"TFL3":
        return Encoding.TENSORFLOW_LITE
    for magic, encoding in (
        (b"PK\x03\x04", Encoding.PYTORCH),  # an archive
        (b"GGUF", Encoding.GGML),
        (b"<", Encoding.OPENVINO),  # XML
        (b"\x08", Encoding.ONNX),  # ModelProto's first field is a number, the version
        (b"\x0a", Encoding.TENSORFLOW),  # GraphDef's is a message, a node
    ):
        if head.lstrip(b"\xef\xbb\xbf \t\r\n" if magic == b"<" else b"").startswith(magic):
            return encoding
    raise GuestError(Errno.INVALID_ENCODING, "the encoding of the model cannot be told by its first bytes")
