# SPDX-License-Identifier: Apache-2.0
"""References to functions: wherever a module puts one of its own, it can be called for as long as it lies there."""

from __future__ import annotations

import gc
import mmap
import weakref
from typing import TYPE_CHECKING, Any

import pytest

import wasmedge
from wasmedge import Executor, Module, Store, Validator

if TYPE_CHECKING:
    from tests.conftest import CheckPython, Wat

# Takes functions in every way that there is, and calls what it has.
LENDER = """
(module
  (type $number (func (result i32)))
  (table $table (export "table") 4 funcref)
  (global $slot (export "slot") (mut funcref) (ref.null func))
  (func (export "keep") (param funcref) (table.set (i32.const 0) (local.get 0)))
  (func (export "call") (result i32)
    (if (i32.eqz (ref.is_null (global.get $slot))) (then (table.set (i32.const 0) (global.get $slot))))
    (call_indirect (type $number) (i32.const 0))))
"""
# Its function has a memory and a global of its own, and gives 42 at first, then 43, and so on.
WRITER = """
(module
  (import "env" "table" (table $table 4 funcref))
  (import "env" "slot" (global $slot (mut funcref)))
  (import "env" "keep" (func $keep (param funcref)))
  (memory 1)
  (data (i32.const 16) "\\2a")
  (global $count (mut i32) (i32.const -1))
  (func $next (result i32)
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (i32.add (global.get $count) (i32.load (i32.const 16))))
  (elem declare func $next)
  {})
"""
WAYS = {
    "element segment": "(elem (i32.const 0) $next)",
    "table.set": "(func $start (table.set (i32.const 0) (ref.func $next))) (start $start)",
    "table.init": """(elem $e func $next) (func $start
      (table.init $e (i32.const 0) (i32.const 0) (i32.const 1))) (start $start)""",
    "table.fill": "(func $start (table.fill (i32.const 0) (ref.func $next) (i32.const 4))) (start $start)",
    "table.grow": """(func $start
      (drop (table.grow (ref.func $next) (i32.const 1)))
      (table.copy (i32.const 0) (i32.const 4) (i32.const 1))) (start $start)""",
    "global.set": "(func $start (global.set $slot (ref.func $next))) (start $start)",
    "argument": "(func $start (call $keep (ref.func $next))) (start $start)",
    "a failing segment": '(elem (i32.const 0) $next) (data (i32.const 65536) "x")',
    "a failing start function": "(func $start (call $keep (ref.func $next)) (unreachable)) (start $start)",
}
# Each imports only what the way needs, for what the others import would keep the writer as well.
NEEDS = {"global.set": "slot", "argument": "keep", "a failing start function": "keep"}
PASSING = """
(module
  (type $number (func (result i32)))
  (import "env" "table" (table $table 4 funcref))
  (import "env" "keep" (func $keep (param funcref)))
  (func (export "keep") (param funcref) (call $keep (local.get 0)))
  (func (export "call") (result i32) (call_indirect (type $number) (i32.const 0)))
  (export "table" (table $table)))
"""
CODE = """
    import gc
    import wasmedge

    lender = wasmedge.instantiate(lender_module)
    between = lender
    for _ in range(passes):
        between = wasmedge.instantiate(passing_module, imports={"env": between})
    try:
        wasmedge.instantiate(writer_module, imports={"env": between})
    except wasmedge.Trap:
        pass
    del between
    numbers = []
    for _ in range(3):
        gc.collect()
        others = [wasmedge.instantiate(lender_module) for _ in range(30)]  # they get what memory has become free
        numbers.append(lender.exports.call())
    print(*numbers)
"""


def writer_by(wat: Wat, way: str) -> bytes:
    """Make the module that gives a function away in some way."""
    text = WRITER.format(WAYS[way])
    for name in {"table", "slot", "keep"} - {NEEDS.get(way, "table")}:
        text = "\n".join(line for line in text.splitlines() if f'(import "env" "{name}"' not in line)
    return wat(text)


