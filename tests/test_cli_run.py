# SPDX-License-Identifier: Apache-2.0
"""The options of ``run``, in processes of its own: limits, directories, the network, reactors, signals and pipes."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from wasi_guests import CAT, spout

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Wat

SPIN = '(module (func (export "_start") (loop $again (br $again))))'
START_SPINS = '(module (func $spin (loop $again (br $again))) (start $spin) (func (export "f")))'
SLEEP = """(module
    (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "_start")
        (i32.store (i32.const 16) (i32.const 1))
        (i64.store (i32.const 24) (i64.const 3600000000000))
        (drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))))"""
GROWS = """(module (memory 1) (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))"""
LIBRARY = """(module (global $state (mut i32) (i32.const 1))
    (func (export "_initialize") (global.set $state (i32.const 40)))
    (func (export "add") (param i32) (result i32) (i32.add (global.get $state) (local.get 0))))"""
BAD_LIBRARY = """(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (func (export "_initialize") (call $exit (i32.const 3))) (func (export "f")))"""
# Exits with the error of opening a socket.
OPENS_SOCKET = """(module
    (import "wasi_snapshot_preview1" "sock_open" (func $open (param i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1)
    (func (export "_start") (call $exit (call $open (i32.const 1) (i32.const 2) (i32.const 0)))))"""
# Creates a directory in the one that it has, and exits with the error.
MAKES_DIRECTORY = """(module
    (import "wasi_snapshot_preview1" "path_create_directory" (func $make (param i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1) (data (i32.const 0) "new")
    (func (export "_start") (call $exit (call $make (i32.const 3) (i32.const 0) (i32.const 3)))))"""
NOTCAPABLE = 76


def command(*args: str | Path) -> list[str | Path]:
    return [sys.executable, "-m", "wasmedge", *args]


def run(*args: str | Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run the command line."""
    return subprocess.run(command(*args), check=False, input=stdin, capture_output=True, timeout=100)


def save(directory: Path, wasm: bytes) -> Path:
    path = directory / "guest.wasm"
    path.write_bytes(wasm)
    return path


@pytest.mark.parametrize("mode", ["interpreter", "aot"])
@pytest.mark.parametrize("text", [SPIN, SLEEP], ids=["spin", "sleep"])
def test_run_has_a_time_limit(tmp_path: Path, wat: Wat, text: str, mode: str) -> None:
    begin = time.monotonic()
    done = run("run", "--timeout", "0.3", "--mode", mode, save(tmp_path, wat(text)))
    assert (done.returncode, done.stdout) == (124, b"")
    assert done.stderr.startswith(b"wasmedge: ")
    assert done.stderr.count(b"\n") == 1
    assert time.monotonic() - begin < 60


def test_run_has_a_time_limit_for_start_functions(tmp_path: Path, wat: Wat) -> None:
    assert run("run", "--timeout", "0.3", save(tmp_path, wat(START_SPINS)), "f").returncode == 124


@pytest.mark.parametrize("mode", ["interpreter", "aot"])
def test_run_has_fuel(tmp_path: Path, wat: Wat, mode: str) -> None:
    done = run("run", "--fuel", "100000", "--mode", mode, save(tmp_path, wat(SPIN)))
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"cost limit" in done.stderr
    assert b"Traceback" not in done.stderr


def test_run_limits_memory(tmp_path: Path, wat: Wat) -> None:
    guest = save(tmp_path, wat(GROWS))
    assert run("run", "--memory-pages", "10", guest, "grow", "9").stdout == b"1\n"
    assert run("run", "--memory-pages", "10", guest, "grow", "10").stdout == b"-1\n"
    assert run("run", "--memory-pages", "70000", guest, "grow", "10").returncode == 2


def test_run_initialises_reactors(tmp_path: Path, wat: Wat) -> None:
    guest = save(tmp_path, wat(LIBRARY))
    assert run("run", guest, "add", "2").stdout == b"3\n"
    assert run("run", "--reactor", guest, "add", "2").stdout == b"42\n"
    done = run("run", "--reactor", save(tmp_path, wat(BAD_LIBRARY)), "f")
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"3" in done.stderr


def test_run_opens_the_network_when_asked_for(tmp_path: Path, wat: Wat) -> None:
    guest = save(tmp_path, wat(OPENS_SOCKET))
    assert run("run", guest).returncode == NOTCAPABLE
    assert run("run", "--allow-net", guest).returncode == 0
    assert run("run", "--allow-address", "127.0.0.1:80", "--allow-address", "10.0.0.0/8", guest).returncode == 0
    done = run("run", "--allow-address", "nowhere:port", guest)
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"an address is HOST" in done.stderr


def test_run_does_without_standard_streams(tmp_path: Path, wat: Wat) -> None:
    guest = save(tmp_path, wat(OPENS_SOCKET))
    closed = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *command("run", guest)]
    assert subprocess.run(closed, check=False, timeout=100).returncode == NOTCAPABLE


def test_run_opens_directories_to_be_read_only(tmp_path: Path, wat: Wat) -> None:
    guest = save(tmp_path, wat(MAKES_DIRECTORY))
    inner = tmp_path / "inner:ro"
    inner.mkdir()
    assert run("run", "--dir", f"/:{inner}:ro", guest).returncode == NOTCAPABLE
    assert list(inner.iterdir()) == []
    assert run("run", "--dir", f"/:{inner}:rw", guest).returncode == 0
    assert [path.name for path in inner.iterdir()] == ["new"]


def test_run_passes_what_follows_two_dashes(examples: Path, tmp_path: Path) -> None:
    (tmp_path / "-n").write_text("one two one\n")
    program = examples / "wordfreq.wasm"
    done = run("run", "--dir", f"/:{tmp_path}", program, "--", "-n", "0", "/-n")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.split()[:4] == [b"lines", b"1", b"words", b"3"]


def test_run_inherits_single_variables(tmp_path: Path, wat: Wat, monkeypatch: pytest.MonkeyPatch) -> None:
    guest = save(
        tmp_path,
        wat("""(module
            (import "wasi_snapshot_preview1" "environ_sizes_get" (func $sizes (param i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
            (memory (export "memory") 1)
            (func (export "_start")
                (drop (call $sizes (i32.const 0) (i32.const 4)))
                (call $exit (i32.load (i32.const 4)))))"""),
    )
    monkeypatch.setenv("MINE", "value")
    assert run("run", "--env", "MINE", guest).returncode == len("MINE=value\0")


def test_run_pipes_are_clean(tmp_path: Path, wat: Wat) -> None:
    data = bytes(range(256)) * 5000 + b"\r\n\0\x1a"
    done = run("run", save(tmp_path, wat(CAT)), stdin=data)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == data


def test_run_ends_when_nobody_reads(tmp_path: Path, wat: Wat) -> None:
    guest = save(tmp_path, spout(wat, -1))
    with subprocess.Popen(command("run", guest), stdout=-1, stderr=-1) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == -signal.SIGPIPE


# Says that it has begun, and goes on in a way of its own.
BEGINS = """(module
    (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1) (data (i32.const 200) "ok")
    (func (export "_start")
        (i32.store (i32.const 0) (i32.const 200))
        (i32.store (i32.const 4) (i32.const 2))
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 256)))
        (i64.store (i32.const 0) (i64.const 0))
        (i32.store (i32.const 16) (i32.const 1))
        (i64.store (i32.const 24) (i64.const 3600000000000))
        GOES_ON))"""
WAYS = {
    "spins": "(loop $again (br $again))",
    "sleeps": "(drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))",
    "reads": """(i32.store (i32.const 400) (i32.const 300)) (i32.store (i32.const 404) (i32.const 8))
        (drop (call $read (i32.const 0) (i32.const 400) (i32.const 1) (i32.const 256)))""",
}


@pytest.mark.parametrize("mode", ["interpreter", "aot"])
@pytest.mark.parametrize("way", WAYS)
def test_run_is_ended_by_ctrl_c(tmp_path: Path, wat: Wat, way: str, mode: str) -> None:
    guest = save(tmp_path, wat(BEGINS.replace("GOES_ON", WAYS[way])))
    command_line = [sys.executable, "-m", "wasmedge", "run", "--mode", mode, str(guest)]
    with subprocess.Popen(command_line, stdin=-1, stdout=-1, stderr=-1) as process:
        assert process.stdout is not None
        assert process.stdout.read(2) == b"ok"
        begin = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == -signal.SIGINT
        assert process.stderr is not None
        assert process.stderr.read().strip() == b""
        assert time.monotonic() - begin < 30


def test_run_shows_a_traceback_when_asked_for() -> None:
    for args in (("--traceback", "run", "none.wasm"), ("run", "--traceback", "none.wasm")):
        done = run(*args)
        assert done.returncode == 1
        assert done.stderr.startswith(b"Traceback")
        assert b"ModuleFileNotFoundError" in done.stderr.splitlines()[-1]
