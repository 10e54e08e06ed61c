# SPDX-License-Identifier: Apache-2.0
"""Check what no linter does: that each file states its licence, that none names a host of the network, pinned actions.

Hosts are left out because where packages come from is for the machine that builds to say, not for this repository.
Actions of workflows are pinned by hash because whoever owns them can move a tag.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SPDX = "SPDX-License-Identifier: Apache-2.0"
HEAD_LINES = 3  # the line comes first, or after what must come first

# What cannot hold a comment, is data, or is a licence.
WITHOUT_COMMENTS = {".json", ".txt", ".wasm"}
EXEMPT = {"LICENSE", "py.typed"}
STATES_ANYWAY = {"CMakeLists.txt"}

HOST = re.compile(r"\w+://[\w-]+(\.[\w-]+)+|\b[\w-]+(\.[\w-]+)*\.(org|com|net|io|dev)\b(?!\()", re.IGNORECASE)
# The name of a language, which only looks like an address.
NAMESPACE = re.compile(r'xmlns="[^"]*"')
ACTION = re.compile(r"^\s*(?:- )?uses:\s*(\S+)(.*)$")
PINNED = re.compile(r"[\w./-]+@[0-9a-f]{40}")


def _files() -> list[Path]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    paths = (ROOT / name for name in sorted(set(names)) if name)
    return [path for path in paths if path.is_file()]


def _can_state_licence(path: Path) -> bool:
    if path.name in STATES_ANYWAY:
        return True
    return path.name not in EXEMPT and path.suffix not in WITHOUT_COMMENTS


def _problems(path: Path) -> list[str]:
    name = path.relative_to(ROOT)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return []
    lines = text.splitlines()
    found = []
    if text and _can_state_licence(path) and not any(SPDX in line for line in lines[:HEAD_LINES]):
        found.append(f"{name}: no line '{SPDX}' at the top")
    if path.name not in EXEMPT:
        hits = ((number, HOST.search(NAMESPACE.sub("", line))) for number, line in enumerate(lines, 1))
        found += [f"{name}:{number}: names the host {hit[0]}" for number, hit in hits if hit]
    if path.parent.name == "workflows":
        found += _loose_actions(name, lines)
    return found


def _loose_actions(name: Path, lines: list[str]) -> list[str]:
    """Say which actions are not pinned by hash, with the version beside it for who reads it."""
    hits = ((number, ACTION.match(line)) for number, line in enumerate(lines, 1))
    return [
        f"{name}:{number}: {hit[1]} is not pinned as @<hash> # v<version>"
        for number, hit in hits
        if hit and not (PINNED.fullmatch(hit[1]) and re.fullmatch(r" # v\d+(\.\d+)+", hit[2]))
    ]


def main() -> int:
    """Print every problem; return the exit code."""
    files = _files()
    problems = [problem for path in files for problem in _problems(path)]
    print("\n".join(problems) or f"{len(files)} files state their licence, name no host, and have their actions pinned")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
