# SPDX-License-Identifier: Apache-2.0
"""Work during which Ctrl-C has to be noticed."""

from __future__ import annotations

import contextvars
import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["interruptibly"]

Result = TypeVar("Result")


def interruptibly(work: Callable[[], Result]) -> Result:
    """Do something in another thread, and wait for it.

    Python sees signals between its own instructions on the main thread, and the compiler is a single one of them.

    Raises:
        KeyboardInterrupt: Somebody has pressed Ctrl-C. The work goes on, as long as the process does.
        BaseException: What the work has raised.
    """
    results: list[Result] = []
    errors: list[BaseException] = []
    context = contextvars.copy_context()

    def run() -> None:
        try:
            results.append(context.run(work))
        except BaseException as error:  # for the thread that waits
            errors.append(error)

    thread = threading.Thread(target=run, name="wasmedge-command", daemon=True)
    thread.start()
    thread.join()
    if errors:
        raise errors.pop()
    return results.pop()
