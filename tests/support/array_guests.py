# SPDX-License-Identifier: Apache-2.0
"""Guests whose functions the tests of arrays use."""

from __future__ import annotations

NUMBERS = """
(module
  (func (export "add_i32") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "add_i64") (param i64 i64) (result i64) (i64.add (local.get 0) (local.get 1)))
  (func (export "add_f32") (param f32 f32) (result f32) (f32.add (local.get 0) (local.get 1)))
  (func (export "add_f64") (param f64 f64) (result f64) (f64.add (local.get 0) (local.get 1)))
  (func (export "divide") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
  (func (export "divmod") (param i64 i64) (result i64 i64)
    (i64.div_s (local.get 0) (local.get 1)) (i64.rem_s (local.get 0) (local.get 1)))
  (func (export "mixed") (param i32 i64 f32 f64) (result f64 f32 i64 i32)
    (local.get 3) (local.get 2) (local.get 1) (local.get 0))
  (func (export "shift") (param f64 i32) (result f64) (f64.add (local.get 0) (f64.convert_i32_s (local.get 1))))
  (func (export "inverse") (param f64) (result f64) (f64.div (f64.const 1) (local.get 0)))
  (func (export "vector") (param v128) (result v128) (local.get 0))
  (func (export "reference") (param externref) (result i32) (i32.const 1))
  (func (export "nothing") (param i32))
  (func (export "constant") (result i32) (i32.const 1))
  (global (export "global") i32 (i32.const 1)))
"""

STATE = """
(module
  (import "env" "f" (func $f (param f64) (result f64)))
  (memory (export "memory") 1)
  (memory 1)
  (global $count (export "count") (mut i32) (i32.const 0))
  (func $begin (global.set $count (i32.const 10)))
  (start $begin)
  (func (export "count_up") (param i32) (result i32)
    (global.set $count (i32.add (global.get $count) (i32.const 1))) (global.get $count))
  (func (export "call_f") (param f64) (result f64) (call $f (local.get 0)))
  (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "spin") (param i32) (result i32)
    (loop $again (br_if $again (i32.eq (local.get 0) (i32.const 7)))) (local.get 0))
  (func $deep (export "deep") (param i64) (result i64)
    (if (result i64) (i64.eqz (local.get 0)) (then (i64.const 1))
      (else (i64.xor (local.get 0) (i64.mul (call $deep (i64.add (local.get 0) (i64.const 1))) (i64.const 3)))))))
"""

POINTERS = """
(module
  (memory (export "memory") 1)
  (func (export "twice") (param $in i32) (param $out i32) (param $n i32) (local $i i32)
    (block $end (loop $again
      (br_if $end (i32.ge_u (local.get $i) (local.get $n)))
      (f64.store (i32.add (local.get $out) (i32.shl (local.get $i) (i32.const 3)))
        (f64.mul (f64.const 2) (f64.load (i32.add (local.get $in) (i32.shl (local.get $i) (i32.const 3))))))
      (local.set $i (i32.add (local.get $i) (i32.const 1))) (br $again))))
  (func (export "dot") (param $a i32) (param $b i32) (param $n i32) (result f64) (local $i i32) (local $sum f64)
    (block $end (loop $again
      (br_if $end (i32.ge_u (local.get $i) (local.get $n)))
      (local.set $sum (f64.add (local.get $sum) (f64.mul
        (f64.load (i32.add (local.get $a) (i32.shl (local.get $i) (i32.const 3))))
        (f64.load (i32.add (local.get $b) (i32.shl (local.get $i) (i32.const 3)))))))
      (local.set $i (i32.add (local.get $i) (i32.const 1))) (br $again)))
    (local.get $sum))
  ;; out[i][j] = f * in[j][i], and the lengths before the arrays, one of them as an i64
  (func (export "transpose") (param $m i64) (param $n i32) (param $f f32) (param $in i32) (param $out i32)
    (local $i i32) (local $j i32)
    (loop $rows
      (local.set $j (i32.const 0))
      (loop $columns
        (f32.store
          (i32.add (local.get $out) (i32.shl (i32.add (i32.mul (local.get $j) (i32.wrap_i64 (local.get $m)))
            (local.get $i)) (i32.const 2)))
          (f32.mul (local.get $f) (f32.load
            (i32.add (local.get $in) (i32.shl (i32.add (i32.mul (local.get $i) (local.get $n)) (local.get $j))
              (i32.const 2))))))
        (br_if $columns (i32.lt_u (local.tee $j (i32.add (local.get $j) (i32.const 1))) (local.get $n))))
      (br_if $rows (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.wrap_i64 (local.get $m))))))
  (func (export "divide_first") (param $in i32) (param $out i32) (param $n i32)
    (i32.store (local.get $out) (i32.div_s (i32.const 100) (i32.load (local.get $in)))))
  (func (export "grow_and_sum") (param $in i32) (param $out i32) (param $n i32)
    (drop (memory.grow (i32.const 1)))
    (i32.store (local.get $out) (i32.load (local.get $in)))))
"""
