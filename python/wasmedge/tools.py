# SPDX-License-Identifier: Apache-2.0
"""WasmEdge's own command-line tools, run in this process.

They write to the process's descriptors 1 and 2, past `sys.stdout`, and change the runtime's global state (plug-ins are
loaded): for programs that are these tools. To run modules from Python use the rest of the package.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from wasmedge import _core

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["compile", "run"]


def run(argv: Sequence[str]) -> int:
    """Run the tool ``wasmedge``, which runs modules.

    Args:
        argv: The arguments, the program's name first, as in `sys.argv`.

    Returns:
        The exit status: the guest's, or that of the tool.

    Raises:
        ValueError: There are no arguments, or one contains a NUL character.
    """
    _flush()
    return _core._tool_run(list(argv))


def compile(argv: Sequence[str]) -> int:  # noqa: A001 - the reference's word, in a module of its own
    """Run the tool ``wasmedgec``, the ahead-of-time compiler.

    Args:
        argv: The arguments, the program's name first, as in `sys.argv`.

    Returns:
        The exit status of the tool.

    Raises:
        ValueError: There are no arguments, or one contains a NUL character.
    """
    _flush()
    return _core._tool_compile(list(argv))


def _flush() -> None:
    """What Python still buffers was written first."""
    sys.stdout.flush()
    sys.stderr.flush()
