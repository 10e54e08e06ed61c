# SPDX-License-Identifier: Apache-2.0
"""The WASI programs that tests of streams run, and what they answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Wat

BADF = 8

GUESTS = Path(__file__).resolve().parents[1] / "guests"
CAT = (GUESTS / "cat.wat").read_text("utf-8")


def spout(wat: Wat, count: int) -> bytes:
    """Make a program that writes `count` times 64 KiB."""
    return wat((GUESTS / "spout.wat").read_text("utf-8").replace("COUNT", str(count)))
