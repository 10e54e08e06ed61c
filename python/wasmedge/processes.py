# SPDX-License-Identifier: Apache-2.0
"""WASI programs that run beside their caller, in the manner of `subprocess.Popen`."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, BinaryIO

from wasmedge._core import ErrCode, WasiModule, _StopSource
from wasmedge.errors import Interrupted
from wasmedge.programs import load_command, program_name, run_to_end

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType

    from typing_extensions import Self

    from wasmedge._core import Configure, RunMode
    from wasmedge.namespaces import Imports
    from wasmedge.shortcuts import Source

__all__ = ["WasiProcess"]


class WasiProcess:
    """A WASI program that runs in a thread of its own.

    It begins at once. Of a stream that is a `PIPE` the host's end is an attribute of this object: `stdin` to write to
    (close it to let the program see the end), `stdout` and `stderr` to read from.

    Args:
        source: The module: a path, bytes-like data in the binary format, or a `Module`.
        args: The program's arguments, without its name.
        name: The program's name, its first argument; that of the module's file by default.
        imports: What the module imports beside WASI; see `instantiate`.
        configure: The runtime's configuration; WebAssembly 2.0 by default.
        run_mode: "auto", "aot", "jit", "interpreter", or a `RunMode`; by default as for `instantiate`.
        **options: What else the program is given; see `WasiModule`.

    Attributes:
        args: The program's arguments, its name first.
        returncode: Its exit code; None while it runs, and when it has failed.

    Raises:
        FunctionNotFoundError: The module is no WASI command: it has no ``_start``.
        LoadError, ValidationError, LinkError: The module cannot be run.

    Example:
        >>> import wasmedge
        >>> pipes = {"stdin": wasmedge.PIPE, "stdout": wasmedge.PIPE}
        >>> with wasmedge.WasiProcess("examples/wordfreq.wasm", ["-n", "0"], **pipes) as process:
        ...     output, _ = process.communicate(b"to be")
        >>> output.split()[:2]
        [b'lines', b'1']
    """

    def __init__(  # noqa: PLR0913 - as many as a program has surroundings
        self,
        source: Source,
        args: Iterable[str] = (),
        *,
        name: str | None = None,
        imports: Imports | None = None,
        configure: Configure | None = None,
        run_mode: RunMode | str | None = None,
        **options: Any,
    ) -> None:
        if isinstance(args, str):
            raise TypeError("args must be a sequence of str, not one str")
        self.args = [program_name(source) if name is None else name, *args]
        self.returncode: int | None = None
        self._error: BaseException | None = None
        self._wasi = WasiModule(args=self.args, **options)
        self._stop = _StopSource()
        start = load_command(source, self._wasi, imports, configure, run_mode)
        self._thread = threading.Thread(target=self._run, args=(start,), name="wasmedge-program", daemon=True)
        self._thread.start()

    def _run(self, start: Callable[[], None]) -> None:
        try:
            run_to_end(lambda: self._stop.run(start), self._wasi)
            if self._stop.is_stopped:  # it has got to its end because what it waited for was cut short
                raise Interrupted("_start() was cancelled", ErrCode.INTERRUPTED)
        except BaseException as error:  # for whoever waits, in another thread
            self._error = error
        else:
            self.returncode = self._wasi.exit_code

    @property
    def stdin(self) -> BinaryIO | None:
        """The file to write the program's input to, if that is a PIPE."""
        return self._wasi.stdin

    @property
    def stdout(self) -> Any:
        """What the program has written: a file if it is a `PIPE`, bytes if it is a `CAPTURE`, else None."""
        return self._wasi.stdout

    @property
    def stderr(self) -> Any:
        """What the program has written to its standard error; as `stdout`."""
        return self._wasi.stderr

    def kill(self) -> None:
        """Stop the program; `wait` then raises `Interrupted`. One that has ended stays as it is."""
        self._stop.stop()

    def poll(self) -> int | None:
        """Return the exit code, or None while the program runs.

        Raises:
            Trap: The program trapped.
        """
        return None if self._thread.is_alive() else self.wait()

    def wait(self, timeout: float | None = None) -> int:
        """Wait until the program has ended, and return its exit code.

        A program that waits for somebody to read its `PIPE` does not end: `communicate` reads.

        Args:
            timeout: How many seconds to wait at most.

        Raises:
            TimeoutError: The program still runs.
            Trap: The program trapped.
            Interrupted: The program was killed.
            RuntimeError: The program was running when this process was forked; it is not in the child.
            Exception: What a callable or file object of its streams has raised.
        """
        self._thread.join(timeout)
        if self._thread.is_alive():
            raise TimeoutError(f"{self.args[0]} still runs after {timeout} seconds")
        if self._error is not None:
            raise self._error
        if self.returncode is None:
            raise RuntimeError(f"{self.args[0]} runs in the parent of this process")
        return self.returncode

    def communicate(self, input: bytes | None = None, timeout: float | None = None) -> tuple[Any, Any]:  # noqa: A002
        """Write the input, read all output, and wait until the program has ended.

        Args:
            input: What is written to `stdin`, which must be a `PIPE`; it is closed after that.
            timeout: How many seconds to wait at most.

        Returns:
            What the program has written to its two streams: bytes of a `PIPE` or a `CAPTURE`, else None.

        Raises:
            ValueError: There is input, and `stdin` is no `PIPE`.
            TimeoutError: The program still runs.
            Trap: The program trapped.
        """
        if input is not None and self.stdin is None:
            raise ValueError("communicate() has input, but stdin is no PIPE")
        outputs: list[Any] = [None, None]
        workers = [threading.Thread(target=self._write, args=(input,), daemon=True)]
        workers += [threading.Thread(target=self._read, args=(outputs, i), daemon=True) for i in range(2)]
        for worker in workers:
            worker.start()
        self.wait(timeout)
        for worker in workers:
            worker.join()
        return outputs[0], outputs[1]

    def _write(self, data: bytes | None) -> None:
        if self.stdin is None or self.stdin.closed:
            return
        try:
            view = memoryview(data or b"")
            while view:
                view = view[self.stdin.write(view) :]
        except BrokenPipeError:  # a program need not read all of its input
            return
        finally:
            self.stdin.close()

    def _read(self, outputs: list[Any], index: int) -> None:
        given = (self.stdout, self.stderr)[index]
        if hasattr(given, "read"):
            outputs[index] = given.read()
        else:
            self._thread.join()
            outputs[index] = (self.stdout, self.stderr)[index]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the pipes, and wait until the program has ended. After an exception it is killed."""
        if kind is not None:
            self.kill()
        files: tuple[Any, ...] = (self.stdin, self.stdout, self.stderr)
        for file in files:
            if hasattr(file, "close"):
                file.close()
        self._thread.join()

    def __repr__(self) -> str:
        state = "running" if self._thread.is_alive() else f"ended with {self._error or self.returncode!r}"
        return f"<WasiProcess {self.args[0]!r} {state}>"
