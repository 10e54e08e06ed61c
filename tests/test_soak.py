# SPDX-License-Identifier: Apache-2.0
"""The load of `soak/` by the piece, and what it takes for growth; `nox -s soak` runs it for an hour."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import CheckPython

ROOT = Path(__file__).resolve().parent.parent
EACH_PIECE = """
import random
from tests.soak.load import WORK

for piece in WORK:
    piece(random.Random(7))
print(len(WORK))
"""
GROWTH = """
from dataclasses import replace
from tests.soak.measure import Sample, leaks, take_sample

now = take_sample()
assert now.resident > 1 and now.mappings > 1 and now.descriptors >= 3 and now.threads >= 1 and now.blocks > 1
flat = Sample(resident=100, reserved=1000, mappings=300, descriptors=6, threads=7, blocks=100_000)
assert leaks([flat] * 9) == []
# It settles in the first third.
assert leaks([replace(flat, resident=10.0 * step) for step in range(4)] + [flat] * 6) == []
assert leaks([replace(flat, mappings=300 + 40 * step) for step in range(9)]) == [
    "mappings grew by 120, of which 80 would be nothing"
]
assert len(leaks([replace(flat, resident=100 + 20.0 * step, blocks=10_000 * step) for step in range(9)])) == 2
"""


def test_soak_pieces(check_python: CheckPython, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert int(check_python(EACH_PIECE, timeout=100)) >= 15


@pytest.mark.resources
def test_soak_tells_growth(check_python: CheckPython, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    check_python(GROWTH)
