# SPDX-License-Identifier: Apache-2.0
"""Damaged modules never crash the process: each run is a process of its own that must come to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import CheckPython, Wat

MUTATE = """
import random
import wasmedge

EXPECTED = (wasmedge.LoadError, wasmedge.ValidationError, wasmedge.InstantiationError, wasmedge.Trap)

def mutate(data, dice):
    data = bytearray(data)
    for _ in range(dice.choice((1, 1, 2, 8))):
        where = dice.randrange(len(data))
        match dice.randrange(6):
            case 0: data[where] = dice.randrange(256)
            case 1: data[where] ^= 1 << dice.randrange(8)
            case 2: del data[where : where + dice.randrange(1, 9)]
            case 3: data[where:where] = dice.randbytes(dice.randrange(1, 9))
            case 4: data[where:where] = data[where : where + dice.randrange(64)]
            case 5: data[where : where + 5] = b"\\xff\\xff\\xff\\xff\\x0f"
        if not data:
            data = bytearray(1)
    return bytes(data)

dice = random.Random(seed)
configure = wasmedge.Configure(wasmedge.HostRegistration.WASI, measure_cost=True)
outcomes = {"instantiated": 0}
for _ in range(rounds):
    vm = wasmedge.VM(configure)
    vm.statistics.cost_limit = 100_000  # a damaged start function may loop
    try:
        vm.load(mutate(module, dice))
        vm.validate()
        vm.instantiate()
        outcomes["instantiated"] += 1
    except wasmedge.CostLimitExceeded:
        pass
    except EXPECTED as error:
        name = type(error).__name__
        outcomes[name] = outcomes.get(name, 0) + 1
        assert str(error) and error.code, error
for name in expected:
    assert outcomes.get(name), outcomes
vm = wasmedge.VM(configure)
vm.load(module)
vm.validate()
vm.instantiate()
print("done")
"""

EVERYTHING = """
(module
  (type $binary (func (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1 3)
  (table (export "table") 8 16 funcref)
  (global $count (export "count") (mut i32) (i32.const 3))
  (func $add (type $binary) (i32.add (local.get 0) (local.get 1)))
  (func $many (param i32) (result i32 f32) (local i64 f64 v128)
    (block $out (loop $again
      (br_if $out (i32.eqz (local.get 0)))
      (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
      (br $again)))
    (br_table 0 0 (i32.const 5) (f32.const 1.5) (i32.const 0)))
  (func $start
    (drop (call_indirect (type $binary) (i32.const 1) (i32.const 2) (i32.const 0)))
    (drop (drop (call $many (global.get $count))))
    (memory.fill (i32.const 0) (i32.const 7) (i32.const 32))
    (memory.init $late (i32.const 64) (i32.const 0) (i32.const 4))
    (table.copy (i32.const 2) (i32.const 0) (i32.const 2))
    (v128.store (i32.const 128) (i8x16.splat (i32.const 1))))
  (elem (i32.const 0) $add $start)
  (elem $extra funcref (ref.func $add) (ref.null func))
  (data (i32.const 16) "active")
  (data $late "late")
  (start $start))
"""


@pytest.mark.parametrize("seed", range(2))
def test_fuzz_mutated_modules_do_not_crash(check_python: CheckPython, wat: Wat, seed: int) -> None:
    expected = ["instantiated", "LoadError", "ValidationError", "LinkError", "Trap"]
    done = check_python(MUTATE, module=wat(EVERYTHING), seed=seed, rounds=3000, expected=expected)
    assert done == "done\n"


@pytest.mark.parametrize(("name", "rounds"), [("fibonacci.wasm", 3000), ("wordfreq.wasm", 400)])
def test_fuzz_mutated_examples_do_not_crash(check_python: CheckPython, examples: Path, name: str, rounds: int) -> None:
    module = (examples / name).read_bytes()
    expected = ["instantiated", "LoadError", "ValidationError"]
    assert check_python(MUTATE, module=module, seed=name, rounds=rounds, expected=expected) == "done\n"


def test_fuzz_random_bytes_do_not_crash(check_python: CheckPython) -> None:
    code = """
        import random
        import wasmedge

        dice = random.Random(7)
        vm = wasmedge.VM()
        for _ in range(5000):
            body = dice.randbytes(dice.randrange(40))
            section = bytes([dice.randrange(13), len(body)]) + body
            try:
                vm.run(dice.choice((b"", b"\\0asm\\1\\0\\0\\0")) + dice.choice((body, section)), "f")
            except (wasmedge.LoadError, wasmedge.ValidationError, wasmedge.LinkError, wasmedge.FunctionNotFoundError):
                pass
        print("done")
    """
    assert check_python(code) == "done\n"
