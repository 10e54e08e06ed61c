# SPDX-License-Identifier: Apache-2.0
"""What type checkers make of memories, values and types. Nothing here is run: `nox -s typecheck` reads it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from typing_extensions import assert_type

import wasmedge
from wasmedge import (
    V128,
    Configure,
    ErrCode,
    ExternRef,
    Global,
    Instance,
    Limit,
    Memory,
    Module,
    Proposal,
    Statistics,
    Table,
    TrapCode,
    ValType,
)


def check_memories(memory: Memory) -> None:
    assert_type(memory.view("f4", offset=np.int64(8), shape=(2, 3)), npt.NDArray[Any])
    assert_type(memory[0], int)
    assert_type(memory[1:3], bytes)
    assert_type(memory.read(0, 4), bytes)
    assert_type(memoryview(memory), memoryview)
    memory[0:2] = np.zeros(2, "u1")
    memory.write(0, np.float32(1.5))
    memory.write(0, "text")  # type: ignore[arg-type]
    memory[0] = b"x"  # type: ignore[call-overload]
    for type_ in ("1..5", Limit(1), 1):
        Memory(type_)
    Memory(1.5)  # type: ignore[arg-type]
    with memory as same:
        assert_type(same, Memory)


def check_tables_and_globals(table: Table, counter: Global) -> None:
    assert_type(table[-1], Any)
    assert_type(len(table), int)
    assert_type(counter.value, Any)
    table.grow("many")  # type: ignore[arg-type]


def check_instances(instance: Instance) -> None:
    assert_type(instance.exports.anything, Any)
    assert_type(instance.exports["anything"], Any)
    assert_type(dict(instance.memories), dict[str, Memory])
    with instance.allocate(np.arange(3)) as block:
        assert_type(block.pointer, int)
    for name in instance.exports:
        assert_type(name, str)


def check_values() -> None:
    assert_type(V128.from_bytes(bytes(16)).high, int)
    assert_type(ExternRef([1]).value, Any)
    assert_type(ValType.I32, ValType)
    assert_type(Limit(1, 2).max, int | None)


def check_modules(module: Module) -> None:
    assert_type(module.custom_sections, tuple[tuple[str, bytes], ...])
    assert_type(Module.from_file("a.wasm", trusted=True), Module)
    assert_type([each.name for each in module.imports], list[str])
    Module.from_bytes("text")  # type: ignore[arg-type]


def check_settings(configure: Configure, statistics: Statistics) -> None:
    assert_type(Proposal.SIMD in configure, bool)
    configure.run_mode = "aot"  # a setter takes more than the getter gives
    configure.max_memory_pages = 3
    assert_type(statistics.cost_limit, int | None)
    statistics.cost_limit = None
    Configure(max_pages=3)  # type: ignore[call-arg]


def check_errors(error: wasmedge.Trap) -> None:
    assert_type(error.trap, TrapCode)
    assert_type(error.code, int)
    assert_type(error.offset, int | None)
    assert_type(error.frames, tuple[int, ...])
    assert_type(ErrCode(error.code), ErrCode)
