# SPDX-License-Identifier: Apache-2.0
"""What the README shows runs as it is written, and prints what it says."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.quick

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
COMMANDS = re.findall(r"^    (?:.*&& )?python (-m wasmedge .*)$", TEXT, re.MULTILINE)


def _run(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        check=False,
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize("block", BLOCKS)
def test_readme_code_prints_what_its_comments_say(block: str) -> None:
    expected = re.findall(r"print\(.*\)  # (.*)$", block, re.MULTILINE)
    printed = _run("-u", "-c", block).splitlines()
    assert expected
    assert [line for line in printed if line in expected] == expected


@pytest.mark.parametrize("command", COMMANDS)
def test_readme_commands_run(command: str) -> None:
    printed = _run(*shlex.split(command))
    assert printed
    if "fibonacci" in command:
        assert printed == "17711\n"
    if "run" in command and "wordfreq" in command:
        assert printed.startswith("lines                   21\n")
