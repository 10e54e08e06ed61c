# SPDX-License-Identifier: Apache-2.0
"""Inputs that have shown something, kept between sessions."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

ROOT = Path(__file__).resolve().parents[2]
LARGEST = 1 << 16


class Corpus:
    """A directory of modules, each of which behaves as none before it did.

    What a module does is told by its outcome: the exception, the code, and the places that the runtime's log names.
    That stands in for the coverage of a runtime that is not instrumented.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        seeds = [*sorted((ROOT / "examples").glob("*.wasm")), *sorted(directory.glob("*.wasm"))]
        self.inputs = [data for path in seeds if len(data := path.read_bytes()) <= LARGEST]
        self._seen: set[str] = set()

    def choose(self, dice: random.Random) -> bytes:
        """Return an input, one of the newer ones half of the time."""
        newer = self.inputs[-max(1, len(self.inputs) // 4) :]
        return dice.choice(newer if dice.random() < 0.5 else self.inputs)

    def add(self, data: bytes, outcome: str) -> bool:
        """Keep an input when its outcome is new; tell whether it was."""
        if outcome in self._seen:
            return False
        self._seen.add(outcome)
        if len(data) > LARGEST:
            return False
        name = hashlib.sha256(data).hexdigest()[:20]
        (self.directory / f"{name}.wasm").write_bytes(data)
        self.inputs.append(data)
        return True
