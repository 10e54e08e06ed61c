# SPDX-License-Identifier: Apache-2.0
"""The standard streams of WASI programs: what may be given as one, and how it becomes a descriptor."""

from __future__ import annotations

import contextlib
import enum
import io
import os
from typing import TYPE_CHECKING, Any, BinaryIO, Final, TypeAlias

from wasmedge.consumers import Collector, descriptor_of, encoded, file_consumer, type_name
from wasmedge.descriptors import CHUNK, GuestEnd, PipeEnd, is_open, make_pipe, pipe_size
from wasmedge.pipes import Feeder, Pump

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeGuard

__all__ = ["CAPTURE", "CLOSED", "DEVNULL", "PIPE", "STDOUT", "Capture", "Sink", "SpecialStream", "StreamSource"]


class SpecialStream(enum.IntEnum):
    """Streams that are no object of the caller's. The first three have the values of `subprocess`."""

    PIPE = -1
    STDOUT = -2
    DEVNULL = -3
    CLOSED = -4


PIPE: Final = SpecialStream.PIPE
"""The stream is a pipe, whose other end is `WasiModule.stdin`, ``.stdout`` or ``.stderr``."""
STDOUT: Final = SpecialStream.STDOUT
"""Standard error goes where standard output goes."""
DEVNULL: Final = SpecialStream.DEVNULL
"""The stream is empty, and what is written to it is dropped."""
CLOSED: Final = SpecialStream.CLOSED
"""The stream is closed: a guest that uses it gets an error."""


class Capture:
    """Collects what a guest writes, to be read as bytes from `WasiModule.stdout` or ``.stderr``.

    Args:
        limit: How many bytes are kept. A guest that writes more gets an error, and so does whoever ends the streams.

    Attributes:
        limit: How many bytes are kept.
    """

    def __init__(self, limit: int = 256 << 20) -> None:
        if isinstance(limit, bool) or not isinstance(limit, int):
            raise TypeError(f"the limit of a Capture must be int, not {type(limit).__name__}")
        if limit < 0:
            raise ValueError(f"the limit of a Capture is not negative, as {limit} is")
        self.limit = limit

    def __repr__(self) -> str:
        return f"Capture(limit={self.limit})"


CAPTURE: Final = Capture()
"""What is written to the stream is kept, 256 MiB at most."""

StreamSource: TypeAlias = "bytes | bytearray | memoryview | str | os.PathLike[Any] | int | Any | None"
Sink: TypeAlias = "Capture | os.PathLike[Any] | int | Any | None"

_PATIENCE = 1.0  # seconds that the end of the streams waits for a consumer that is busy


