# SPDX-License-Identifier: Apache-2.0
"""What the page on WASI programs shows runs as it is written, and prints what it says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import CheckPython

pytestmark = pytest.mark.quick

ROOT = Path(__file__).resolve().parent.parent
BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "wasi.md").read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS, ids=map(str, range(len(BLOCKS))))
def test_wasi_page_prints_what_its_comments_say(check_python: CheckPython, block: str) -> None:
    expected = re.findall(r"print\(.*\)  # (.*)$", block, re.MULTILINE)
    assert expected
    printed = check_python(f"import os\nos.chdir({str(ROOT)!r})\n{block}")
    assert printed.splitlines() == expected
