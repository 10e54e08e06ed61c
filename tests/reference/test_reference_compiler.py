# SPDX-License-Identifier: Apache-2.0
"""WasmEdge AOT Compiler."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import wasmedge
from wasmedge import Configure, OptimizationLevel, OutputFormat, RunMode

if TYPE_CHECKING:
    from pathlib import Path

package: Any = wasmedge  # with names that are planned
needs_compiler = pytest.mark.skipif(not hasattr(wasmedge, "Compiler"), reason="Compiler is planned")


@needs_compiler
def test_compilation_example(fibonacci: Path, tmp_path: Path) -> None:
    """The section "Compilation Example", which shows no code: a file is compiled into a file."""
    compiled = tmp_path / "fibonacci_aot.wasm"
    package.Compiler().compile(fibonacci, compiled)
    assert compiled.stat().st_size > fibonacci.stat().st_size
    assert wasmedge.run(compiled, "fib", 21) == 17711


@needs_compiler
@pytest.mark.parametrize("run_mode", [RunMode.AOT, RunMode.JIT])
def test_compilation_run_modes(fibonacci: Path, run_mode: RunMode) -> None:
    """The text before "Compilation Example": the same code runs compiled, and without being changed."""
    vm = wasmedge.VM(Configure(run_mode=run_mode))
    assert vm.run(fibonacci, "fib", 21) == 17711
    assert vm.execute("fib", 30) == 1346269


@needs_compiler
@pytest.mark.parametrize("level", OptimizationLevel)
def test_compiler_options_levels(fibonacci: Path, level: OptimizationLevel) -> None:
    """Example 73, of "Compiler Options"."""
    compiled = package.Compiler(Configure(optimization_level=level)).compile(fibonacci)
    assert compiled.startswith(b"\0asm")
    assert wasmedge.run(compiled, "fib", 21) == 17711


@needs_compiler
def test_compiler_options_output_formats(fibonacci: Path, tmp_path: Path) -> None:
    """Example 73, of "Compiler Options"."""
    library, module = tmp_path / "fibonacci.so", tmp_path / "fibonacci_aot.wasm"
    package.Compiler(Configure(output_format=OutputFormat.NATIVE)).compile(fibonacci, library)
    package.Compiler(Configure(output_format=OutputFormat.WASM)).compile(fibonacci, module)
    assert library.read_bytes()[:4] != b"\0asm"
    assert module.read_bytes()[:4] == b"\0asm"


def test_compiler_options_constants() -> None:
    """Example 73, of "Compiler Options"."""
    assert {level.name for level in OptimizationLevel} == {"O0", "O1", "O2", "O3", "OS", "OZ"}
    assert {output_format.name for output_format in OutputFormat} == {"NATIVE", "WASM"}
