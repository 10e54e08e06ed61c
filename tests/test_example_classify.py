# SPDX-License-Identifier: Apache-2.0
"""The example that classifies a picture: from the file to the label."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

MODELS = Path(__file__).resolve().parent.parent.parent / "shared" / "models"
MISSING = [name for name in ("PIL", "ai_edge_litert") if importlib.util.find_spec(name) is None]

pytestmark = [
    pytest.mark.extras,
    pytest.mark.skipif(bool(MISSING), reason=f"not installed, of the extras image and nn: {', '.join(MISSING)}"),
    pytest.mark.skipif(not MODELS.is_dir(), reason="the model and the picture are not beside the repository"),
]


def classify(examples: Path, picture: Path) -> subprocess.CompletedProcess[str]:
    """Run the example."""
    (model,) = MODELS.glob("*.tflite")
    command = [sys.executable, str(examples / "classify.py"), str(model), str(picture)]
    return subprocess.run(command, check=False, capture_output=True, encoding="utf-8", timeout=100)


def test_classify_prints_what_the_readme_shows(examples: Path) -> None:
    shown = (
        (examples / "README.md")
        .read_text("utf-8")
        .partition("mandarin duck prints\n\n")[2]
        .partition("\n\nThe model")[0]
    )
    done = classify(examples, MODELS / "bird.jpg")
    assert done.returncode == 0, done.stderr
    lines = [line.removeprefix("    ") for line in shown.splitlines()]
    assert len(lines) == 3
    found = done.stdout.splitlines()
    assert [line.split("%")[1] for line in found[:1]] == [line.split("%")[1] for line in lines[:1]]
    # Another version of Pillow may decode and scale a little differently.
    assert float(found[0].split()[0]) == pytest.approx(float(lines[0].split()[0]), abs=5)


def test_classify_pictures_that_are_none(examples: Path, tmp_path: Path) -> None:
    text = tmp_path / "text.jpg"
    text.write_text("no picture")
    done = classify(examples, text)
    assert "ended with exit code 1" in done.stderr
    assert "classify: load_image: error 1" in done.stderr
    done = classify(examples, tmp_path / "nothing.jpg")
    assert "/pictures/nothing.jpg" in done.stderr
    shutil.copy(MODELS / "bird.jpg", tmp_path / "a bird.jpg")
    assert classify(examples, tmp_path / "a bird.jpg").returncode == 0
