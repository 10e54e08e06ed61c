# SPDX-License-Identifier: Apache-2.0
"""The WASI programs that tests of streams run, and what they answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Wat

BADF = 8

GUESTS = Path(__file__).resolve().parents[1] / "guests"
CAT = (GUESTS / "cat.wat").read_text("utf-8")


def spout(wat: Wat, count: int) -> bytes:
    """Make a program that writes `count` times 64 KiB."""
    return wat((GUESTS / "spout.wat").read_text("utf-8").replace("COUNT", str(count)))


# Opens "file" of its first directory 10,000 times, and closes none; exits with the first error.
OPENS = """(module
    (import "wasi_snapshot_preview1" "path_open"
        (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1)
    (data (i32.const 64) "file")
    (func (export "_start") (local $left i32) (local $error i32)
        (local.set $left (i32.const 10000))
        (loop $more
            (local.set $error (call $open (i32.const 3) (i32.const 0) (i32.const 64) (i32.const 4) (i32.const 0)
                (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 0)))
            (if (local.get $error) (then (call $exit (local.get $error))))
            (local.set $left (i32.sub (local.get $left) (i32.const 1)))
            (br_if $more (local.get $left)))))"""
