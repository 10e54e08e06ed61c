# SPDX-License-Identifier: Apache-2.0
"""One memory that several instances, threads and arrays use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import wasmedge
from wasmedge import Configure, Limit, Memory, MemoryType, Proposal

if TYPE_CHECKING:
    from tests.conftest import InThreads, Wat

pytestmark = pytest.mark.quick

PAGE = 65536
SCALE = """
(module
  (import "env" "memory" (memory 1))
  (func (export "scale") (param $at i32) (param $count i32) (param $by f64)
    (block $end (loop $next
      (br_if $end (i32.eqz (local.get $count)))
      (f64.store (local.get $at) (f64.mul (f64.load (local.get $at)) (local.get $by)))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (br $next))))
  (func (export "grow") (result i32) (memory.grow (i32.const 1))))
"""
COUNT = """
(module
  (import "env" "memory" (memory 1 4 shared))
  (func (export "count") (param $n i32)
    (loop $again
      (drop (i32.atomic.rmw.add (i32.const 64) (i32.const 1)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "grow") (result i32) (memory.grow (i32.const 1))))
"""


def test_two_instances_and_an_array(wat: Wat) -> None:
    memory = Memory(Limit(1, 8))
    first, second = (wasmedge.instantiate(wat(SCALE), imports={"env": {"memory": memory}}) for _ in range(2))
    array = memory.view("<f8", 128, 4)
    array[:] = [1, 2, 3, 4]
    first.exports.scale(128, 4, 10.0)
    second.exports.scale(144, 2, -1.0)
    assert array.tolist() == [10, 20, -30, -40]
    assert (first.exports.grow(), second.exports.grow(), memory.pages) == (1, 2, 3)
    tail = memory.view("<f8", 3 * PAGE - 8, 1)
    tail[0] = 0.5
    second.exports.scale(3 * PAGE - 8, 1, 3.0)
    assert tail[0] == 1.5
    del first, second, memory
    assert array.tolist() == [10, 20, -30, -40]


def test_threads_count_by_atomics(wat: Wat, in_threads: InThreads) -> None:
    configure = Configure(Proposal.THREADS)
    memory = Memory(MemoryType(Limit(1, 4, shared=True)))
    assert memory.type.limit.shared
    counter = memory.view("<u4", 64, ())
    source = wat(COUNT)
    instances = [
        wasmedge.instantiate(source, imports={"env": {"memory": memory}}, configure=configure) for _ in range(2)
    ]

    def work(i: int) -> int:
        instances[i].exports.count(20_000)
        return int(counter)

    seen = in_threads(2, work)
    assert (int(counter), max(seen)) == (40_000, 40_000)
    assert instances[0].exports.grow() == 1
    assert memory.pages == 2
    assert memory.view("<u4", 64, ()) == 40_000


def test_python_writes_while_a_guest_runs(wat: Wat, in_threads: InThreads) -> None:
    """The guest runs without the GIL until an array says stop."""
    exports = wasmedge.instantiate(
        wat("""(module (memory (export "memory") 1)
            (func (export "wait") (result i32) (local $rounds i32)
              (loop $again
                (local.set $rounds (i32.add (local.get $rounds) (i32.const 1)))
                (i32.store (i32.const 8) (local.get $rounds))
                (br_if $again (i32.eqz (i32.load (i32.const 4)))))
              (local.get $rounds)))""")
    ).exports
    flag, rounds = exports.memory.view("<i4", 4, ()), exports.memory.view("<i4", 8, ())

    def work(i: int) -> Any:
        if i:
            return exports.wait()
        while rounds < 1000:
            pass
        flag[()] = 1
        return None

    assert in_threads(2, work)[1] >= 1000


@pytest.mark.parametrize("dtype", [np.int8, np.uint16, np.int32, np.uint32, np.int64, np.float32, np.float64, np.bool_])
def test_numbers_of_numpy_are_arguments(wat: Wat, dtype: type[np.generic]) -> None:
    exports = wasmedge.instantiate(
        wat("""(module (global (export "kept") (mut i64) (i64.const 0))
            (func (export "i32") (param i32) (result i32) (local.get 0))
            (func (export "i64") (param i64) (result i64) (local.get 0))
            (func (export "f32") (param f32) (result f32) (local.get 0))
            (func (export "f64") (param f64) (result f64) (local.get 0)))""")
    ).exports
    value = dtype(1)
    for name in ("i32", "i64", "f32", "f64"):
        if dtype is np.bool_ or (issubclass(dtype, np.floating) and name[0] == "i"):
            with pytest.raises(TypeError):
                exports[name](value)
        else:
            found = exports[name](value)
            assert (type(found), found) == (int if name[0] == "i" else float, 1)
    if issubclass(dtype, np.integer):
        exports.kept.value = value
        assert (type(exports.kept.value), exports.kept.value) == (int, 1)
