# SPDX-License-Identifier: Apache-2.0
"""WASI programs in one call, beside their caller, and as libraries."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import wasmedge
from wasmedge import CAPTURE, PIPE, STDOUT, WasiModule, WasiProcess

if TYPE_CHECKING:
    from tests.conftest import InThreads, RunPython, Wat

pytestmark = pytest.mark.quick

WRITES = """
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1)
    (data (i32.const 0) "\\10\\00\\00\\00\\05\\00\\00\\00")
    (data (i32.const 16) "words")
    (func $say (param i32) (drop (call $write (local.get 0) (i32.const 0) (i32.const 1) (i32.const 8))))"""


def program(wat: Wat, body: str, export: str = "_start") -> bytes:
    """Make a program of which the body may use $say and $exit."""
    return wat(f'(module {WRITES} (func (export "{export}") {body}))')


@pytest.mark.parametrize("code", [0, 1, 42, 255, 256, 2**32 - 1])
def test_run_wasi_returns_the_exit_code(wat: Wat, code: int) -> None:
    module = program(wat, f"(call $exit (i32.const {code}))")
    done = wasmedge.run_wasi(module)
    assert (done.returncode, done.stdout, done.stderr, done.args) == (code, None, None, ["program.wasm"])
    if code == 0:
        done.check_returncode()
        return
    with pytest.raises(wasmedge.ExitError) as caught:
        wasmedge.run_wasi(module, check=True)
    assert caught.value.exit_code == code


def test_run_wasi_keeps_what_was_written_before_the_exit(wat: Wat) -> None:
    module = program(wat, "(call $say (i32.const 1)) (call $exit (i32.const 3)) (call $say (i32.const 2))")
    done = wasmedge.run_wasi(module, capture_output=True)
    assert (done.returncode, done.stdout, done.stderr) == (3, b"words", b"")
    with pytest.raises(wasmedge.ExitError) as caught:
        wasmedge.run_wasi(module, capture_output=True, encoding="utf-8", check=True)
    assert vars(caught.value)["stdout"] == "words"


def test_run_wasi_never_takes_a_trap_for_an_exit(wat: Wat) -> None:
    for check in (False, True):
        with pytest.raises(wasmedge.Trap) as caught:
            wasmedge.run_wasi(program(wat, "(call $say (i32.const 1)) unreachable"), stdout=CAPTURE, check=check)
        assert vars(caught.value)["stdout"] == b"words"


def test_run_wasi_names_the_program(wat: Wat, tmp_path: Path) -> None:
    path = tmp_path / "app.wasm"
    path.write_bytes(program(wat, ""))
    assert wasmedge.run_wasi(path, ["a", "b"]).args == ["app.wasm", "a", "b"]
    assert wasmedge.run_wasi(str(path), name="other").args == ["other"]
    assert wasmedge.run_wasi(wasmedge.Module.from_file(path)).args == ["program.wasm"]


def test_run_wasi_refuses_what_is_no_command(wat: Wat) -> None:
    with pytest.raises(wasmedge.FunctionNotFoundError, match=r"no WASI command.*'_start'$"):
        wasmedge.run_wasi(wat("(module)"))
    with pytest.raises(wasmedge.FunctionNotFoundError, match="instantiate_reactor"):
        wasmedge.run_wasi(program(wat, "", export="_initialize"))
    with pytest.raises(wasmedge.FunctionNotFoundError, match="no WASI command"):
        wasmedge.run_wasi(wat('(module (memory (export "_start") 1))'))


def test_run_wasi_refuses_wrong_options(wat: Wat) -> None:
    module = program(wat, "")
    wrong: list[tuple[dict[str, Any], type[Exception], str]] = [
        ({"args": "abc"}, TypeError, "not one str"),
        ({"args": ["a\0"]}, ValueError, "null byte|NUL"),
        ({"capture_output": True, "stdout": CAPTURE}, ValueError, "capture_output"),
        ({"preopens": {"/": Path("/none/at/all")}}, FileNotFoundError, "/none/at/all"),
        ({"configure": wasmedge.Configure(wasmedge.HostRegistration.WASI)}, ValueError, "WASI"),
    ]
    for options, error, message in wrong:
        with pytest.raises(error, match=message):
            wasmedge.run_wasi(module, **options)


def test_run_wasi_takes_other_imports(wat: Wat) -> None:
    seen: list[int] = []
    text = '(module (import "env" "see" (func $see (param i32))) (func (export "_start") (call $see (i32.const 7))))'
    wasmedge.run_wasi(wat(text), imports={"env": {"see": seen.append}})
    assert seen == [7]


def test_run_wasi_runs_in_threads(wat: Wat, in_threads: InThreads) -> None:
    modules = [program(wat, f"(call $say (i32.const 1)) (call $exit (i32.const {i}))") for i in range(8)]

    def work(i: int) -> tuple[int, bytes]:
        done = wasmedge.run_wasi(modules[i], stdout=CAPTURE)
        return done.returncode, done.stdout

    assert in_threads(8, work) == [(i, b"words") for i in range(8)]


def test_reactors_are_initialised_once(wat: Wat) -> None:
    module = wat(
        f'(module {WRITES} (global $n (mut i32) (i32.const 0)) (func (export "_initialize") (call $say (i32.const 1)) '
        '(global.set $n (i32.add (global.get $n) (i32.const 1)))) (func (export "n") (result i32) (global.get $n)))'
    )
    wasi = WasiModule(stdout=CAPTURE)
    reactor = wasmedge.instantiate_reactor(module, wasi)
    assert reactor.exports.n() == reactor.exports.n() == 1
    assert wasi.stdout == b"words"
    assert wasmedge.instantiate_reactor(wat('(module (func (export "f")))')).exports.f() is None
    with pytest.raises(ValueError, match="command"):
        wasmedge.instantiate_reactor(program(wat, ""))
    with pytest.raises(wasmedge.ExitError) as caught:
        wasmedge.instantiate_reactor(program(wat, "(call $exit (i32.const 5))", export="_initialize"))
    assert caught.value.exit_code == 5


def test_wasi_process_runs_beside_its_caller(examples: Path) -> None:
    with WasiProcess(examples / "wordfreq.wasm", ["-n", "0"], stdin=PIPE, stdout=PIPE) as process:
        assert process.poll() is None
        assert "running" in repr(process)
        with pytest.raises(TimeoutError, match="wordfreq"):
            process.wait(0.01)
        output, errors = process.communicate(b"one two " * 100_000)
    assert (process.returncode, process.poll(), errors) == (0, 0, None)
    assert output.split()[3:5] == [b"words", b"200000"] or b"200000" in output.split()


def test_wasi_process_collects_without_pipes(wat: Wat) -> None:
    process = WasiProcess(program(wat, "(call $say (i32.const 2))"), stdout=CAPTURE, stderr=STDOUT)
    assert process.communicate() == (b"words", None)
    assert process.wait() == 0
    with pytest.raises(ValueError, match="stdin is no PIPE"):
        process.communicate(b"input")


def test_wasi_process_raises_what_the_program_did(wat: Wat) -> None:
    process = WasiProcess(program(wat, "unreachable"))
    with pytest.raises(wasmedge.Trap):
        process.wait(30)
    with pytest.raises(wasmedge.Trap):
        process.poll()
    assert process.returncode is None
    with pytest.raises(wasmedge.FunctionNotFoundError):
        WasiProcess(wat("(module)"))


def test_wasi_process_may_leave_its_input_unread(wat: Wat) -> None:
    process = WasiProcess(program(wat, "(call $say (i32.const 1))"), stdin=PIPE, stdout=PIPE)
    assert process.communicate(b"x" * 5_000_000, timeout=30) == (b"words", None)
    assert threading.active_count() < 20


def test_wasi_process_does_not_keep_the_interpreter(run_python: RunPython, wat: Wat) -> None:
    code = """
        import wasmedge

        process = wasmedge.WasiProcess(module, stdin=wasmedge.PIPE)
        print(process.poll(), flush=True)
    """
    reads = wat(
        '(module (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32))) (memory '
        '(export "memory") 1) (func (export "_start") (i32.store (i32.const 4) (i32.const 9)) '
        "(drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 32)))))"
    )
    done = run_python(code, module=reads)
    assert (done.returncode, done.stdout, done.stderr) == (0, "None\n", "")
