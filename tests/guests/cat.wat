;; SPDX-License-Identifier: Apache-2.0
;; Copies stdin to stdout, in pieces of 4 KiB; exits with the errno of what goes wrong.
(module
    (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1)
    (func $check (param i32) (if (local.get 0) (then (call $exit (local.get 0)))))
    (func (export "_start") (local $left i32) (local $from i32)
        (loop $more
            (i32.store (i32.const 0) (i32.const 1024))
            (i32.store (i32.const 4) (i32.const 4096))
            (call $check (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
            (local.set $left (i32.load (i32.const 8)))
            (if (i32.eqz (local.get $left)) (then return))
            (local.set $from (i32.const 1024))
            (loop $rest
                (i32.store (i32.const 0) (local.get $from))
                (i32.store (i32.const 4) (local.get $left))
                (call $check (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
                (local.set $from (i32.add (local.get $from) (i32.load (i32.const 8))))
                (local.set $left (i32.sub (local.get $left) (i32.load (i32.const 8))))
                (br_if $rest (local.get $left)))
            (br $more))))
