# SPDX-License-Identifier: Apache-2.0
"""What is made and dropped leaves nothing behind: neither memory, nor address space, nor mappings, nor objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import CheckPython, Wat

pytestmark = pytest.mark.resources
TRAP = """
(module
  (memory (export "memory") 1)
  (data (i32.const 0) "data")
  (func (export "one") (result i32) (i32.const 1))
  (func (export "fail") (param i32) unreachable))
"""
NEEDY = '(module (import "env" "one" (func (result i32))) (memory (export "memory") 1) (export "one" (func 0)))'
# Fails after it has written one of its functions into a table of another instance.
FAILING = """
(module
  (import "env" "table" (table 1 funcref))
  (memory 1) (func $f) (elem (i32.const 0) $f) (data (i32.const 65536) "x"))
"""
LENDER = '(module (table (export "table") 1 funcref) (memory 1))'

# Repeats a workload until nothing grows. A leak grows every time; an allocator does so only until it has settled.
MEASURE = """
import gc
import mmap
import sys
import wasmedge
from wasmedge import *

{step}

def measure():
    gc.collect()
    with open("/proc/self/statm", encoding="ascii") as statm:
        total, resident = (int(number) * mmap.PAGESIZE for number in statm.read().split()[:2])
    with open("/proc/self/maps", encoding="utf-8") as maps:
        mappings = sum(1 for _ in maps)
    return total, resident, mappings, sys.getallocatedblocks()

def is_flat(total, resident, mappings, blocks):
    return total < 1 << 30 and resident < min((100 + kept) * rounds, 1 << 19) and mappings < 8 and blocks < 100

measured = [measure()]
for attempt in range(6):
    for i in range(rounds):
        step(i)
    measured.append(measure())
    if is_flat(*(late - early for early, late in zip(*measured[-2:]))):
        print("flat")
        break
else:
    for row in measured:
        print(*row)
"""

STEPS = {
    "vms": (
        1000,
        """
        def step(i):
            vm = VM()
            vm.load(trap)
            vm.validate()
            vm.instantiate()
            assert vm.execute("one") == 1
        """,
    ),
    "vms with WASI and registered instances": (
        300,
        """
        def step(i):
            vm = VM(Configure(HostRegistration.WASI, count_instructions=True))
            vm.import_instance(HostRegistration.WASI).init(args=["a"], env={"B": "c"}, preopens={"/": "/"})
            vm.register(trap, "env")
            vm.run(needy, "one")
            vm.register(vm.active_instance, "again")
            vm.cleanup()
        """,
    ),
    "host modules": (
        300,
        """
        class Counter:
            @hosts.guest_function(fault=1)
            def one(self) -> i32:
                return 1
            @hosts.guest_function(fault=1)
            def take(self, data: hosts.Slice, out: hosts.OutU32) -> None:
                out.set(len(data))
        class CounterModule(hosts.HostModule, name="env"):
            def __init__(self):
                super().__init__(Counter())
        def step(i):
            vm = VM(Configure(HostRegistration.WASMEDGE_PROCESS))
            vm.import_instance(HostRegistration.WASMEDGE_PROCESS).init(["a"])
            module = CounterModule()
            module.itself = module
            vm.register(module)
            assert vm.run(needy, "one") == 1
            assert module.exports.take(1, 2, 3) == 1
            vm.cleanup()
            LoggingModule()
        """,
    ),
    "instances of one module": (
        1000,
        """
        module = Module.from_bytes(trap)
        Validator().validate(module)
        executor = Executor()
        def step(i):
            instance = executor.instantiate(Store(), module)
            assert instance.exports.one() == 1
            instance.exports.memory.read(0, 16)
            dict(instance.functions), list(instance.exports), repr(instance), hash(instance)
        """,
    ),
    "importers": (
        1000,
        """
        exporter = wasmedge.instantiate(trap)
        def step(i):
            assert wasmedge.instantiate(needy, imports={"env": exporter}).exports.one() == 1
        """,
    ),
    "closed with cycles": (
        1000,
        """
        def step(i):
            with wasmedge.instantiate(lender) as exporter:
                importer = wasmedge.instantiate(passing, imports={"env": exporter})
            if i % 100 == 0:
                gc.collect()
        """,
    ),
    "traps": (
        5000,
        """
        fail = wasmedge.instantiate(trap).exports.fail
        def step(i):
            try:
                fail(i)
            except Trap as error:
                assert error.details
        """,
    ),
    "wrong arguments": (
        5000,
        """
        fail = wasmedge.instantiate(trap).exports.fail
        def step(i):
            for arguments in ((), ("1",), (2**40 + i,), (1, 2), (None,)):
                try:
                    fail(*arguments)
                except (TypeError, OverflowError):
                    pass
        """,
    ),
    "modules that do not load": (
        3000,
        """
        def step(i):
            for source in (b"", trap[: 9 + i % (len(trap) - 10)], "none.wasm", b"(module)"):
                try:
                    wasmedge.run(source, "one")
                except WasmEdgeError:
                    pass
        """,
    ),
    "links that fail": (
        1000,
        """
        def step(i):
            try:
                wasmedge.instantiate(needy)
            except LinkError:
                pass
        """,
    ),
    "instantiations that fail": (
        1000,
        """
        def step(i):
            try:
                wasmedge.instantiate(failing, imports={"env": wasmedge.instantiate(lender)})
            except Trap:
                pass
            if i % 100 == 0:
                gc.collect()
        """,
    ),
    "calls": (
        100_000,
        """
        instance = wasmedge.instantiate(trap)
        vm = VM()
        vm.run(trap, "one")
        def step(i):
            instance.exports.one()
            vm.execute("one")
        """,
    ),
    "compilations": (
        100,
        """
        compiler = Compiler(Configure(optimization_level=OptimizationLevel.O0, output_format=OutputFormat.NATIVE))
        def step(i):
            compiler.compile(trap)
            wasmedge.instantiate(trap, configure=Configure(cache=False), run_mode="jit", strict=True)
        """,
    ),
    "settings and types": (
        1000,
        """
        def step(i):
            configure = Configure(Proposal.GC, max_memory_pages=i, standard=Standard.WASM_1)
            repr(configure), configure.remove(Proposal.GC)
            hash(FunctionType(["i32"] * 9, [ValType.F64])), Loader(configure), Validator(configure)
            statistics = Statistics()
            statistics.cost_table = {1: i}
        """,
    ),
}
# Bytes of each round that are not ours to give back: LLVM keeps a list of all files that it has written.
KEPT = {"compilations": 300}


@pytest.mark.parametrize("what", STEPS)
def test_leaks_are_absent(check_python: CheckPython, wat: Wat, what: str) -> None:
    rounds, step = STEPS[what]
    code = MEASURE.format(step="\n".join(line.removeprefix("        ") for line in step.splitlines()))
    modules: dict[str, Any] = {
        "trap": wat(TRAP),
        "needy": wat(NEEDY),
        "failing": wat(FAILING),
        "lender": wat(LENDER),
        "passing": wat(
            '(module (import "env" "table" (table 1 funcref)) (memory 1) (func $f) (elem (i32.const 0) $f))'
        ),
    }
    assert check_python(code, rounds=rounds, kept=KEPT.get(what, 0), **modules) == "flat\n"
