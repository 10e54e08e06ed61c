# SPDX-License-Identifier: Apache-2.0
"""Starting fast: large modules run before they are optimised."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import wasmedge
from wasmedge import Configure, Module, RunMode, native

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import CheckPython, Wat

BODY = "(local.set 0 (i32.mul (local.get 0) (i32.xor (local.get 0) (i32.const 77))))" * 40


@pytest.fixture
def large(wat: Wat, monkeypatch: pytest.MonkeyPatch) -> Module:
    """Return a module that counts as large."""
    monkeypatch.setattr(native, "LARGE_MODULE", 300)
    return Module.from_bytes(wat(f'(module (func (export "f") (param i32) (result i32) {BODY} (i32.const 5)))'))


def test_background_optimises_a_large_module(large: Module, cache_directory: Path) -> None:
    phases: list[str] = []
    first = wasmedge.instantiate(large, run_mode="auto", progress=phases.append)
    assert phases == ["load", "validate", "compile", "optimize", "instantiate"]
    assert first.run_mode is RunMode.AOT
    assert first.exports.f(3) == 5
    assert large.wait(timeout=60)
    assert large.ready()
    assert len(list(cache_directory.glob("*.native"))) == 2
    assert len(list(cache_directory.iterdir())) == 2
    phases.clear()
    second = wasmedge.instantiate(large, run_mode="auto", progress=phases.append)
    assert phases == ["load", "instantiate"]
    assert second.exports.f(3) == 5
    assert first.exports.f(3) == 5


def test_background_works_without_the_cache(large: Module, cache_directory: Path) -> None:
    configure = Configure(cache=False)
    assert wasmedge.instantiate(large, configure=configure, run_mode="auto").run_mode is RunMode.JIT
    assert large.wait(timeout=60)
    phases: list[str] = []
    assert wasmedge.instantiate(large, configure=configure, run_mode="auto", progress=phases.append).exports.f(3) == 5
    assert phases == ["load", "instantiate"]
    assert not cache_directory.exists()


def test_background_is_not_for_small_modules_and_other_modes(large: Module, cache_directory: Path, wat: Wat) -> None:
    small = Module.from_bytes(wat('(module (func (export "f") (result i32) (i32.const 1)))'))
    assert wasmedge.run(small, "f", run_mode="auto") == 1
    assert wasmedge.run(large, "f", 1, run_mode="aot") == 5
    assert wasmedge.run(large, "f", 1, run_mode="jit") == 5
    assert small.ready()
    assert large.ready()
    assert large.wait(0)
    assert len(list(cache_directory.glob("*.native"))) == 2


def test_background_goes_on_after_the_process(check_python: CheckPython, cache_directory: Path, large: Module) -> None:
    code = """
        import wasmedge
        from wasmedge import native
        native.LARGE_MODULE = 300
        print(wasmedge.run(source, "f", 3, run_mode="auto"))
    """
    assert check_python(code, source=large._bytes()) == "5\n"
    phases: list[str] = []
    # Its lock makes this one wait for it, or it finds the entry: either way nothing is left that is half made.
    assert wasmedge.instantiate(large, run_mode="aot", progress=phases.append).exports.f(3) == 5
    assert all(
        path.suffix == ".native" or path.is_dir() or path.suffix == ".lock" for path in cache_directory.iterdir()
    )
