# SPDX-License-Identifier: Apache-2.0
"""Tables on the terminal, by the package rich where it is installed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["print_table"]

_PIPE_WIDTH = 1000  # who reads a pipe has lines as long as they are


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table to stdout; numbers to the right. Of no rows there is but the title.

    Args:
        title: What stands over it.
        columns: The heads of the columns.
        rows: The cells of each row; None is an empty one.
    """
    if not rows:
        print(f"{title}: none\n")
        return
    texts = [[_text(cell) for cell in row] for row in rows]
    numeric = [all(isinstance(row[i], int | None) for row in rows) for i in range(len(columns))]
    try:
        from rich.console import Console  # noqa: PLC0415 - an extra
        from rich.table import Table  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415
    except ImportError:
        _print_plainly(title, columns, texts, numeric)
        return
    table = Table(title=title, title_justify="left")
    for column, is_numeric in zip(columns, numeric, strict=True):
        table.add_column(column, justify="right" if is_numeric else "left", overflow="fold")
    for row in texts:
        table.add_row(*(Text(cell) for cell in row))  # no markup: names are the module's
    Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH).print(table)


def _text(cell: object) -> str:
    if cell is None:
        return ""
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def _print_plainly(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[bool]) -> None:
    print(title)
    widths = [max(map(len, column)) for column in zip(columns, *rows, strict=True)]
    for row in (columns, *rows):
        cells = zip(row, widths, numeric, strict=True)
        print("  ".join(cell.rjust(width) if right else cell.ljust(width) for cell, width, right in cells).rstrip())
    print()
