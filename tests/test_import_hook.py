# SPDX-License-Identifier: Apache-2.0
"""The import hook: WebAssembly modules are found where Python modules are, and get nothing by being imported."""

from __future__ import annotations

import importlib
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

import wasmedge
import wasmedge.loader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.conftest import Wat

pytestmark = pytest.mark.quick

ADD = '(module (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))'


@pytest.fixture
def place(tmp_path: Path, wat: Wat, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], Path]]:
    """Return what puts modules where Python looks for them; they are forgotten after the test."""
    monkeypatch.syspath_prepend(str(tmp_path))
    known = set(sys.modules)

    def put(name: str, text: str) -> Path:
        path = tmp_path / f"{name}.wasm"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(wat(text))
        return path

    yield put
    for name in set(sys.modules) - known:
        del sys.modules[name]


def test_import_finds_modules(place: Callable[[str, str], Path]) -> None:
    path = place("hook_add", ADD)
    module: Any = importlib.import_module("hook_add")
    assert module.add(3, 4) == 7
    assert module.__all__ == ["add"]
    assert module.__file__ == str(path)
    assert isinstance(module.__instance__, wasmedge.Instance)
    assert importlib.import_module("hook_add") is module
    assert importlib.reload(module).add(1, 1) == 2


def test_import_finds_modules_in_packages(place: Callable[[str, str], Path]) -> None:
    path = place("hook_package/inner", ADD)
    (path.parent / "__init__.py").write_text("from . import inner\n")
    assert importlib.import_module("hook_package").inner.add(1, 2) == 3


def test_import_prefers_python(place: Callable[[str, str], Path]) -> None:
    path = place("hook_both", ADD)
    path.with_suffix(".py").write_text("add = 'python'\n")
    assert importlib.import_module("hook_both").add == "python"


def test_import_initialises_and_links_what_is_beside(place: Callable[[str, str], Path]) -> None:
    place("hook_base", '(module (func (export "seven") (result i32) (i32.const 7)))')
    place(
        "hook_user",
        '(module (import "hook_base" "seven" (func $seven (result i32))) (global $n (export "n") (mut i32) (i32.const '
        '0)) (memory (export "memory") 1) (func (export "_initialize") (global.set $n (call $seven))))',
    )
    module: Any = importlib.import_module("hook_user")
    assert module.n.value == 7
    assert module.memory.pages == 1


def test_import_takes_what_is_provided(place: Callable[[str, str], Path]) -> None:
    place("hook_needy", '(module (import "hook_env" "f" (func $f (result i32))) (export "f" (func $f)))')
    with pytest.raises(ImportError, match="hook_env") as caught:
        importlib.import_module("hook_needy")
    assert caught.value.name == "hook_needy"
    assert isinstance(caught.value.__cause__, wasmedge.LinkError)
    wasmedge.loader.provide("hook_env", {"f": lambda: 5})
    assert importlib.import_module("hook_needy").f() == 5


@pytest.mark.parametrize("name", ["os", "sys", "../hook_out", "/hook_out"])
def test_import_gives_guests_no_python_modules_and_no_other_files(place: Callable[[str, str], Path], name: str) -> None:
    place("hook_nosy", f'(module (import "{name}" "getpid" (func (result i32))))')
    with pytest.raises(ImportError, match="cannot be imported"):
        importlib.import_module("hook_nosy")


def test_import_keeps_python_names(place: Callable[[str, str], Path]) -> None:
    place("hook_sly", '(module (func (export "__name__")) (func (export "__builtins__")) (func (export "a b")))')
    module = importlib.import_module("hook_sly")
    assert module.__name__ == "hook_sly"
    assert callable(getattr(module, "a b"))


@pytest.mark.parametrize("content", [b"", b"no module", b"\0asm\1\0\0\0\xff"])
def test_import_says_what_is_wrong(place: Callable[[str, str], Path], content: bytes) -> None:
    place("hook_broken", ADD).write_bytes(content)
    with pytest.raises(ImportError, match=r"hook_broken\.wasm cannot be imported"):
        importlib.import_module("hook_broken")


def test_import_refuses_circles(place: Callable[[str, str], Path]) -> None:
    place("hook_a", '(module (import "hook_b" "f" (func $f)) (export "f" (func $f)))')
    place("hook_b", '(module (import "hook_a" "f" (func $f)) (export "f" (func $f)))')
    with pytest.raises(ImportError, match="imports itself"):
        importlib.import_module("hook_a")


def test_stubs_say_what_is_exported(wat: Wat, tmp_path: Path) -> None:
    text = wasmedge.loader.stubs(
        wat(
            '(module (func (export "f") (param i32 f64 externref) (result i64 v128) unreachable) (func (export "g")) '
            '(func (export "class")) (func (export "a\\nb")) (memory (export "m") 1) (table (export "t") 1 funcref) '
            '(global (export "x") i32 (i32.const 1)))'
        )
    )
    assert text.splitlines()[-7:] == [
        "def f(arg0: int, arg1: float, arg2: Any, /) -> tuple[int, V128]: ...",
        "def g() -> None: ...",
        "# 'class' is no name of an attribute",
        "# 'a\\nb' is no name of an attribute",
        "m: Memory",
        "t: Table",
        "x: Global",
    ]
    compile(text, "stub", "exec")


def test_hook_is_there_only_when_asked_for() -> None:
    code = "import sys, wasmedge; print([f for f in sys.meta_path if type(f).__name__ == 'WasmFinder'])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, encoding="utf-8", timeout=60)
    assert done.stdout == "[]\n"
