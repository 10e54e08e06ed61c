# SPDX-License-Identifier: Apache-2.0
"""The fuzzing session of `fuzz/`, for seconds; `nox -s fuzz` runs it for minutes, and goes on from what it has kept."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def session(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.fuzz", *map(str, arguments)]
    return subprocess.run(command, check=False, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=100)


def test_fuzz_session_keeps_what_is_new(tmp_path: Path) -> None:
    done = session("--minutes", 0.05, "--seed", 1, "--corpus", tmp_path)
    assert done.returncode == 0, done.stdout
    assert "no process came to harm" in done.stdout
    kept = list(tmp_path.glob("*.wasm"))
    assert len(kept) > 3
    assert session("--repeat", kept[0], "--tries", 2).returncode == 0


def test_fuzz_session_reports_harm(tmp_path: Path) -> None:
    """A process that fails for whatever reason is harm."""
    (tmp_path / "unreadable.wasm").mkdir()
    done = session("--minutes", 0.01, "--seed", 1, "--corpus", tmp_path)
    assert done.returncode == 1
    assert "IsADirectoryError" in done.stdout
    assert "came to harm" in done.stdout
