# SPDX-License-Identifier: Apache-2.0
"""Runs commands of the host for guests: without a shell, for so long, and with so much output."""

from __future__ import annotations

import errno
import os
import selectors
import shutil
import signal
import subprocess
import time

from wasmedge._core import _is_stopping

__all__ = ["FAILED", "run_command"]

FAILED = -1  # what the plug-in answers where nothing has run
_STEP = 0.05  # seconds between looks at whether the guest is to be stopped
_CHUNK = 65536


def run_command(
    program: bytes, args: list[bytes], env: dict[bytes, bytes], stdin: bytes, timeout: float, limit: int
) -> tuple[int, bytes, bytes]:
    """Run a command to its end.

    Args:
        program: Its name, which is looked up in this process's PATH: by one of the guest's another program could be put
            in the place of the one allowed.
        args: Its arguments, without the name.
        env: All of its environment.
        stdin: Its standard input.
        timeout: The seconds that it may take. It is killed after them, with all that it has started.
        limit: How many bytes it may put out.

    Returns:
        The exit code, as a number of 8 bits with a sign, and what was put out on the two streams. A command that a
        signal ended has 128 and its number as its code; one that was killed here ETIMEDOUT or EFBIG. Where nothing
        could be run the code is -1, and the second stream says why.
    """
    found = shutil.which(os.fsdecode(program))
    if found is None:
        return FAILED, b"", b"%b: command not found\n" % program
    try:
        process = subprocess.Popen(  # noqa: S603 - that it may run was allowed by name
            [program, *args],
            executable=found,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:  # too many arguments, no permission; a NUL in one, a name with '='
        return FAILED, b"", b"%b: %b\n" % (program, str(error).encode(errors="replace"))
    with selectors.DefaultSelector() as selector:
        try:
            exchange = _Exchange(process, selector, stdin, limit)
            code = exchange.run(time.monotonic() + timeout)
        finally:
            _end(process)
    stdout, stderr = exchange.outputs
    return code, bytes(stdout), bytes(stderr)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill a command and what it has started, unless it has ended, and free what this process has of it."""
    if process.returncode is None:
        os.killpg(process.pid, signal.SIGKILL)  # it leads a group, and is not reaped yet
    for stream in (process.stdin, process.stdout, process.stderr):
        assert stream is not None
        stream.close()
    process.wait()


class _Exchange:
    """Writes a command's input and reads its outputs."""

    def __init__(
        self, process: subprocess.Popen[bytes], selector: selectors.BaseSelector, stdin: bytes, limit: int
    ) -> None:
        self.outputs = [bytearray(), bytearray()]
        self._process = process
        self._selector = selector
        self._rest = memoryview(stdin)
        self._room = limit
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self._input = process.stdin.fileno()
        streams = (process.stdout.fileno(), process.stderr.fileno())
        self._targets = dict(zip(streams, self.outputs, strict=True))
        for descriptor in (self._input, *streams):
            os.set_blocking(descriptor, False)
            selector.register(descriptor, selectors.EVENT_WRITE if descriptor == self._input else selectors.EVENT_READ)

    def run(self, end: float) -> int:
        """Go on until the command has ended, or is to be killed; return its exit code."""
        while self._room >= 0:
            if self._process.poll() is not None:
                self._drain()
                return self._exit_code()
            remaining = end - time.monotonic()
            if remaining < 0 or _is_stopping():
                return errno.ETIMEDOUT
            self._move(min(remaining, _STEP))
        return errno.EFBIG

    def _exit_code(self) -> int:
        code = self._process.returncode
        code = 128 - code if code < 0 else code
        return (code ^ 0x80) - 0x80

    def _move(self, timeout: float) -> None:
        """Move what can be moved, or wait for that or the end of the command."""
        if not self._selector.get_map():
            try:
                self._process.wait(timeout)
            except subprocess.TimeoutExpired:
                return
        for key, _ in self._selector.select(timeout):
            descriptor = key.fd
            if not (self._write() if descriptor == self._input else self._read(descriptor)):
                self._selector.unregister(descriptor)

    def _write(self) -> bool:
        """Write some of the input; return whether there is more. The command finds its end when there is not."""
        try:
            self._rest = self._rest[os.write(self._input, self._rest[:_CHUNK]) :] if self._rest else self._rest
        except BlockingIOError:
            return True
        except BrokenPipeError:  # it does not want the rest
            self._rest = self._rest[:0]
        if self._rest:
            return True
        assert self._process.stdin is not None
        self._process.stdin.close()
        return False

    def _read(self, descriptor: int) -> bool:
        """Read some of an output; return whether there may be more."""
        try:
            data = os.read(descriptor, _CHUNK)
        except BlockingIOError:
            return True
        self._targets[descriptor] += data[: max(self._room, 0)]
        self._room -= len(data)
        return bool(data)

    def _drain(self) -> None:
        """Read what the command has put out before it ended, and nothing that it has left running puts out later."""
        for descriptor in [key.fd for key in self._selector.get_map().values() if key.fd != self._input]:
            before = -1
            while before != len(self._targets[descriptor]) and self._room >= 0:
                before = len(self._targets[descriptor])
                self._read(descriptor)
