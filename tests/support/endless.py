# SPDX-License-Identifier: Apache-2.0
"""Guests that do not end by themselves, and some that do."""

from __future__ import annotations

ENDLESS = """
(module
  (import "env" "callback" (func $callback))
  (memory (export "memory") 1 4000)
  (global $rounds (export "rounds") (mut i64) (i64.const 0))
  (func (export "spin") (loop $again (br $again)))
  (func (export "count") (loop $again
    (global.set $rounds (i64.add (global.get $rounds) (i64.const 1))) (br $again)))
  (func (export "sum") (param $n i64) (result i64) (local $sum i64)
    (loop $again
      (local.set $sum (i64.add (local.get $sum) (local.get $n)))
      (br_if $again (i64.ne (i64.const 0) (local.tee $n (i64.sub (local.get $n) (i64.const 1))))))
    (local.get $sum))
  (func (export "call_back") (loop $again (call $callback) (br $again)))
  (func (export "call_back_once") (call $callback))
  (func (export "grow") (loop $again (drop (memory.grow (i32.const 1))) (br $again)))
  (func (export "answer") (result i32) (i32.const 42))
  (func $deep (export "deep") (param i64) (result i64)
    ;; What no compiler makes a loop of.
    (i64.xor (local.get 0) (i64.mul (call $deep (i64.add (local.get 0) (i64.const 1))) (i64.const 3))))
  (func (export "divide") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
  (func (export "load") (param i32) (result i32) (i32.load (local.get 0))))
"""
