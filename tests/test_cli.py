# SPDX-License-Identifier: Apache-2.0
"""The command line, in processes of their own: results, programs, exit codes, and messages without tracebacks."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

import wasmedge

if TYPE_CHECKING:
    from tests.conftest import Wat

pytestmark = pytest.mark.quick

FUNCTIONS = """
(module
  (memory (export "memory") 1)
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "wide") (param i64) (result i64) (local.get 0))
  (func (export "half") (param f64) (result f64) (f64.mul (local.get 0) (f64.const 0.5)))
  (func (export "single") (param f32) (result f32) (local.get 0))
  (func (export "both") (param i32 f64) (result f64 i32) (local.get 1) (local.get 0))
  (func (export "nothing"))
  (func (export "vector") (param v128))
  (func (export "fail") unreachable))
"""
PROGRAM = """
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "answer") (result i32) (i32.const 42))
  (func (export "quit") (param i32) (call $exit (local.get 0)))
  ;; exits with the number of arguments and 16 times that of variables
  (func (export "_start")
    (drop (call $sizes (i32.const 0) (i32.const 4)))
    (drop (call $environ (i32.const 8) (i32.const 12)))
    (call $exit (i32.add (i32.load (i32.const 0)) (i32.mul (i32.const 16) (i32.load (i32.const 8)))))))
"""


class Done(NamedTuple):
    """How a process has ended."""

    code: int
    output: str
    errors: str


@pytest.fixture
def work(tmp_path: Path, wat: Wat, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go to a directory with some modules."""
    files = {
        "functions.wasm": wat(FUNCTIONS),
        "program.wasm": wat(PROGRAM),
        "empty.wasm": b"",
        "text.wasm": b"(module)",
        "needy.wasm": wat('(module (import "env" "f" (func)) (func (export "f")))'),
        "invalid.wasm": b"\0asm\1\0\0\0\1\5\1\x60\0\1\x7f\3\2\1\0\x0a\4\1\2\0\x0b",
        "bare.wasm": b"\0asm\1\0\0\0",
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*args: str | bytes, stdin: str = "") -> Done:
    """Run the command line."""
    command = [sys.executable, "-m", "wasmedge", *args]
    done = subprocess.run(command, check=False, input=stdin, capture_output=True, encoding="utf-8", timeout=60)
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize(
    ("args", "output"),
    [
        ("add 2 3", "5"),
        ("add -2 -3", "-5"),
        ("add 0x10 0b11", "19"),
        ("add 4294967295 0", "-1"),
        ("wide 18446744073709551615", "-1"),
        ("wide -9223372036854775808", "-9223372036854775808"),
        ("half 3", "1.5"),
        ("half -1e-3", "-0.0005"),
        ("half 0x1.8p1", "1.5"),
        ("half inf", "inf"),
        ("half nan", "nan"),
        ("single 0.1", "0.10000000149011612"),
        ("both 7 0.25", "0.25\n7"),
    ],
)
@pytest.mark.usefixtures("work")
def test_cli_prints_results(args: str, output: str) -> None:
    assert run("run", "functions.wasm", *args.split()) == (0, output + "\n", "")


@pytest.mark.usefixtures("work")
def test_cli_prints_nothing_for_no_result() -> None:
    assert run("run", "functions.wasm", "nothing") == (0, "", "")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("run functions.wasm", "functions.wasm is no WASI program: name a function to call; it exports add, both, "),
        ("run functions.wasm none", "functions.wasm exports no function 'none'; it exports add, both, "),
        ("run functions.wasm memory", "functions.wasm exports no function 'memory'; it exports add, both, "),
        ("run bare.wasm", "bare.wasm is no WASI program: name a function to call; it exports nothing"),
        ("run functions.wasm add 1", "add is (i32, i32) -> i32, but 1 arguments were given"),
        ("run functions.wasm add 1 2 3", "add is (i32, i32) -> i32, but 3 arguments were given"),
        ("run functions.wasm add 1 2.5", "'2.5' is no i32"),
        ("run functions.wasm add 1 two", "'two' is no i32"),
        ("run functions.wasm half one", "'one' is no f64"),
        ("run functions.wasm half 0xgg", "'0xgg' is no f64"),
        ("run functions.wasm add 1 4294967296", "add() argument 2: 4294967296 is out of range for i32"),
        ("run functions.wasm single 1e300", "single() argument 1: 1e+300 is out of range for f32"),
        ("run functions.wasm vector 0", "v128"),
        ("run --invoke none program.wasm", "program.wasm exports no function 'none'; it exports _start, answer, quit"),
        ("run --env UNSET_NAME program.wasm", "--env UNSET_NAME has no value, and there is no such variable here"),
        ("run --env =x program.wasm", "--env wants NAME=VALUE, not '=x'"),
        ("run --dir /tmp program.wasm", "--dir wants GUEST:HOST or GUEST:HOST:ro, not '/tmp'"),
        ("run --dir :/tmp program.wasm", "--dir wants GUEST:HOST or GUEST:HOST:ro, not ':/tmp'"),
        ("run --reactor program.wasm answer", "program.wasm is no reactor: it exports _start"),
    ],
)
@pytest.mark.usefixtures("work")
def test_cli_usage_errors(args: str, message: str) -> None:
    done = run(*args.split())
    assert (done.code, done.output) == (2, "")
    assert done.errors.startswith("wasmedge: ")
    assert message in done.errors
    assert done.errors.count("\n") == 1


