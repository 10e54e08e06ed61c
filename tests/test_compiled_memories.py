# SPDX-License-Identifier: Apache-2.0
"""Memories and globals in compiled code, which keeps their places: growth and the host's changes are seen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

import wasmedge
from wasmedge import Compiler, Configure, Function, Global, Memory, OptimizationLevel, OutputFormat, Proposal, RunMode

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Wat

PAGE = 65536
LEVELS = [OptimizationLevel.O0, OptimizationLevel.O3]
# Writes each turn's number to the last page, adds a page, and then reads the number.
GROWING = f"""(module (memory (export "memory") 1)
  (func (export "run") (param i32) (result i32) (local $i i32) (local $sum i32)
    (loop
      (i32.store (i32.mul (local.get $i) (i32.const {PAGE})) (local.get $i))
      (drop (memory.grow (i32.const 1)))
      (local.set $sum (i32.add (local.get $sum) (i32.load (i32.mul (local.get $i) (i32.const {PAGE})))))
      (br_if 0 (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get 0))))
    (local.get $sum)))"""
# Adds up what the host leaves in the memory and in the global, one turn after the other.
ASKING = """(module
  (import "host" "next" (func $next))
  (import "host" "memory" (memory 1))
  (import "host" "global" (global $global (mut i64)))
  (func (export "run") (param i32) (result i64) (local $sum i64)
    (loop
      (call $next)
      (local.set $sum (i64.add (local.get $sum) (i64.mul (global.get $global) (i64.load (i32.const 8)))))
      (i64.store (i32.const 16) (local.get $sum))
      (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (local.get $sum)))"""
# Copies words from one memory to another, and grows both in between.
TWO = """(module (memory (export "from") 1) (memory (export "to") 1)
  (func (export "run") (param i32) (local $i i32)
    (loop
      (i64.store 1 (local.get $i) (i64.load 0 (local.get $i)))
      (if (i32.eqz (i32.and (local.get $i) (i32.const 4095)))
        (then (drop (memory.grow 0 (i32.const 1))) (drop (memory.grow 1 (i32.const 1)))))
      (br_if 0 (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 8))) (local.get 0))))))"""


def compiled(level: OptimizationLevel, *proposals: Proposal) -> Configure:
    return Configure(*proposals, run_mode=RunMode.JIT, optimization_level=level)


@pytest.mark.parametrize("level", LEVELS)
def test_compiled_memory_grows_between_its_uses(wat: Wat, level: OptimizationLevel) -> None:
    instance = wasmedge.instantiate(wat(GROWING), configure=compiled(level), strict=True)
    view = instance.exports.memory.view(np.int32)
    assert instance.exports.run(500) == sum(range(500))
    memory = instance.exports.memory
    assert memory.pages == 501
    assert memory.view(np.int32)[:: PAGE // 4].tolist() == [*range(500), 0]
    assert view[0] == 0


@pytest.mark.parametrize("level", LEVELS)
def test_compiled_code_sees_what_the_host_changes(wat: Wat, level: OptimizationLevel) -> None:
    memory, value = Memory("1..200"), Global("var i64", 1)
    seen: list[int] = []

    def proceed() -> None:
        turn = len(seen)
        seen.append(int(memory.view(np.int64)[2]))
        memory.grow(1)
        memory.view(np.int64)[1] = turn
        value.value = -turn

    imports = {"host": {"next": Function("() -> ()", proceed), "memory": memory, "global": value}}
    instance = wasmedge.instantiate(wat(ASKING), imports=imports, configure=compiled(level), strict=True)
    sums = np.cumsum([-turn * turn for turn in range(100)])
    assert instance.exports.run(100) == sums[-1]
    assert seen == [0, *sums[:-1]]
    assert memory.pages == 101


@pytest.mark.parametrize("level", LEVELS)
def test_compiled_memories_do_not_mix(wat: Wat, level: OptimizationLevel) -> None:
    instance = wasmedge.instantiate(wat(TWO), configure=compiled(level, Proposal.MULTI_MEMORIES), strict=True)
    numbers = np.random.default_rng(1).integers(0, 2**63, PAGE // 8)
    instance.exports["from"].view(np.int64)[:] = numbers
    instance.exports.run(PAGE - 64)
    assert instance.exports.to.view(np.int64)[: PAGE // 8].tolist() == [*numbers[:-8], *[0] * 8]
    assert instance.exports.to.pages == instance.exports["from"].pages == 17


def test_compiled_loops_know_where_the_memory_is(wat: Wat, tmp_path: Path) -> None:
    Compiler(Configure(output_format=OutputFormat.NATIVE)).compile(wat(GROWING), dump_ir=tmp_path)
    loads = re.findall("= load ptr, .*", (tmp_path / "wasm-opt.ll").read_text())
    marked = [load for load in loads if "!invariant.load" in load]
    # Those of the table of memories, and of what it leads to; the others are of the runtime's functions.
    assert marked
    assert all("%" in load.split("ptr, ptr ")[1] for load in marked)
