# SPDX-License-Identifier: Apache-2.0
"""How the commands fail: exit codes, and messages instead of tracebacks."""

from __future__ import annotations

import sys
import traceback

import click

import wasmedge

__all__ = ["EXPECTED", "CommandFailedError", "Settings", "UsageError", "report", "show_warning"]

EXIT_FAILURE = 1
EXIT_USAGE = 2
EXIT_TIMEOUT = 124  # what timeout(1) gives
EXIT_TRAP = 134  # what a shell shows of a native program that aborted


class Settings:
    """What holds for every command.

    Attributes:
        shows_traceback: Whether a failure is shown with its traceback.
    """

    def __init__(self) -> None:
        self.shows_traceback = False


class UsageError(Exception):
    """The command line asks for what cannot be done."""


class CommandFailedError(Exception):
    """A command cannot do what it was asked for, and says why."""


# What is told in a line. All else is a fault of this package, and its traceback is wanted.
EXPECTED = (wasmedge.WasmEdgeError, OSError, ValueError, MemoryError, UsageError, CommandFailedError)


def report(error: BaseException, settings: Settings) -> int:
    """Tell of a failure, and return the exit code."""
    if settings.shows_traceback:
        traceback.print_exception(error)
    elif isinstance(error, click.ClickException):
        error.show()
    else:
        print(f"wasmedge: {error or type(error).__name__}", file=sys.stderr)
    if isinstance(error, click.ClickException):
        return error.exit_code
    if isinstance(error, wasmedge.Trap):
        return EXIT_TRAP
    if isinstance(error, TimeoutError):
        return EXIT_TIMEOUT
    return EXIT_USAGE if isinstance(error, UsageError) else EXIT_FAILURE


def show_warning(message: Warning | str, *_: object, **__: object) -> None:
    """Show a warning as the commands show everything."""
    print(f"wasmedge: warning: {message}", file=sys.stderr)
