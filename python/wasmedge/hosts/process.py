# SPDX-License-Identifier: Apache-2.0
"""Commands of the host that guests run: the module wasmedge_process."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from wasmedge.host import i32
from wasmedge.hosts.commands import FAILED, run_command
from wasmedge.hosts.functions import guest_function
from wasmedge.hosts.layout import u32
from wasmedge.hosts.module import HostModule
from wasmedge.hosts.pointers import Ptr, Slice

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["ProcessModule"]

_DEFAULT_TIMEOUT = 10_000  # milliseconds


class ProcessModule(HostModule, name="wasmedge_process"):
    """Lets guests run commands of the host: an `Instance` with the functions of WasmEdge's plug-in of that name.

    A command runs when its name, exactly as the guest gives it, is in the list of those that are allowed. It is looked
    up in this process's ``PATH``, started directly and not by a shell, in this process's working directory, with the
    environment variables that the guest has added and no others. What the guest gets instead of a command that is not
    allowed is the exit code -1 and a message as its standard error.

    Whoever allows a command allows what it can do with any arguments, input and environment. Variables by which the
    dynamic linker and the C library load code (``LD_*``, ``GCONV_PATH``) are left out, as they would make any command
    do anything; what others mean to the command is for who allows it to know.

    Example:
        >>> import wasmedge
        >>> from wasmedge.hosts import ProcessModule
        >>> module = ProcessModule(["date", "uname"])
        >>> module.name
        'wasmedge_process'

    Args:
        allowed_commands: The names of commands that guests may run.
        allow_all: Whether they may run all.
        limit: How many bytes of input (name, arguments, environment, standard input) a guest may give, and how many of
            output are kept. More input is a ValueError that comes out of the guest's call; a command with more output
            is killed, and its exit code is 27 (EFBIG).

    Raises:
        TypeError: `allowed_commands` is a single str, or has what is no str or bytes.
        ValueError: `limit` is negative.
    """

    def __init__(
        self,
        allowed_commands: Iterable[str | bytes] = (),
        allow_all: bool = False,
        *,
        limit: int = 64 * 1024 * 1024,
    ) -> None:
        self._process = _Process()
        self.init(allowed_commands, allow_all, limit=limit)
        super().__init__(self._process)

    def init(
        self,
        allowed_commands: Iterable[str | bytes] = (),
        allow_all: bool = False,
        *,
        limit: int = 64 * 1024 * 1024,
    ) -> None:
        """Allow other commands, and forget what guests have prepared and what commands have put out.

        Args:
            allowed_commands: The names of commands that guests may run, instead of those before.
            allow_all: Whether they may run all.
            limit: As for the class.
        """
        if isinstance(allowed_commands, str | bytes):
            raise TypeError("allowed_commands must be an iterable of names, not one str")
        if limit < 0:
            raise ValueError(f"limit is a number of bytes, not {limit}")
        allowed = frozenset(os.fsencode(command) for command in allowed_commands)
        self._process.permit(allowed, bool(allow_all), limit)


class _Process:
    """What a guest has prepared of its next command, and what is left of the last one."""

    def __init__(self) -> None:
        self.permit(frozenset(), False, 0)

    def permit(self, allowed: frozenset[bytes], allow_all: bool, limit: int) -> None:
        self._allowed = allowed
        self._allow_all = allow_all
        self._limit = limit
        self._exit_code = 0
        self._outputs = [b"", b""]
        self._prepare()

    def _prepare(self) -> None:
        self._program = b""
        self._args: list[bytes] = []
        self._env: dict[bytes, bytes] = {}
        self._stdin = bytearray()
        self._timeout = _DEFAULT_TIMEOUT
        self._taken = 0

    def _take(self, data: Slice) -> bytes:
        """Copy input, as far as the guest may give any."""
        # Empty arguments take room as well.
        self._taken += len(data) + 1
        if self._taken > self._limit:
            raise ValueError(f"a guest may give a command {self._limit} bytes and no more")
        return bytes(data)

    @guest_function
    def wasmedge_process_set_prog_name(self, name: Slice) -> None:
        """Append to the name of the program."""
        self._program += self._take(name)

    @guest_function
    def wasmedge_process_add_arg(self, arg: Slice) -> None:
        """Add an argument."""
        self._args.append(self._take(arg))

    @guest_function
    def wasmedge_process_add_env(self, name: Slice, value: Slice) -> None:
        """Add an environment variable; the first of a name counts."""
        self._env.setdefault(self._take(name), self._take(value))

    @guest_function
    def wasmedge_process_add_stdin(self, data: Slice) -> None:
        """Append to the standard input."""
        self._stdin += self._take(data)

    @guest_function
    def wasmedge_process_set_timeout(self, milliseconds: u32) -> None:
        """Set the time that the command may take."""
        self._timeout = milliseconds

    @guest_function
    def wasmedge_process_run(self) -> i32:
        """Run the command to its end."""
        program, args, env, stdin, timeout = self._program, self._args, self._env, self._stdin, self._timeout
        self._prepare()
        self._outputs = [b"", b""]
        self._exit_code = FAILED
        if not self._allow_all and program not in self._allowed:
            self._outputs[1] = _refusal(program)
            return FAILED
        if not self._allow_all:
            env = {name: value for name, value in env.items() if not _loads_code(name)}
        self._exit_code, *self._outputs = run_command(program, args, env, bytes(stdin), timeout / 1000, self._limit)
        return self._exit_code

    @guest_function
    def wasmedge_process_get_exit_code(self) -> i32:
        """Return the exit code of the last command."""
        return self._exit_code

    @guest_function
    def wasmedge_process_get_stdout_len(self) -> i32:
        """Return the size of what the last command has put out."""
        return len(self._outputs[0])

    @guest_function(silent=True)
    def wasmedge_process_get_stdout(self, target: Ptr) -> None:
        """Copy what the last command has put out, if there is room for all of it."""
        target.slice(len(self._outputs[0])).write(self._outputs[0])

    @guest_function
    def wasmedge_process_get_stderr_len(self) -> i32:
        """Return the size of what the last command has put out as errors."""
        return len(self._outputs[1])

    @guest_function(silent=True)
    def wasmedge_process_get_stderr(self, target: Ptr) -> None:
        """Copy what the last command has put out as errors, if there is room for all of it."""
        target.slice(len(self._outputs[1])).write(self._outputs[1])


def _refusal(program: bytes) -> bytes:
    return (
        b'Permission denied: Command "%b" is not in the white list. Please use --allow-command=%b or '
        b'--allow-command-all to add "%b" command into the white list.\n' % (program, program, program)
    )


def _loads_code(name: bytes) -> bool:
    return name.startswith(b"LD_") or name == b"GCONV_PATH"
