;; SPDX-License-Identifier: Apache-2.0
;; Adds up prices that the host knows, and says so in the host's log.
(module
  (import "env" "price" (func $price (param i32) (result f64)))
  (import "env" "log" (func $log (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "prices added up")
  (func (export "total") (param $first i32) (param $last i32) (result f64)
    (local $sum f64)
    (block $done
      (loop $next
        (br_if $done (i32.gt_s (local.get $first) (local.get $last)))
        (local.set $sum (f64.add (local.get $sum) (call $price (local.get $first))))
        (local.set $first (i32.add (local.get $first) (i32.const 1)))
        (br $next)))
    (call $log (i32.const 16) (i32.const 15))
    (local.get $sum)))
