# SPDX-License-Identifier: Apache-2.0
"""WasmEdge's own command-line tools, run in processes of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import wasmedge

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunPython, Wat

ADD = '(module (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))'
EXIT = """
(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32))) (memory (export "memory") 1)
  (func (export "_start") (call $exit (i32.const 7))))
"""
RUN = """
import sys
import wasmedge
print("before")
status = wasmedge.tools.run(argv)
print("status", status)
"""


def test_tools_run_calls_a_function(run_python: RunPython, wat: Wat, tmp_path: Path) -> None:
    path = tmp_path / "add.wasm"
    path.write_bytes(wat(ADD))
    done = run_python(RUN, argv=["wasmedge", "--reactor", str(path), "add", "2", "40"])
    assert (done.returncode, done.stdout.split()) == (0, ["before", "42", "status", "0"])


def test_tools_run_gives_the_exit_code(run_python: RunPython, wat: Wat, tmp_path: Path) -> None:
    path = tmp_path / "exit.wasm"
    path.write_bytes(wat(EXIT))
    done = run_python(RUN, argv=["wasmedge", str(path)])
    assert (done.returncode, done.stdout.split()[-2:]) == (0, ["status", "7"])


@pytest.mark.parametrize("arguments", [["missing.wasm"], ["--no-such-option"], []])
def test_tools_run_reports_failures(run_python: RunPython, arguments: list[str]) -> None:
    done = run_python(RUN, argv=["wasmedge", *arguments])
    assert done.returncode == 0
    assert int(done.stdout.split()[-1]) != 0


def test_tools_know_their_version(run_python: RunPython) -> None:
    done = run_python(RUN, argv=["wasmedge", "--version"])
    assert (done.returncode, done.stdout.split()[-2:]) == (0, ["status", "0"])
    assert wasmedge.runtime_version in done.stdout
    done = run_python(RUN.replace("tools.run", "tools.compile"), argv=["wasmedgec", "--version"])
    assert done.returncode == 0


def test_tools_compile_makes_a_module_that_runs(run_python: RunPython, wat: Wat, tmp_path: Path) -> None:
    source, target = tmp_path / "add.wasm", tmp_path / "compiled.wasm"
    source.write_bytes(wat(ADD))
    done = run_python(RUN.replace("tools.run", "tools.compile"), argv=["wasmedgec", str(source), str(target)])
    status = int(done.stdout.split()[-1])
    assert done.returncode == 0
    if "not supported" in done.stdout + done.stderr:
        assert status != 0
        pytest.skip("the runtime was built without a compiler")
    assert status == 0
    assert target.stat().st_size > source.stat().st_size
    assert wasmedge.run(target, "add", 2, 3) == 5


def test_tools_compile_reports_failures(run_python: RunPython, tmp_path: Path) -> None:
    source = tmp_path / "bad.wasm"
    source.write_bytes(b"\0asm\1\0\0\0\xff")
    argv = ["wasmedgec", str(source), str(tmp_path / "out.wasm")]
    done = run_python(RUN.replace("tools.run", "tools.compile"), argv=argv)
    assert done.returncode == 0
    assert int(done.stdout.split()[-1]) != 0
    assert not (tmp_path / "out.wasm").exists()


def test_tools_run_twice_in_a_process(run_python: RunPython, wat: Wat, tmp_path: Path) -> None:
    path = tmp_path / "add.wasm"
    path.write_bytes(wat(ADD))
    code = RUN + "print(wasmedge.tools.run(argv), wasmedge.run(argv[2], 'add', 20, 3), wasmedge.get_log_level())\n"
    done = run_python(code, argv=["wasmedge", "--reactor", str(path), "add", "2", "40"])
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-4:-1] == ["42", "0", "23"]


@pytest.mark.quick
def test_tools_refuse_bad_arguments() -> None:
    for tool in (wasmedge.tools.run, wasmedge.tools.compile):
        with pytest.raises(ValueError, match="begins with the program's name"):
            tool([])
        with pytest.raises(ValueError, match="NUL"):
            tool(["wasmedge", "a\0b"])
        with pytest.raises(TypeError):
            tool(["wasmedge", 3])  # type: ignore[list-item]
        with pytest.raises(TypeError):
            tool(None)  # type: ignore[arg-type]
        with pytest.raises((UnicodeEncodeError, TypeError)):
            tool(["wasmedge", "\ud800"])
