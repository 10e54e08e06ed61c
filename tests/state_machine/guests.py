# SPDX-License-Identifier: Apache-2.0
"""The modules of a run."""

from __future__ import annotations

import functools

TEXTS = {
    "counter": """
      (module
        (memory $m (export "memory") 1 3)
        (global $count (export "count") (mut i32) (i32.const 0))
        (global (export "seven") i64 (i64.const 7))
        (func (export "next") (result i32)
          (global.set $count (i32.add (global.get $count) (i32.const 1)))
          (i32.store (i32.const 0) (global.get $count))
          (global.get $count))
        (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
        (func (export "both") (param i64 f64) (result f64 i64) (local.get 1) (local.get 0))
        (func (export "peek") (param i32) (result i32) (i32.load8_u (local.get 0)))
        (func (export "poke") (param i32 i32) (i32.store8 (local.get 0) (local.get 1)))
        (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
        (func (export "divide") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
        (func (export "trap") (result i32) unreachable))""",
    "keeper": """
      (module
        (table $things (export "things") 2 4 externref)
        (global $thing (export "thing") (mut externref) (ref.null extern))
        (global $callee (export "callee") (mut funcref) (ref.null func))
        (func (export "put") (param i32 externref) (table.set $things (local.get 0) (local.get 1)))
        (func (export "get") (param i32) (result externref) (table.get $things (local.get 0)))
        (func (export "keep") (param externref) (global.set $thing (local.get 0)))
        (func (export "adopt") (param funcref) (global.set $callee (local.get 0)))
        (func (export "kept") (result externref) (global.get $thing))
        (func (export "grow") (param externref i32) (result i32)
          (table.grow $things (local.get 0) (local.get 1))))""",
    # Has nowhere to keep an object: it can only pass one on to a function that it has been lent.
    "dealer": """
      (module
        (type $thunk (func (result i32)))
        (table $functions (export "functions") 2 5 funcref)
        (global $fixed i32 (i32.const 30))
        (global $left (mut i32) (i32.const 20))
        (func $own (export "own") (result i32) (global.get $fixed))
        (func (export "lend") (param i32 funcref) (table.set $functions (local.get 0) (local.get 1)))
        (func (export "give own") (param i32)
          (call_indirect $functions (param i32 funcref) (i32.const 0) (ref.func $own) (local.get 0)))
        (func (export "lent") (param i32) (result funcref) (table.get $functions (local.get 0)))
        (func (export "call") (param i32) (result i32) (call_indirect $functions (type $thunk) (local.get 0)))
        (func (export "keep") (param externref)
          (if (i32.eqz (global.get $left)) (then return)) ;; it may be lent itself
          (global.set $left (i32.sub (global.get $left) (i32.const 1)))
          (call_indirect $functions (param externref) (local.get 0) (i32.const 0))))""",
    "borrower": """
      (module
        (import "env" "memory" (memory 1))
        (import "env" "functions" (table $functions 1 funcref))
        (import "env" "number" (global $number (mut i32)))
        (import "env" "host" (func $host (result i32)))
        (global (export "own number") (mut i32) (i32.const 3))
        (elem (table $functions) (i32.const 0) func $own)
        (data (i32.const 8) "lent")
        (func $own (export "own") (result i32) (i32.add (global.get $number) (i32.const 40)))
        (func (export "bump") (result i32)
          (global.set $number (i32.add (global.get $number) (i32.const 1)))
          (global.get $number))
        (func (export "host plus one") (result i32) (i32.add (call $host) (i32.const 1)))
        (func (export "poke") (param i32 i32) (i32.store8 (local.get 0) (local.get 1)))
        (func (export "call") (param i32) (result i32) (call_indirect $functions (result i32) (local.get 0)))
        (export "memory" (memory 0)) (export "functions" (table $functions)) (export "number" (global $number))
        (export "host" (func $host)))""",
    "starter": """
      (module
        (import "env" "functions" (table $functions 1 funcref))
        (import "env" "host" (func $host (result i32)))
        (import "env" "keep" (func $keep (param externref)))
        (global $count (export "count") (mut i32) (i32.const 0))
        (global $fixed i32 (i32.const 70))
        (memory (export "memory") 1 1)
        (elem (table $functions) (i32.const 0) func $left)
        (func (export "fixed") (result i32) (global.get $fixed))
        (func $left (export "left") (result i32)
          (call $keep (ref.null extern))
          (i32.add (global.get $count) (global.get $fixed)))
        (func (export "next") (result i32)
          (global.set $count (i32.add (global.get $count) (i32.const 1)))
          (global.get $count))
        (func $start
          (global.set $count (call $host))
          (if (i32.eq (global.get $count) (i32.const 13)) (then unreachable)))
        (start $start))""",
    "passer": """
      (module
        (import "env" "things" (table $things 1 externref))
        (import "env" "thing" (global $thing (mut externref)))
        (import "env" "keep" (func $keep (param externref)))
        (func (export "pass on") (param externref) (call $keep (local.get 0)))
        (func (export "put") (param i32 externref) (table.set $things (local.get 0) (local.get 1)))
        (func (export "keep") (param externref) (global.set $thing (local.get 0))))""",
    "thrower": """
      (module
        (tag $oops (export "oops") (param i32))
        (func (export "throw") (param i32) (if (local.get 0) (then (throw $oops (local.get 0))))))""",
    "catcher": """
      (module
        (import "env" "oops" (tag $oops (param i32)))
        (import "env" "throw" (func $throw (param i32)))
        (func (export "catch") (param i32) (result i32)
          (block $caught (result i32)
            (try_table (catch $oops $caught) (call $throw (local.get 0)))
            (i32.const -1)))
        (func (export "throw") (param i32) (throw $oops (local.get 0)))
        (export "oops" (tag $oops)))""",
}
KINDS = tuple(TEXTS)


@functools.cache
def binary(kind: str) -> bytes:
    """Translate one of the modules to the binary format."""
    # Not at the top of the file: repeating a run's steps has to begin quickly.
    import wasmtime  # noqa: PLC0415

    return bytes(wasmtime.wat2wasm(TEXTS[kind]))
