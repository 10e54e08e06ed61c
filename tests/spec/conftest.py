# SPDX-License-Identifier: Apache-2.0
"""A run of the suite ends with a table, on the terminal and where it was asked for as a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from wast import report

if TYPE_CHECKING:
    import pytest
    from _pytest.terminal import TerminalReporter


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    """Show the table of all scripts that were carried out; write the page when all were as expected."""
    finished = [each for name in ("passed", "failed") for each in terminalreporter.stats.get(name, [])]
    properties: list[dict[str, Any]] = [
        value for each in finished for name, value in each.user_properties if name == "spec"
    ]
    totals = report.add_up(properties)
    if not totals:
        return
    terminalreporter.section("WebAssembly specification")
    for line in report.summary(totals):
        terminalreporter.write_line(line)
    target = config.getoption("--spec-page")
    if target and not terminalreporter.stats.get("failed"):
        Path(target).write_text(report.page(totals), encoding="utf-8")
