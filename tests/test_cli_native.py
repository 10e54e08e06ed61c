# SPDX-License-Identifier: Apache-2.0
"""The command line's commands about compiled code."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import wasmedge
from wasmedge import cli

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from tests.conftest import Wat


def test_cli_compiles_to_a_native_library(tmp_path: Path, examples: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "fib.so"
    command = ["compile", str(examples / "fibonacci.wasm"), "-o", str(output), "-O1", "--measure-cost"]
    assert cli.main(command) == 0
    assert capsys.readouterr().out == f"{output}: {output.stat().st_size} bytes\n"
    module = wasmedge.Module.from_file(output, trusted=True, configure=wasmedge.Configure(measure_cost=True))
    assert wasmedge.run(module, "fib", 21, configure=wasmedge.Configure(measure_cost=True), run_mode="auto") == 17711


def test_cli_compiles_beside_its_input(tmp_path: Path, examples: Path) -> None:
    source = tmp_path / "fib.wasm"
    source.write_bytes((examples / "fibonacci.wasm").read_bytes())
    assert cli.main(["compile", str(source)]) == 0
    assert cli.main(["compile", str(source), "--universal", "-O", "s", "--generic", "--interruptible"]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fib.aot.wasm", "fib.so", "fib.wasm"]


def test_cli_compile_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "bad.wasm"
    source.write_bytes(b"nonsense")
    assert cli.main(["compile", str(source)]) == 1
    assert "is not WebAssembly" in capsys.readouterr().err
    assert cli.main(["compile", str(source), "--enable", "speed"]) == 2
    assert "there is no proposal 'SPEED'" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["bad.wasm"]


def test_cli_shows_that_it_compiles(tmp_path: Path, examples: Path) -> None:
    controller, terminal = os.openpty()
    source, target = str(examples / "wordfreq.wasm"), str(tmp_path / "out.so")
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    command = [sys.executable, "-m", "wasmedge", "compile", source, "-o", target, "-O0"]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=terminal, env=environment, timeout=100)
    os.close(terminal)
    shown = b""
    with contextlib.suppress(OSError):  # what a terminal without a program says
        while data := os.read(controller, 4096):
            shown += data
    os.close(controller)
    assert (done.returncode, done.stdout) == (0, f"{target}: {os.path.getsize(target)} bytes\n".encode())
    assert b"compiling wordfreq.wasm" in shown


def test_cli_compile_is_ended_by_ctrl_c(tmp_path: Path, wat: Wat) -> None:
    turn = "(local.set 0 (i32.add (i32.mul (local.get 0) (i32.const {a})) (i32.xor (local.get 0) (local.get 1))))"
    body = "".join(turn.format(a=a) for a in range(3, 203))
    source, work = tmp_path / "large.wasm", tmp_path / "work"
    work.mkdir()
    source.write_bytes(
        wat("(module " + f"(func (param i32) (result i32) (local i32) {body} (local.get 0))" * 1500 + ")")
    )
    command = [sys.executable, "-m", "wasmedge", "compile", str(source), "-o", str(tmp_path / "large.so")]
    environment = {**os.environ, "TMPDIR": str(work)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        while not any(work.glob("wasmedge-*")):
            assert process.poll() is None
            time.sleep(0.05)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=30)[0].strip() == b""
        assert process.returncode == -signal.SIGINT
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["large.wasm", "work"]


def test_cli_shows_and_empties_the_cache(
    cache_directory: Path, examples: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["run", "--run-mode", "aot", str(examples / "fibonacci.wasm"), "fib", "21"]) == 0
    assert capsys.readouterr() == ("17711\n", "")
    size = wasmedge.cache.size()
    assert size > 0
    assert cli.main(["cache"]) == cli.main(["cache", "show"]) == 0
    assert capsys.readouterr().out == f"{cache_directory}: {size} bytes\n" * 2
    assert cli.main(["cache", "prune", "1M"]) == 0
    assert cli.main(["cache", "clear"]) == 0
    assert capsys.readouterr().out == f"{cache_directory}: 0 bytes removed\n{cache_directory}: {size} bytes removed\n"


def test_cli_cache_refuses_what_is_no_size(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["cache", "prune", "much"]) == 2
    assert "'much' is no size" in capsys.readouterr().err


def test_cli_run_warns_and_strict_refuses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], cache_directory: Path
) -> None:
    source = tmp_path / "table.wasm"
    # (module (import "m" "t" (table 1 funcref)))
    source.write_bytes(b"\0asm\1\0\0\0\2\x09\1\1m\1t\1\x70\0\1")
    assert cli.main(["run", "--run-mode", "aot", str(source), "f"]) == 1
    assert "wasmedge: warning:" in capsys.readouterr().err
    assert cli.main(["run", "--run-mode", "aot", "--strict", str(source), "f"]) == 1
    assert "cannot compile" in capsys.readouterr().err
