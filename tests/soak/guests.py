# SPDX-License-Identifier: Apache-2.0
"""The modules of the load."""

from __future__ import annotations

import functools

from wasmedge import Module

# One function for each thing that a guest can do to its host.
WORKER = """
(module
  (import "env" "double" (func $double (param i64) (result i64)))
  (memory (export "memory") 1 64)
  (table (export "table") 4 64 externref)
  (table $calls 2 funcref) (elem (table $calls) (i32.const 0) func $wrong)
  (global $count (export "count") (mut i64) (i64.const 0))
  (type $binary (func (param i64 i64) (result i64)))
  (func $wrong)
  (func $fib (export "fib") (param i32) (result i32)
    (if (result i32) (i32.lt_s (local.get 0) (i32.const 2))
      (then (i32.const 1))
      (else (i32.add
        (call $fib (i32.sub (local.get 0) (i32.const 1)))
        (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
  (func (export "add") (param i64 i64) (result i64) (i64.add (local.get 0) (local.get 1)))
  (func (export "twice") (param i64) (result i64) (call $double (local.get 0)))
  (func (export "next") (result i64)
    (global.set $count (i64.add (global.get $count) (i64.const 1)))
    (global.get $count))
  (func (export "swap") (param i64 f64) (result f64 i64) (local.get 1) (local.get 0))
  (func (export "keep") (param i32 externref) (table.set 0 (local.get 0) (local.get 1)))
  (func (export "kept") (param i32) (result externref) (table.get 0 (local.get 0)))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "fill") (param i32 i32) (memory.fill (i32.const 0) (local.get 0) (local.get 1)))
  (func (export "endless") (loop $again (br $again)))
  ;; What it does after the call keeps the compiler from making a loop of it.
  (func $deep (export "deep") (result i32) (i32.store (i32.const 0) (call $deep)) (i32.const 1))
  (func (export "unreachable") unreachable)
  (func (export "divide") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
  (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "indirect") (param i32) (result i64)
    (call_indirect $calls (type $binary) (i64.const 1) (i64.const 2) (local.get 0))))
"""


@functools.cache
def worker() -> Module:
    """Return the module, parsed once."""
    # Not at the top of the file: type checkers and --help do without it.
    import wasmtime  # noqa: PLC0415

    return Module.from_bytes(bytes(wasmtime.wat2wasm(WORKER)))


def unlike_any_other(number: int) -> bytes:
    """Return a module that gives a number, for compilers that know what they have seen."""
    constant = b"\x41" + (number % 64).to_bytes(1, "little")
    name = f"n{number}".encode()
    custom = bytes([len(name) + 1, len(name)]) + name
    body = b"\x00" + constant + b"\x0b"
    code = bytes([1, len(body)]) + body
    return (
        b"\0asm\1\0\0\0"
        + (b"\0" + custom)
        + b"\1\5\1\x60\0\1\x7f"
        + b"\3\2\1\0"
        + b"\7\5\1\1f\0\0"
        + b"\x0a"
        + bytes([len(code)])
        + code
    )
