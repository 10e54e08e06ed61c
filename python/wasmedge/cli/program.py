# SPDX-License-Identifier: Apache-2.0
"""The program ``pywasmedge``, which is ``python -m wasmedge`` too: its commands, and how it ends."""

from __future__ import annotations

import os
import signal
import sys
import warnings
from typing import TYPE_CHECKING

import click

import wasmedge
from wasmedge.cli import benching, compiling, completing, inspecting, running, stored, stubbing, validating
from wasmedge.cli.failures import EXPECTED, Settings, report, show_warning
from wasmedge.cli.options import Group
from wasmedge.unfinished import remove_unfinished

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["enter", "main"]

NAME = "pywasmedge"
_VERSION = f"{NAME} {wasmedge.__version__}, WasmEdge {wasmedge.runtime_version}"


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(wasmedge.__version__, message=_VERSION)
def program() -> None:
    """Run WebAssembly with WasmEdge, in a sandbox and at native speed."""


for _command in (
    running.run,
    compiling.compile_,
    inspecting.inspect,
    validating.validate,
    benching.bench,
    stubbing.stubs,
    stored.cache,
    completing.completion,
):
    program.add_command(_command)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: The arguments after the program's name; those of the process by default.

    Returns:
        The exit code: that of a WASI program, 0 when all went well, 1 for a failure, 2 for wrong usage, 124 when the
        time was over, 134 for a trap.

    Raises:
        KeyboardInterrupt: Somebody has pressed Ctrl-C.
    """
    settings = Settings()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always", wasmedge.CompileWarning)
            warnings.showwarning = show_warning
            return int(_invoke(argv, settings) or 0)
    except (click.ClickException, *EXPECTED) as error:
        return report(error, settings)


def _invoke(argv: Sequence[str] | None, settings: Settings) -> int | None:
    try:
        found: int | None = program.main(argv, prog_name=_name(), obj=settings, standalone_mode=False)
    except click.Abort as abort:
        raise (abort.__cause__ or abort) from None
    return found


def _name() -> str:
    """Return what the user has called this program."""
    # Of `python -m` with another module, which calls main(), the file has the same name.
    is_module = sys.argv[0].endswith(os.path.join("wasmedge", "__main__.py"))
    return "python -m wasmedge" if is_module else NAME


def enter() -> None:
    """Be the process: end as a native program would, whoever waits for it is told of signals by them."""
    # Who reads our output may stop reading, and then there is nothing left to do.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        code = main()
    except KeyboardInterrupt:
        remove_unfinished()
        # A shell ends a loop only if the program in it has been ended by the signal.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
        raise
    sys.exit(code)
