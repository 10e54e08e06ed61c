# SPDX-License-Identifier: Apache-2.0
"""The commands that look into modules: inspect, validate, bench, stubs; and the shell's completion."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

import wasmedge
from wasmedge import cli

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import CheckPython, Wat

pytestmark = pytest.mark.quick

MODULE = """
(module
  (import "env" "memory" (memory 1 5))
  (import "env" "print" (func (param i32)))
  (import "env" "[bold]limit" (global i64))
  (table (export "table") 3 funcref)
  (func (export "f") (param i32 f64) (result i64) (i64.const 0))
  (func (export "g"))
  (export "again" (memory 0))
  (data (i32.const 0) "abc"))
"""

Capture = Any


@pytest.fixture
def inspect(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[[bytes], dict[str, Any]]:
    """Return what inspects a module, and gives what JSON says of it."""

    def work(wasm: bytes) -> dict[str, Any]:
        path = tmp_path / "module.wasm"
        path.write_bytes(wasm)
        assert cli.main(["inspect", "--json", str(path)]) == 0
        found: dict[str, Any] = json.loads(capsys.readouterr().out)
        assert found["file"] == str(path)
        return found

    return work


def test_inspect_tells_imports_and_exports(wat: Wat, inspect: Callable[[bytes], dict[str, Any]]) -> None:
    found = inspect(wat(MODULE))
    assert found["kind"] == "library"
    assert found["imports"] == [
        {"module": "env", "name": "memory", "kind": "memory", "type": "1..5"},
        {"module": "env", "name": "print", "kind": "function", "type": "(i32) -> ()"},
        {"module": "env", "name": "[bold]limit", "kind": "global", "type": "const i64"},
    ]
    assert found["exports"] == [
        {"name": "table", "kind": "table", "type": "funcref 3"},
        {"name": "f", "kind": "function", "type": "(i32, f64) -> i64"},
        {"name": "g", "kind": "function", "type": "() -> ()"},
        {"name": "again", "kind": "memory", "type": "1..5"},
    ]


def test_inspect_tells_sections_and_sizes(wat: Wat, inspect: Callable[[bytes], dict[str, Any]]) -> None:
    wasm = wat(MODULE)
    custom = b"\0\x08\4mine123"
    found = inspect(wasm[:8] + custom + wasm[8:])
    assert found["size"] == len(wasm) + len(custom)
    sections = found["sections"]
    assert sections[0] == {"id": 0, "name": "mine", "offset": 10, "size": 8, "entries": None}
    entries = {section["name"]: section["entries"] for section in sections}
    assert {"import": 3, "function": 2, "table": 1, "export": 4, "code": 2, "data": 1}.items() <= entries.items()
    # Together with their heads, of two bytes each as they are short, they are the module.
    assert 8 + sum(2 + section["size"] for section in sections) == found["size"]
    for left, right in itertools.pairwise(sections):
        assert left["offset"] + left["size"] + 2 == right["offset"]


def test_inspect_tells_memories(wat: Wat, inspect: Callable[[bytes], dict[str, Any]]) -> None:
    imported = {"index": 0, "min": 1, "max": 5, "shared": False, "is64": False, "type": "1..5"}
    assert inspect(wat(MODULE))["memories"] == [{**imported, "import": ["env", "memory"], "exports": ["again"]}]
    (own,) = inspect(wat('(module (memory 300) (export "a" (memory 0)) (export "b" (memory 0)))'))["memories"]
    assert (own["min"], own["max"], own["import"], own["exports"]) == (300, None, None, ["a", "b"])
    (shared,) = inspect(wat("(module (memory 1 2 shared))"))["memories"]
    assert (shared["shared"], shared["exports"]) == (True, [])
    two = inspect(wat('(module (memory 1) (memory i64 2 70000) (export "m" (memory 1)))'))["memories"]
    assert [(memory["index"], memory["is64"], memory["max"]) for memory in two] == [(0, False, None), (1, True, 70000)]
    assert inspect(b"\0asm\1\0\0\0")["memories"] == []


@pytest.mark.parametrize(
    ("name", "kind"), [("_start", "WASI command"), ("_initialize", "WASI reactor"), ("start", "library")]
)
def test_inspect_tells_the_kind(wat: Wat, inspect: Callable[[bytes], dict[str, Any]], name: str, kind: str) -> None:
    assert inspect(wat(f'(module (func (export "{name}")))'))["kind"] == kind


def test_inspect_prints_tables(tmp_path: Path, wat: Wat, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "module.wasm"
    path.write_bytes(wat(MODULE))
    assert cli.main(["inspect", str(path)]) == 0
    output = capsys.readouterr().out
    assert output.startswith(f"{path}: {path.stat().st_size} bytes, library\n")
    cells = [[cell.strip() for cell in line.split("│")] for line in output.splitlines()]
    assert ["", "env", "[bold]limit", "global", "const i64", ""] in cells
    assert ["", "f", "function", "(i32, f64) -> i64", ""] in cells
    assert ["", "0", "1", "5", "1..5", "env memory", "again", ""] in cells
    assert [line[3] for line in cells if line[1:3] == ["7", "export"]] == ["4"]


def test_inspect_does_without_rich(check_python: CheckPython, tmp_path: Path, wat: Wat) -> None:
    path = tmp_path / "module.wasm"
    path.write_bytes(wat(MODULE))
    code = """
        import sys
        sys.modules["rich"] = sys.modules["rich.console"] = None
        from wasmedge import cli
        assert cli.main(["inspect", path]) == 0
    """
    lines = [line.split() for line in check_python(code, path=str(path)).splitlines()]
    assert ["Module", "Name", "Kind", "Type"] in lines
    assert ["env", "[bold]limit", "global", "const", "i64"] in lines


@pytest.mark.parametrize("content", [b"", b"text", b"\0asm\1\0\0\0\1\x7f", b"\x7fELF" + bytes(100)])
@pytest.mark.parametrize("command", ["inspect", "validate", "stubs"])
def test_cli_commands_say_what_is_no_module(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, content: bytes
) -> None:
    path = tmp_path / "bad.wasm"
    path.write_bytes(content)
    assert cli.main([command, str(path)]) == 1
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith("wasmedge: ")
    assert "bad.wasm" in output.err


def test_validate_tells_of_each_file(tmp_path: Path, wat: Wat, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad, later = (str(tmp_path / name) for name in ("good.wasm", "bad.wasm", "later.wasm"))
    tail_call = '(module (func $f (export "f") (return_call $f)))'
    for path, wasm in (
        (good, wat(MODULE)),
        (bad, b"\0asm\1\0\0\0\1\5\1\x60\0\1\x7f\3\2\1\0\x0a\4\1\2\0\x0b"),
        (later, wat(tail_call)),
    ):
        with open(path, "wb") as file:
            file.write(wasm)
    assert cli.main(["validate", bad, good]) == 1
    output = capsys.readouterr()
    assert output.out == f"{good}: valid\n"
    assert "type mismatch" in output.err
    assert cli.main(["validate", "--quiet", good]) == 0
    assert capsys.readouterr() == ("", "")
    assert cli.main(["validate", later]) == 1
    assert cli.main(["validate", "--enable", "tail-call", later]) == 0
    assert cli.main(["validate", "--standard", "3", later]) == 0


def test_bench_tells_times(examples: Path, capsys: pytest.CaptureFixture[str]) -> None:
    module = str(examples / "fibonacci.wasm")
    command = ["bench", "--mode", "interpreter", "--rounds", "2"]
    assert cli.main([*command, "--json", module, "fib", "20"]) == 0
    found = json.loads(capsys.readouterr().out)
    (result,) = found["results"]
    assert (found["function"], result["mode"], result["runs_as"]) == ("fib", "interpreter", "interpreter")
    assert 0 < result["best"] <= result["median"] <= 1
    assert result["calls"] % 2 == 0
    assert cli.main([*command, module, "fib", "20"]) == 0
    output = capsys.readouterr().out
    assert "fib(20)" in output
    assert "interpreter" in output
    assert cli.main([*command, module, "none"]) == 2
    assert cli.main([*command, module, "fib"]) == 2
    assert "fib is (i32) -> i32, but 0 arguments were given" in capsys.readouterr().err


def test_stubs_are_written(tmp_path: Path, examples: Path, capsys: pytest.CaptureFixture[str]) -> None:
    module, target = str(examples / "fibonacci.wasm"), tmp_path / "fibonacci.pyi"
    assert cli.main(["stubs", module]) == 0
    text = capsys.readouterr().out
    assert "def fib(arg0: int, /) -> int: ..." in text
    assert cli.main(["stubs", module, "-o", str(target)]) == 0
    assert (capsys.readouterr().out, target.read_text()) == ("", text)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_for_each_shell(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["completion", shell]) == 0
    assert "_PYWASMEDGE_COMPLETE" in capsys.readouterr().out


def test_completion_completes() -> None:
    def complete(words: str) -> list[str]:
        environment = {
            **os.environ,
            "_PYWASMEDGE_COMPLETE": "bash_complete",
            "COMP_WORDS": f"pywasmedge {words}",
            "COMP_CWORD": str(len(words.split())),
        }
        code = "import sys; sys.argv = ['pywasmedge']; from wasmedge.cli import enter; enter()"
        done = subprocess.run([sys.executable, "-c", code], env=environment, check=True, stdout=-1, encoding="utf-8")
        return done.stdout.split()

    assert complete("ins") == ["plain,inspect"]
    assert complete("run --mo") == ["plain,--mode"]
    assert complete("run --mode int") == ["plain,interpreter"]
    assert complete("run fib") == ["file,fib"]


def test_cli_commands_have_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == 0
    output = capsys.readouterr().out
    commands = ["run", "compile", "inspect", "validate", "bench", "stubs", "cache", "completion"]
    for command in commands:
        assert f"\n  {command} " in output
        assert cli.main([command, "--help"]) == 0
        text = capsys.readouterr().out
        assert text.startswith(f"Usage: pywasmedge {command}")
        assert "--traceback" in text
    assert wasmedge.__version__ not in output
