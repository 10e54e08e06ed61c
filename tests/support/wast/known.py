# SPDX-License-Identifier: Apache-2.0
"""The lists of commands that are known to fail, each with its reason.

A line in brackets is the reason of those below it: scripts, and the lines that commands stand on.
"""

from __future__ import annotations

from pathlib import Path

DIRECTORY = Path(__file__).resolve().parents[2] / "spec" / "known"


def known_failures(release: str, mode: str) -> dict[str, str]:
    """Return the reasons of known failures by name: ``script:line``."""
    path = DIRECTORY / f"{release}-{mode}.txt"
    reason, found = "", {}
    for line in path.read_text("utf-8").splitlines() if path.exists() else []:
        if line.startswith("["):
            reason = line.strip("[]")
        elif line and not line.startswith("#"):
            script, _, numbers = line.partition(":")
            found.update({f"{script}:{number}": reason for number in numbers.split()})
    return found
