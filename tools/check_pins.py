# SPDX-License-Identifier: Apache-2.0
"""Check that the linters of this environment are those that pyproject.toml pins: another version finds other things."""

from __future__ import annotations

import importlib.metadata
import re
import sys
from pathlib import Path

PYPROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
LINT = re.compile(r"^lint = \[(.*)\]$", re.MULTILINE)
# Not tomllib, which Python 3.10 does not have; the list stands on one line.
PIN = re.compile(r'"([\w-]+)(?:\[\w+\])?==([\w.]+)"')


def main() -> int:
    """Print what differs; return the exit code."""
    found = LINT.search(PYPROJECT.read_text("utf-8"))
    pins = PIN.findall(found[1]) if found else []
    if not pins:
        print("pyproject.toml pins no linters")
        return 1
    problems = []
    for name, version in pins:
        try:
            installed = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            installed = "missing"
        if installed != version:
            problems.append(f"{name} is {installed}, and pinned to {version}")
    print("\n".join(problems) or f"{len(pins)} linters are as pinned")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
