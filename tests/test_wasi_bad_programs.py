# SPDX-License-Identifier: Apache-2.0
"""Programs that ask for too much, wait too long, or are none; and callers that give them nonsense."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import pytest
from wasi_guests import OPENS, spout

import wasmedge
from wasmedge import PIPE, Interrupted, WasiProcess

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import CheckPython, Wat

pytestmark = pytest.mark.quick

# Once: what comes back early from it goes on to the end of the program.
SLEEPS = """(module
    (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data (i32.const 24) "\\00\\a0\\b8\\30\\46\\03\\00\\00")
    (func (export "_start")
        (i32.store (i32.const 16) (i32.const 1))
        (drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))))"""
MODES = ["interpreter", "aot"]


@pytest.mark.parametrize("mode", MODES)
def test_program_that_sleeps_has_not_ended_in_time(wat: Wat, mode: str) -> None:
    begin = time.monotonic()
    with pytest.raises(TimeoutError, match="_start"):
        wasmedge.run_wasi(wat(SLEEPS), timeout=0.3, run_mode=mode)
    assert time.monotonic() - begin < 60


@pytest.mark.parametrize("mode", MODES)
def test_program_that_sleeps_can_be_killed(wat: Wat, mode: str) -> None:
    process = WasiProcess(wat(SLEEPS), run_mode=mode)
    time.sleep(0.1)
    assert process.poll() is None
    process.kill()
    with pytest.raises(Interrupted):
        process.wait(60)
    assert process.returncode is None


def test_program_that_has_ended_cannot_be_killed(wat: Wat) -> None:
    process = WasiProcess(wat('(module (memory (export "memory") 1) (func (export "_start")))'))
    assert process.wait(60) == 0
    process.kill()
    assert process.wait() == process.poll() == 0


def test_program_opens_ten_thousand_files(check_python: CheckPython, wat: Wat, tmp_path: Path) -> None:
    code = """
        import os, resource
        import wasmedge

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        enough = hard == resource.RLIM_INFINITY or hard >= 12_000
        resource.setrlimit(resource.RLIMIT_NOFILE, (12_000 if enough else hard, hard))
        before = len(os.listdir("/proc/self/fd"))
        done = wasmedge.run_wasi(module, preopens={"/": wasmedge.ReadOnly(path)})
        assert done.returncode == (0 if enough else 33), done  # EMFILE
        assert len(os.listdir("/proc/self/fd")) == before
        print("done")
    """
    (tmp_path / "file").write_text("")
    assert check_python(code, module=wat(OPENS), path=str(tmp_path)) == "done\n"


def test_program_writes_without_end(wat: Wat) -> None:
    module = spout(wat, -1)
    with pytest.raises(OSError, match="more than 1000000 bytes") as caught:
        wasmedge.run_wasi(module, stdout=wasmedge.Capture(1_000_000))
    assert len(vars(caught.value)["stdout"]) == 1_000_000
    got: list[int] = []
    with pytest.raises(TimeoutError):
        wasmedge.run_wasi(module, stdout=lambda data: got.append(len(data)), timeout=0.3)
    assert sum(got) > 0


def test_program_fills_a_pipe_that_nobody_reads(wat: Wat) -> None:
    reader, writer = os.pipe()
    try:
        with pytest.raises(TimeoutError):
            wasmedge.run_wasi(spout(wat, -1), stdout=writer, timeout=0.3)
    finally:
        os.close(reader)
        os.close(writer)
    process = WasiProcess(spout(wat, -1), stdout=PIPE)
    with pytest.raises(TimeoutError):
        process.wait(0.3)
    process.kill()
    with pytest.raises(Interrupted):
        process.wait(60)


def test_program_fills_a_disk(check_python: CheckPython, wat: Wat, tmp_path: Path) -> None:
    code = """
        import pathlib, resource
        import wasmedge

        # As for a full disk the write fails; Python has SIGXFSZ ignored.
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))
        path = pathlib.Path(directory, "out")
        done = wasmedge.run_wasi(module, stdout=path)
        assert done.returncode == 22, done  # EFBIG
        print(path.stat().st_size)
    """
    assert check_python(code, module=spout(wat, -1), directory=str(tmp_path)) == "1000000\n"


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"args": ["a\0b"]}, ValueError, "NUL|null"),
        ({"name": "a\0b"}, ValueError, "NUL|null"),
        ({"env": {"A": "\0"}}, ValueError, "NUL|null"),
        ({"preopens": {"/a\0": "/"}}, ValueError, "NUL|null"),
        ({"preopens": {"/": "/\0"}}, ValueError, "NUL|null"),
        ({"preopens": {"/": "/none/at/all"}}, FileNotFoundError, "/none/at/all"),
        ({"preopens": {"/": "/dev/null"}}, NotADirectoryError, "/dev/null"),
        ({"timeout": -1}, ValueError, "timeout"),
        ({"timeout": float("nan")}, ValueError, "timeout"),
        ({"fuel": -1}, (ValueError, OverflowError), "fuel|negative|range"),
        ({"sockets": "all"}, TypeError, "sockets"),
    ],
)
def test_run_wasi_refuses_nonsense(
    wat: Wat, options: dict[str, Any], error: type[Exception] | tuple[type[Exception], ...], message: str
) -> None:
    module = wat('(module (memory (export "memory") 1) (func (export "_start")))')
    with pytest.raises(error, match=message):
        wasmedge.run_wasi(module, **options)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("(module)", "is no WASI command"),
        ('(module (func (export "main")))', "is no WASI command"),
        ('(module (global (export "_start") i32 (i32.const 0)))', "is no WASI command"),
        ('(module (func (export "_initialize")))', "it is a reactor, for instantiate_reactor"),
    ],
)
def test_run_wasi_refuses_what_is_no_program(wat: Wat, text: str, message: str) -> None:
    for begin in (wasmedge.run_wasi, WasiProcess):
        with pytest.raises(wasmedge.FunctionNotFoundError, match=message):
            begin(wat(text))


@pytest.mark.parametrize("params", ["(param i32)", "(param i32 i32) (result i32)"])
def test_run_wasi_refuses_a_start_with_parameters(wat: Wat, params: str) -> None:
    result = "(i32.const 0)" if "result" in params else ""
    with pytest.raises(TypeError, match="_start"):
        wasmedge.run_wasi(wat(f'(module (func (export "_start") {params} {result}))'))