@pytest.mark.parametrize("way", WAYS)
def test_references_keep_the_instance_of_their_function(check_python: CheckPython, wat: Wat, way: str) -> None:
    modules: dict[str, Any] = {
        "lender_module": wat(LENDER),
        "passing_module": b"",
        "writer_module": writer_by(wat, way),
    }
    assert check_python(CODE, passes=0, **modules) == "42 43 44\n"


@pytest.mark.parametrize("way", ["element segment", "argument", "a failing start function"])
def test_references_are_passed_on(check_python: CheckPython, wat: Wat, way: str) -> None:
    modules: dict[str, Any] = {
        "lender_module": wat(LENDER),
        "passing_module": wat(PASSING),
        "writer_module": writer_by(wat, way),
    }
    assert check_python(CODE, passes=3, **modules) == "42 43 44\n"


def test_references_of_every_failed_instantiation_are_kept(wat: Wat) -> None:
    lender = wasmedge.instantiate(wat(LENDER))
    for _ in range(3):
        with pytest.raises(wasmedge.Trap):
            wasmedge.instantiate(writer_by(wat, "a failing segment"), imports={"env": lender})
        gc.collect()
        assert [lender.exports.call(), lender.exports.call()] == [42, 43]


def address_space() -> int:
    """Return the size of the address space in use: 12 GiB of it for each memory."""
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[0]) * mmap.PAGESIZE


def test_references_in_cycles_are_collected(wat: Wat) -> None:
    before = address_space()
    lender = wasmedge.instantiate(wat(LENDER))
    writer = wasmedge.instantiate(writer_by(wat, "element segment"), imports={"env": lender})
    gone = [weakref.ref(thing) for thing in (lender, writer)]
    assert address_space() - before > 10 << 30
    del lender, writer
    gc.collect()
    assert [reference() for reference in gone] == [None, None]
    assert address_space() - before < 10 << 30


def test_references_over_long_chains_end_well(wat: Wat) -> None:
    executor, module = Executor(), Module.from_bytes(wat(PASSING))
    Validator().validate(module)
    last = wasmedge.instantiate(wat(LENDER))
    gc.collect()
    gc.freeze()  # the collections here are of what is made here
    for _ in range(3000):
        store = Store()
        executor.register_import(store, last, "env")
        last = executor.instantiate(store, module)
    wasmedge.instantiate(writer_by(wat, "element segment"), imports={"env": last})
    gc.collect()
    assert last.exports.call() == 42
    call = last.exports.call
    del last
    gc.collect()
    assert call() == 43
    gone = weakref.ref(call)
    del call
    gc.collect()
    gc.unfreeze()
    assert gone() is None


PASSED = """
import gc
import wasmedge

keeper, passer = wasmedge.instantiate(keeping), wasmedge.instantiate(passing)
passer.exports.table[0] = keeper.exports.keep
passer.exports.run()
passer.exports.table[0] = None
del passer
gc.collect()
others = [wasmedge.instantiate(passing) for _ in range(50)]  # whatever was freed is written over
print(keeper.exports.call())
"""


def test_references_passed_to_a_function_in_a_table_keep_their_instance(check_python: CheckPython, wat: Wat) -> None:
    """A module that has imported nothing passes its own function to one that Python has put into its table."""
    keeping = wat("""
        (module (table $t 1 funcref)
          (func (export "keep") (param funcref) (table.set $t (i32.const 0) (local.get 0)))
          (func (export "call") (result i32) (call_indirect $t (result i32) (i32.const 0))))""")
    passing = wat("""
        (module (table $t (export "table") 1 funcref) (global $number (mut i32) (i32.const 5))
          (elem declare func $own) (func $own (result i32) (global.get $number))
          (func (export "run")
            (global.set $number (i32.const 6))
            (call_indirect $t (param funcref) (ref.func $own) (i32.const 0))))""")
    assert check_python(PASSED, keeping=keeping, passing=passing) == "6\n"
