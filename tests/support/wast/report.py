# SPDX-License-Identifier: Apache-2.0
"""What a run of the suite came to, as tables."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wast.known import known_failures

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wast.runner import Outcome

MODES = {"interpreter": "interpreted", "O0": "compiled, O0", "O3": "compiled, O3"}
HEAD = """\
<!-- SPDX-License-Identifier: Apache-2.0 -->
# Conformance

The WebAssembly specification's test suite, through this package's public interface. `nox -s spec` runs it, and writes
this page. A command is what a script of the suite does: make a module, call a function, or state what comes of it.
Results are compared bit by bit, traps and exceptions by their kind.

"""
PASSED_OVER = """
Modules in the text format are passed over: the runtime reads the binary format only. What cannot be compiled is
interpreted ([run modes](run-modes.md)), so that a compiled run has interpreted instances too.
"""
KNOWN = """
## What fails

A command that fails and is not listed in `tests/spec/known/` fails the test, and so does one that is listed there and
passes.
"""


@dataclass
class Total:
    """The sum over the scripts of one release in one mode."""

    passed: Counter[str] = field(default_factory=Counter)
    textual: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    native: int = 0
    interpreted: int = 0


def as_property(release: str, mode: str, outcome: Outcome) -> dict[str, Any]:
    """Return an outcome as plain data, which test reports can hold."""
    return {
        "release": release,
        "mode": mode,
        "passed": dict(outcome.passed),
        "textual": dict(outcome.textual),
        "failed": dict(Counter(failure.kind for failure in outcome.failures)),
        "native": outcome.native,
        "interpreted": outcome.interpreted,
    }


def add_up(outcomes: Iterable[dict[str, Any]]) -> dict[tuple[str, str], Total]:
    """Return the totals by release and mode."""
    totals: dict[tuple[str, str], Total] = defaultdict(Total)
    for outcome in outcomes:
        total = totals[outcome["release"], outcome["mode"]]
        for name in ("passed", "textual", "failed"):
            getattr(total, name).update(outcome[name])
        total.native += outcome["native"]
        total.interpreted += outcome["interpreted"]
    return dict(sorted(totals.items(), key=lambda item: (item[0][0], list(MODES).index(item[0][1]))))


def summary(totals: dict[tuple[str, str], Total]) -> list[str]:
    """Return the lines of a table with a row for each release and mode."""
    lines = [
        "| Release | Mode | Commands | Passed | Failed | Text format | Instances compiled | Instances interpreted |",
        "|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    for (release, mode), total in totals.items():
        passed, failed, textual = total.passed.total(), total.failed.total(), total.textual.total()
        numbers = (passed + failed, passed, failed, textual, total.native, total.interpreted)
        lines.append(f"| {release} | {MODES[mode]} | " + " | ".join(f"{number:,}" for number in numbers) + " |")
    return lines


def by_kind(totals: dict[tuple[str, str], Total]) -> list[str]:
    """Return the lines of a table with a row for each type of command: how many passed, of how many."""
    kinds = sorted({kind for total in totals.values() for kind in total.passed | total.failed})
    lines = [
        "| Command | " + " | ".join(f"{release} {MODES[mode]}" for release, mode in totals) + " |",
        "|---|" + "---:|" * len(totals),
    ]
    for kind in kinds:
        cells = []
        for total in totals.values():
            passed, failed = total.passed[kind], total.failed[kind]
            cells.append(f"{passed:,} of {passed + failed:,}" if failed else f"{passed:,}" if passed else "")
        lines.append(f"| `{kind}` | " + " | ".join(cells) + " |")
    return lines


def failures(totals: dict[tuple[str, str], Total]) -> list[str]:
    """Return the lines of a table with a row for each reason of known failures."""
    lines = ["| Release | Mode | Commands | Scripts | Why |", "|---|---|---:|---|---|"]
    for release, mode in totals:
        names: dict[str, list[str]] = defaultdict(list)
        for name, reason in known_failures(release, mode).items():
            names[reason].append(name)
        for reason, found in names.items():
            scripts = ", ".join(f"`{script}`" for script in dict.fromkeys(name.partition(":")[0] for name in found))
            lines.append(f"| {release} | {MODES[mode]} | {len(found):,} | {scripts} | {reason} |")
    return lines


def page(totals: dict[tuple[str, str], Total]) -> str:
    """Return the page of the documentation."""
    parts = ["\n".join(summary(totals)), PASSED_OVER, "\n".join(by_kind(totals)), KNOWN, "\n".join(failures(totals))]
    return HEAD + "\n".join(parts) + "\n"