@pytest.mark.parametrize("args", ["", "run", "walk", "run --none functions.wasm"])
def test_cli_wrong_options_show_the_usage(args: str) -> None:
    done = run(*args.split())
    assert (done.code, done.output) == (2, "")
    assert done.errors.startswith("Usage: python -m wasmedge")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("none.wasm f", "cannot load 'none.wasm': No such file or directory"),
        (". f", "cannot load '.': Is a directory"),
        ("empty.wasm f", "cannot load 'empty.wasm': it is empty"),
        ("text.wasm f", "cannot load 'text.wasm': it is WebAssembly text, not binary"),
        ("invalid.wasm f", "module 'invalid.wasm' is invalid: type mismatch"),
        ("needy.wasm f", "cannot instantiate 'needy.wasm': unknown import: 'env' 'f'"),
        ("--dir /:none program.wasm", "No such file or directory: 'none'"),
    ],
)
@pytest.mark.usefixtures("work")
def test_cli_failures_are_told_without_a_traceback(args: str, message: str) -> None:
    done = run("run", *args.split())
    assert (done.code, done.output) == (1, "")
    assert done.errors.startswith("wasmedge: ")
    assert message in done.errors
    assert done.errors.count("\n") == 1


@pytest.mark.usefixtures("work")
def test_cli_traps() -> None:
    done = run("run", "functions.wasm", "fail")
    assert (done.code, done.output) == (134, "")
    assert done.errors.startswith("wasmedge: fail(): unreachable\n")
    assert "Traceback" not in done.errors


@pytest.mark.usefixtures("work")
def test_cli_programs_get_their_arguments_and_nothing_else() -> None:
    assert run("run", "program.wasm") == (1, "", "")
    assert run("run", "program.wasm", "a", "b c", "") == (4, "", "")
    assert run("run", "program.wasm", "-n", "--env", "--version", "--", "--help") == (6, "", "")
    assert run("run", "--env", "A=1", "--env", "B=", "--env", "C=d=e", "program.wasm", "x") == (50, "", "")


@pytest.mark.usefixtures("work")
def test_cli_invokes_functions_of_programs() -> None:
    assert run("run", "--invoke", "answer", "program.wasm") == (0, "42\n", "")
    assert run("run", "--invoke", "quit", "program.wasm", "7") == (7, "", "")
    assert run("run", "--invoke", "quit", "program.wasm", "0") == (0, "", "")


def test_cli_programs_have_files_and_streams(work: Path, examples: Path) -> None:
    program = str(examples / "wordfreq.wasm")
    expected = ["lines", "1", "words", "3", "distinct", "words", "2", "characters", "12", "bytes", "12"]
    done = run("run", program, "-n", "0", stdin="one two one\n")
    assert (done.code, done.output.split(), done.errors) == (0, expected, "")
    (work / "text.txt").write_text("one two one\n")
    assert run("run", "--dir", f"/:{work}", program, "-n", "0", "/text.txt") == done
    assert run("run", "--dir", f"/data:{work}", program, "-n", "0", "/data/text.txt") == done
    assert run("run", program, "/text.txt").code == 1
    failed = run("run", "--dir", f"/:{work}", program, "/none.txt")
    assert failed == (1, "", "wordfreq: /none.txt: No such file or directory\n")
    assert run("run", program, "-x").code == 2


def test_cli_script_is_the_same_program() -> None:
    project = Path(__file__).resolve().parent.parent / "pyproject.toml"
    found = re.search(r'^pywasmedge = "([\w.]+):(\w+)"$', project.read_text(encoding="utf-8"), re.MULTILINE)
    assert found is not None
    code = f"import sys; sys.argv[0] = 'pywasmedge'; from {found[1]} import {found[2]} as enter; sys.exit(enter())"
    done = subprocess.run([sys.executable, "-c", code, "run"], check=False, capture_output=True, encoding="utf-8")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Usage: pywasmedge run ")


def test_cli_version() -> None:
    version = f"pywasmedge {wasmedge.__version__}, WasmEdge {wasmedge.runtime_version}\n"
    assert run("--version") == (0, version, "")


def test_cli_help() -> None:
    for args in (["--help"], ["run", "--help"]):
        done = run(*args)
        assert (done.code, done.errors) == (0, "")
        assert "python -m wasmedge" in done.output


def test_cli_file_names_of_any_bytes(work: Path) -> None:
    name = b"f\xff \xc3\xbc.wasm"
    Path(os.fsdecode(bytes(work) + b"/" + name)).write_bytes((work / "functions.wasm").read_bytes())
    assert run("run", name, "add", "1", "1") == (0, "2\n", "")
    done = run("run", name, "none")
    assert (done.code, done.output) == (2, "")
    assert "Traceback" not in done.errors
