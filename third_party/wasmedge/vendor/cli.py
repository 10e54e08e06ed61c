# SPDX-License-Identifier: Apache-2.0
"""The command line, and the one place where failures become a message and an exit code."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from . import machine
from .errors import THREE_WAYS, VendorError
from .progress import Progress

_DESCRIPTION = "Lay a pinned, verified WasmEdge prefix out of Debian's binary packages."
_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


def main(arguments: Sequence[str]) -> int:
    """Run the tool; return the exit code."""
    values = _parser().parse_args(arguments)
    _handle_signals(_interrupt)
    try:
        _run(values)
    except VendorError as error:
        return _fail(str(error))
    except OSError as error:
        place = f": {error.filename}" if error.filename else ""
        return _fail(f"{error.strerror or error}{place}")
    except KeyboardInterrupt:
        return _fail("interrupted; nothing was laid")
    return 0


def _run(values: argparse.Namespace) -> None:
    machine.check_system()
    machine.need_pyelftools()
    # What this imports is missing where the checks fail, and the message is the point there.
    from .layer import LOCK_FILE, Options, lay  # noqa: PLC0415

    locked = values.locked or os.environ.get("WASMEDGE_LOCKED", "") not in ("", "0")
    lock_file = values.lock_file or LOCK_FILE
    lay(Options(values.prefix, values.cxx, values.arch, locked, lock_file, Progress(values.quiet)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="vendor",
        description=_DESCRIPTION,
        epilog=THREE_WAYS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--prefix", type=Path, required=True, help="where the prefix goes")
    add("--cxx", default=os.environ.get("CXX") or "c++", help="the C++ compiler (default: $CXX, or c++)")
    add("--arch", default="", help="Debian's name of the architecture (default: this machine's)")
    add("--locked", action="store_true", help="only the pinned packages will do (also WASMEDGE_LOCKED=1)")
    add("--lock-file", type=Path, help="another lock file than the one beside the tool")
    add("--quiet", action="store_true", help="print warnings and failures only")
    return parser


def _handle_signals(handler: "signal._HANDLER") -> None:
    for name in _SIGNALS:
        # Windows has no SIGHUP.
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), handler)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    # Once is enough: what is being cleaned up must not be interrupted again.
    _handle_signals(signal.SIG_IGN)
    raise KeyboardInterrupt


def _fail(text: str) -> int:
    print(f"wasmedge: error: {text}\n\n{THREE_WAYS}", file=sys.stderr, flush=True)
    return 1