class Streams:
    """The standard streams of one run; called by the extension.

    Attributes:
        descriptors: What the guest gets as 0, 1 and 2; -1 for a stream that is closed. They are good until this object
            is gone.
        host_ends: The files that the host writes or reads, of each stream that is a `PIPE`.
    """

    def __init__(self, stdin: StreamSource, stdout: Sink, stderr: Sink) -> None:
        self.host_ends: list[BinaryIO | None] = [None, None, None]
        self._ends: list[GuestEnd] = []
        self._pipe_ends: list[GuestEnd] = []
        self._workers: list[Pump | Feeder] = []
        self._collected: dict[int, tuple[Pump, Collector]] = {}
        # Before anything is opened, which gets the numbers of streams that this process has closed.
        self._inherited = [number if is_open(number) else -1 for number in range(3)]
        # If a later one fails, what the earlier ones have opened goes with this object.
        descriptors = [self._open_source(stdin), self._open_sink(1, stdout)]
        if isinstance(stderr, int) and stderr == STDOUT:
            descriptors.append(descriptors[1])
        else:
            descriptors.append(self._open_sink(2, stderr))
        self.descriptors = tuple(descriptors)

    def read(self, number: int) -> Any:
        """Return what the caller sees as a stream: a file for a `PIPE`, the bytes of a `Capture` so far, or None."""
        if number not in self._collected:
            return self.host_ends[number]
        pump, collector = self._collected[number]
        pump.sync()
        return collector.data

    def sync(self) -> None:
        """Wait until the consumers have got all that the guest has written so far."""
        for worker in self._workers:
            if isinstance(worker, Pump):
                worker.sync()

    def finish(self) -> None:
        """End all pipes, wait until the consumers have got everything, and raise what they have raised."""
        for end in self._pipe_ends:
            end.end()
        for worker in self._workers:
            worker.finish()
        errors = [worker.error for worker in self._workers if worker.error is not None]
        for worker in self._workers:
            worker.error = None
        if errors:
            raise errors[0]

    def __del__(self) -> None:
        for worker in self._workers:
            if isinstance(worker, Pump):
                worker.sync(_PATIENCE)
        for end in self._ends:
            end.close()

    def _hand_over(self, descriptor: int) -> int:
        self._ends.append(GuestEnd(descriptor))
        return descriptor

    def _open_source(self, given: Any) -> int:  # noqa: PLR0911 - one for each kind
        if given is None:
            return self._inherited[0]
        if _is_number(given):
            return self._open_number(0, given)
        if isinstance(given, bytes | bytearray | memoryview | str):
            return self._feed_bytes(given.encode() if isinstance(given, str) else bytes(given))
        if isinstance(given, os.PathLike):
            return self._hand_over(os.open(given, os.O_RDONLY | os.O_CLOEXEC))
        if (descriptor := descriptor_of(given)) is not None:
            with contextlib.suppress(OSError, ValueError, AttributeError):  # no file that has a position
                if not isinstance(given, io.TextIOBase):
                    os.lseek(descriptor, given.tell(), os.SEEK_SET)
            return self._hand_over(os.dup(descriptor))
        if hasattr(given, "read"):
            return self._feed(lambda: given.read(CHUNK))
        if callable(given):
            return self._feed(given)
        wanted = "bytes, str, a path, a descriptor, a file or a callable"
        raise TypeError(f"stdin must be {wanted}, not {type_name(given)}")

    def _open_sink(self, number: int, given: Any) -> int:  # noqa: PLR0911 - one for each kind
        if given is None:
            return self._inherited[number]
        if given is bytes or isinstance(given, Capture):
            return self._collect(number, given if isinstance(given, Capture) else CAPTURE)
        if _is_number(given):
            return self._open_number(number, given)
        if isinstance(given, os.PathLike):
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
            return self._hand_over(os.open(given, flags, 0o666))
        if (descriptor := descriptor_of(given)) is not None:
            given.flush()
            return self._hand_over(os.dup(descriptor))
        if hasattr(given, "write"):
            return _descriptor(self._pump(*file_consumer(given)))
        if callable(given) and not isinstance(given, type):
            return _descriptor(self._pump(given))
        wanted = "a path, a descriptor, a file, a callable or a Capture"
        raise TypeError(f"{_NAMES[number]} must be {wanted}, not {type_name(given)}")

    def _collect(self, number: int, capture: Capture) -> int:
        collector = Collector(_NAMES[number], capture.limit)
        pump = self._pump(collector.consume)
        self._collected[number] = pump, collector
        return _descriptor(pump)

    def _open_number(self, number: int, given: int) -> int:
        if given >= 0:
            return self._hand_over(os.dup(given))
        if given == CLOSED:
            return -1
        if given == DEVNULL:
            # The runtime cannot poll /dev/null; a pipe without a writer ends as well.
            return self._feed_bytes(b"") if number == 0 else self._hand_over(os.open(os.devnull, os.O_WRONLY))
        if given == PIPE:
            return self._open_pipe(number)
        raise ValueError(f"{_NAMES[number]} is no descriptor, and not of the streams that can be asked for: {given}")

    def _open_pipe(self, number: int) -> int:
        reader, writer = make_pipe()
        guest, host = (reader, writer) if number == 0 else (writer, reader)
        raw = PipeEnd(host, "wb" if number == 0 else "rb")
        # What the host writes goes to the guest at once; what it reads is buffered.
        self.host_ends[number] = raw if number == 0 else io.BufferedReader(raw)
        end = GuestEnd(guest)
        self._ends.append(end)
        self._pipe_ends.append(end)
        return guest

    def _feed_bytes(self, data: bytes) -> int:
        reader, writer = make_pipe()
        if len(data) <= pipe_size(writer):
            os.write(writer, data)
            os.close(writer)
            return self._hand_over(reader)
        os.close(reader)
        os.close(writer)
        return self._feed(iter([data, b""]).__next__)

    def _feed(self, produce: Callable[[], object]) -> int:
        return _descriptor(self._work(Feeder(lambda: encoded(produce()))))

    def _pump(self, consume: Callable[[bytes], object], end: Callable[[], object] | None = None) -> Pump:
        pump = Pump(consume, end)
        self._work(pump)
        return pump

    def _work(self, worker: Pump | Feeder) -> Pump | Feeder:
        self._workers.append(worker)
        self._ends.append(worker.guest_end)
        return worker


_NAMES = ("stdin", "stdout", "stderr")


def _is_number(given: object) -> TypeGuard[int]:
    """Tell whether a stream is given by its number; True and False are none."""
    return isinstance(given, int) and not isinstance(given, bool)


def _descriptor(worker: Pump | Feeder) -> int:
    assert worker.guest_end.descriptor is not None, "it has just been opened"
    return worker.guest_end.descriptor
