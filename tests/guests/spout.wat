;; SPDX-License-Identifier: Apache-2.0
;; Writes pieces of 64 KiB to stdout, COUNT of them or without end when that is negative, and then a line to stderr.
(module
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 3)
    (data (i32.const 16) "done\n")
    (func $put (param i32 i32 i32) (local $error i32)
        (i32.store (i32.const 0) (local.get 1))
        (i32.store (i32.const 4) (local.get 2))
        (local.set $error (call $write (local.get 0) (i32.const 0) (i32.const 1) (i32.const 8)))
        (if (local.get $error) (then (call $exit (local.get $error)))))
    (func (export "_start") (local $left i32)
        (local.set $left (i32.const COUNT))
        (memory.fill (i32.const 65536) (i32.const 120) (i32.const 65536))
        (loop $more
            (if (local.get $left) (then
                (call $put (i32.const 1) (i32.const 65536) (i32.const 65536))
                (local.set $left (i32.sub (local.get $left) (i32.const 1)))
                (br $more))))
        (call $put (i32.const 2) (i32.const 16) (i32.const 5))))
