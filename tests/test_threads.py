# SPDX-License-Identifier: Apache-2.0
"""Threads: everything that runs lets the others run, and keeps what it needs until it ends."""

from __future__ import annotations

import gc
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

import wasmedge
from wasmedge import VM

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import InThreads, Wat

# Counts down; ends early when the word at 0 is set.
SPIN = """
(module
  (memory (export "memory") 1)
  (func $spin (export "spin") (param $n i64) (result i64)
    (loop $again
      (local.set $n (i64.sub (local.get $n) (i64.const 1)))
      (br_if $again (i32.and (i64.ne (local.get $n) (i64.const 0)) (i32.eqz (i32.load (i32.const 0))))))
    (local.get $n))
  (func (export "sum") (param $n i32) (result i64) (local $sum i64)
    (loop $again
      (local.set $sum (i64.add (local.get $sum) (i64.extend_i32_u (local.get $n))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum)))
"""
ENDLESS = 2**62
STOP = b"\1\0\0\0"


def test_threads_two_instances_run_at_once(wat: Wat, in_threads: InThreads) -> None:
    instances = [wasmedge.instantiate(wat(SPIN)) for _ in range(2)]

    def work(i: int) -> bool:
        # Each ends only when the other has stopped it, which it does only while both are running.
        if i == 1:
            time.sleep(0.05)
            instances[0].exports.memory.write(0, STOP)
            return True
        return bool(instances[0].exports.spin(ENDLESS) > 0)

    assert in_threads(2, work) == [True, True]
    results = in_threads(2, lambda i: [instances[i].exports.sum(10_000 + i) for _ in range(50)])
    assert results == [[n * (n + 1) // 2] * 50 for n in (10_000, 10_001)]


RUNNERS: dict[str, Callable[[VM], Any]] = {
    "function": lambda vm: vm.store["spin"].exports.spin(ENDLESS),
    "executor": lambda vm: vm.executor.invoke(vm.store["spin"].exports.spin, ENDLESS),
    "execute_registered": lambda vm: vm.execute_registered("spin", "spin", ENDLESS),
    "execute": lambda vm: vm.execute("spin", ENDLESS),
    "instantiate": lambda vm: vm.instantiate(),
}


@pytest.mark.parametrize("way", RUNNERS)
def test_threads_go_on_while_one_is_running(wat: Wat, way: str) -> None:
    vm = VM()
    shared = vm.register(wat(SPIN), "spin")
    passing = """
        (module (import "spin" "spin" (func $spin (param i64) (result i64))) (export "spin" (func $spin))
          (func $start (drop (call $spin (i64.const {})))) (start $start))"""
    vm.load(wat(passing.format(1)))
    vm.validate()
    vm.instantiate()
    if way == "instantiate":
        vm.load(wat(passing.format(ENDLESS)))
        vm.validate()
    ended = threading.Event()

    def run() -> None:
        RUNNERS[way](vm)
        ended.set()

    thread = threading.Thread(target=run)
    thread.start()
    progress = 0
    end = time.monotonic() + 0.1
    while time.monotonic() < end:
        progress += 1
    assert not ended.is_set()
    assert progress > 1000
    assert wasmedge.instantiate(wat(SPIN)).exports.sum(3) == 6
    shared.exports.memory.write(0, STOP)
    thread.join(timeout=30)
    assert ended.is_set()


def test_threads_large_copies_let_others_run(wat: Wat, in_threads: InThreads) -> None:
    memory = wasmedge.instantiate(wat('(module (memory (export "memory") 512))')).exports.memory
    data = bytes(range(256)) * (memory.size // 256)
    results = in_threads(4, lambda i: memory.write(0, data) if i % 2 else memory.read(0, memory.size))
    assert [result is None for result in results] == [False, True, False, True]
    assert memory.read(0, memory.size) == data


def test_threads_close_a_vm_that_is_running(wat: Wat) -> None:
    vm = VM()
    source = wat(SPIN)
    spinning = vm.register(source, "spin")
    vm.load(source)
    vm.validate()
    vm.instantiate()
    active = vm.active_instance
    assert active is not None
    results: list[int] = []
    threads = [
        threading.Thread(target=lambda: results.append(vm.execute("spin", ENDLESS))),
        threading.Thread(target=lambda: results.append(vm.execute_registered("spin", "spin", ENDLESS))),
    ]
    for thread in threads:
        thread.start()
    time.sleep(0.1)
    vm.close()
    gc.collect()
    memories = [active.exports.memory, spinning.exports.memory]
    for memory in memories:
        memory.write(0, STOP)
    for thread in threads:
        thread.join(timeout=30)
    assert [result > 0 for result in results] == [True, True]


def test_threads_drop_everything_while_it_is_running(wat: Wat) -> None:
    instance = wasmedge.instantiate(wat(SPIN))
    memory, function = instance.exports.memory, instance.exports.spin
    results: list[int] = []
    thread = threading.Thread(target=lambda function=function: results.append(function(ENDLESS)))
    thread.start()
    del instance, function
    for _ in range(5):
        gc.collect()
        time.sleep(0.01)
    memory.write(0, STOP)
    del memory
    thread.join(timeout=30)
    assert len(results) == 1
    assert results[0] > 0
