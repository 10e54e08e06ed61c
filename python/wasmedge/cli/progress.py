# SPDX-License-Identifier: Apache-2.0
"""A bar on the terminal while a module is compiled."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

__all__ = ["CompilationProgress"]

_TEXTS = {"compile": "compiling", "optimize": "beginning to optimise", "check": "checking"}


class CompilationProgress:
    """Shows which phase a module's compilation is in, and for how long; how far it has come the compiler does not tell.

    It is called with the name of each phase, as `wasmedge.instantiate` does. Nothing is shown before the compilation
    begins, where stderr is no terminal, and without the package rich.

    Args:
        path: The module's file.
    """

    def __init__(self, path: str) -> None:
        self._name = os.path.basename(path)
        self._bar: Any = None

    def __enter__(self) -> Self:
        return self

    def __call__(self, phase: str) -> None:
        """Show that a phase begins."""
        if phase not in _TEXTS:
            self.stop()
            return
        if self._bar is None:
            self._bar = _start()
        if self._bar is not None:
            for task in self._bar.task_ids:
                self._bar.remove_task(task)
            self._bar.add_task(f"{_TEXTS[phase]} {self._name}", total=None)

    def stop(self) -> None:
        """Clear the bar: what comes next may write to the terminal itself."""
        if self._bar is not None:
            self._bar.stop()
        self._bar = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


def _start() -> Any:
    if not sys.stderr.isatty():
        return None
    try:
        from rich.console import Console  # noqa: PLC0415 - an extra
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415
    except ImportError:
        return None
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    # What the guest or a warning writes meanwhile is nothing that the bar should hold back.
    bar = Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False, redirect_stderr=False)
    bar.start()
    return bar
