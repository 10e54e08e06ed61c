# SPDX-License-Identifier: Apache-2.0
"""WASI programs that do not end by themselves: they compute, sleep, wait for input, or write without end."""

from __future__ import annotations

import concurrent.futures
import time
from typing import TYPE_CHECKING, Any

import pytest

import wasmedge
from wasmedge import PIPE, Interrupted, WasiProcess

if TYPE_CHECKING:
    from tests.conftest import Wat

MODES = ["interpreter", "aot"]
PROGRAM = """
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  ;; Two buffers of eight bytes, and a subscription to the monotonic clock in an hour.
  (data (i32.const 0) "\\10\\00\\00\\00\\08\\00\\00\\00")
  (data (i32.const 16) "written\\n")
  (data (i32.const 80) "\\01\\00\\00\\00\\00\\00\\00\\00")
  (data (i32.const 88) "\\00\\a0\\b8\\30\\46\\03\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00")
  (func (export "_start")
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
    (loop $again WORK (br $again))))
"""
WORKS = {
    "computes": "",
    "sleeps": "(drop (call $poll (i32.const 64) (i32.const 200) (i32.const 1) (i32.const 8)))",
    "reads": "(drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))",
    "writes": "(drop (call $write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 8)))",
}


def _program(wat: Wat, work: str) -> bytes:
    return wat(PROGRAM.replace("WORK", WORKS[work]))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("work", WORKS)
def test_program_that_has_a_time_limit(wat: Wat, work: str, mode: str) -> None:
    choices: dict[str, dict[str, Any]] = {"reads": {"stdin": PIPE}, "writes": {"stderr": lambda _: None}}
    streams = choices.get(work, {})
    process = WasiProcess(_program(wat, work), stdout=PIPE, run_mode=mode, **streams)
    assert process.stdout.read(8) == b"written\n"
    assert process.poll() is None
    begin = time.monotonic()
    process.kill()
    with pytest.raises(Interrupted):
        process.wait(30)
    assert time.monotonic() - begin < 20


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("work", ["computes", "sleeps"])
def test_run_wasi_with_a_time_limit(wat: Wat, work: str, mode: str) -> None:
    with pytest.raises(TimeoutError) as caught:
        wasmedge.run_wasi(_program(wat, work), capture_output=True, timeout=0.3, run_mode=mode)
    assert vars(caught.value)["stdout"] == b"written\n"


def test_run_wasi_with_fuel(wat: Wat) -> None:
    with pytest.raises(wasmedge.CostLimitExceeded) as caught:
        wasmedge.run_wasi(_program(wat, "computes"), capture_output=True, fuel=100_000, run_mode="interpreter")
    assert vars(caught.value)["stdout"] == b"written\n"


def test_run_wasi_in_a_mode(wat: Wat) -> None:
    source = wat('(module (memory (export "memory") 1) (func (export "_start")))')
    for mode in ("interpreter", "aot", "jit", "auto"):
        assert wasmedge.run_wasi(source, run_mode=mode).returncode == 0
    with pytest.raises(ValueError, match="nonsense"):
        wasmedge.run_wasi(source, run_mode="nonsense")


def test_run_wasi_async(wat: Wat) -> None:
    done = wasmedge.run_wasi_async(
        "examples/wordfreq.wasm", ["-n", "0"], stdin="to be", capture_output=True, encoding="utf-8"
    )
    assert done.result(60).stdout.split()[:2] == ["lines", "1"]
    calls = [wasmedge.run_wasi_async(_program(wat, work)) for work in ("computes", "sleeps")]
    time.sleep(0.2)
    for call in calls:
        assert call.cancel()
    for call in calls:
        with pytest.raises(concurrent.futures.CancelledError):
            call.result(30)


def test_process_is_killed_after_an_exception(wat: Wat) -> None:
    process = WasiProcess(_program(wat, "sleeps"), stdout=PIPE)
    with pytest.raises(KeyError), process:
        raise KeyError
    assert process.returncode is None
    with pytest.raises(Interrupted):
        process.wait(30)
