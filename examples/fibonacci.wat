;; SPDX-License-Identifier: Apache-2.0
;; fib(0) = fib(1) = 1, fib(n) = fib(n - 2) + fib(n - 1); below zero it is 1 as well.
(module
  (export "fib" (func $fib))
  (func $fib (param $n i32) (result i32)
    (if (i32.lt_s (local.get $n) (i32.const 2))
      (then (return (i32.const 1))))
    (i32.add
      (call $fib (i32.sub (local.get $n) (i32.const 2)))
      (call $fib (i32.sub (local.get $n) (i32.const 1))))))
