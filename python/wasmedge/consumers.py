# SPDX-License-Identifier: Apache-2.0
"""What takes a guest's output and gives its input: collectors, files of bytes or text, callables."""

from __future__ import annotations

import codecs
import errno
import io
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Collector", "descriptor_of", "encoded", "file_consumer", "type_name"]


class Collector:
    """Keeps what a guest writes, up to a limit."""

    def __init__(self, name: str, limit: int) -> None:
        # It grows in place, and gives what it holds without a copy.
        self._file = io.BytesIO()
        self._name = name
        self._limit = limit

    @property
    def data(self) -> bytes:
        """What was kept so far."""
        return self._file.getvalue()

    def consume(self, data: bytes) -> None:
        """Keep what there is room for."""
        room = self._limit - self._file.tell()
        self._file.write(data[:room])
        if len(data) > room:
            raise OSError(errno.EFBIG, f"the guest has written more than {self._limit} bytes to {self._name}")


def descriptor_of(file: Any) -> int | None:
    """Return the descriptor of a file object, or None: `io.BytesIO` has the method and no number."""
    try:
        number = file.fileno()
    except (AttributeError, OSError):
        return None
    return number if isinstance(number, int) else None


def file_consumer(file: Any) -> tuple[Callable[[bytes], object], Callable[[], object] | None]:
    """Return what writes bytes to a file of bytes or of text, and what is to be done at the end."""
    if not _takes_text(file):
        return file.write, None
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    return lambda data: file.write(decoder.decode(data)), lambda: file.write(decoder.decode(b"", final=True))


def _takes_text(file: Any) -> bool:
    if isinstance(file, io.TextIOBase):
        return True
    try:
        file.write(b"")
    except TypeError:
        return True
    return False


def encoded(data: object) -> bytes:
    """Return what a producer has given as bytes."""
    if isinstance(data, str):
        return data.encode()
    if isinstance(data, bytes | bytearray | memoryview):
        return bytes(data)
    raise TypeError(f"stdin is read as bytes or str, not {type_name(data)}")


def type_name(given: object) -> str:
    """Return how a type that does not fit is named in a message."""
    if isinstance(given, str):
        return "str: a path is given as a pathlib.Path"
    return type(given).__name__
