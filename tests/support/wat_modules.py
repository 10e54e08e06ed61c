# SPDX-License-Identifier: Apache-2.0
"""WebAssembly text that the tests of several files use."""

# Counts its calls.
COUNTER = """
(module
  (global $count (mut i32) (i32.const 0))
  (memory (export "memory") 1)
  (func (export "next") (result i32)
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (global.get $count))
  (func (export "swap") (param i32 f64) (result f64 i32) (local.get 1) (local.get 0)))
"""

# Imports that counter.
TWICE = """
(module
  (import "counter" "next" (func $next (result i32)))
  (func (export "twice") (result i32) (drop (call $next)) (call $next)))
"""

# Calls what it imports, and keeps functions in a table.
CALLER = """
(module (import "env" "f" (func $f (param i32) (result i32)))
  (table (export "table") 2 funcref) (elem (i32.const 1) $own)
  (memory (export "memory") 1)
  (func $own (result i32) (i32.const 9))
  (func (export "set") (param funcref) (table.set (i32.const 0) (local.get 0)))
  (func (export "run") (param i32) (result i32)
    (i32.store (i32.const 0) (i32.const 1))
    (i32.add (call $f (local.get 0)) (i32.load (i32.const 0)))))
"""
