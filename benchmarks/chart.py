# SPDX-License-Identifier: Apache-2.0
"""Bar charts as SVG, without another package."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["draw"]

_COLOURS = ("#4c72b0", "#dd8452", "#55a868", "#c44e52")
_PAGE = "#fbfbfd"
_LABEL, _WIDTH, _BAR, _GAP = 110, 460, 12, 10


def draw(path: Path, title: str, rows: Mapping[str, Mapping[str, float]]) -> None:
    """Draw a group of horizontal bars for each row, one a column, with a line where the ratio is 1."""
    columns = list(next(iter(rows.values())))
    longest = max(value for row in rows.values() for value in row.values())
    scale = _WIDTH / max(longest, 1.0)
    height = 60 + len(rows) * (len(columns) * _BAR + _GAP)
    size = f'width="{_LABEL + _WIDTH + 60}" height="{height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="11">',
        "<!-- SPDX-License-Identifier: Apache-2.0 -->",
        # A page of its own: what is around it may be dark.
        f'<rect {size} rx="10" fill="{_PAGE}"/>',
        f'<text x="8" y="16" font-size="13">{escape(title)}</text>',
    ]
    for index, column in enumerate(columns):
        left = _LABEL + index * 130
        parts.append(f'<rect x="{left}" y="26" width="10" height="10" fill="{_COLOURS[index]}"/>')
        parts.append(f'<text x="{left + 14}" y="35">against {escape(column)}</text>')
    values = []
    top = 46
    for name, row in rows.items():
        parts.append(f'<text x="8" y="{top + len(columns) * _BAR / 2 + 4}">{escape(name)}</text>')
        for index, column in enumerate(columns):
            y = top + index * _BAR
            width = row[column] * scale
            parts.append(
                f'<rect x="{_LABEL}" y="{y}" width="{width:.1f}" height="{_BAR - 2}" fill="{_COLOURS[index]}"/>'
            )
            values.append(f'<text x="{_LABEL + width + 4:.1f}" y="{y + 9}">{row[column]:.2f}</text>')
        top += len(columns) * _BAR + _GAP
    one = _LABEL + scale
    parts.append(
        f'<line x1="{one:.1f}" y1="42" x2="{one:.1f}" y2="{height - 8}" stroke="black" stroke-dasharray="3 3"/>'
    )
    # Last, and with a rim: the line runs through some of them.
    values = [f'<g paint-order="stroke" stroke="{_PAGE}" stroke-width="4">', *values, "</g>"]
    path.write_text("\n".join([*parts, *values, "</svg>", ""]), encoding="utf-8")
