# SPDX-License-Identifier: Apache-2.0
"""What comes of a module: loaded, validated, linked with whatever it wants, and each function of it called."""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, Any

import wasmedge
from wasmedge import (
    Configure,
    ExternType,
    Function,
    FunctionType,
    Global,
    GlobalType,
    Memory,
    MemoryType,
    Module,
    OptimizationLevel,
    Standard,
    Table,
    TableType,
    ValType,
)

if TYPE_CHECKING:
    import random

ZEROS: dict[ValType, Any] = {
    ValType.I32: 0,
    ValType.I64: 0,
    ValType.F32: 0.0,
    ValType.F64: 0.0,
    ValType.V128: 0,
    ValType.FUNCREF: None,
    ValType.EXTERNREF: None,
}
# What a program that runs the modules of others has to expect; all else is a fault of the package.
EXPECTED = (wasmedge.WasmEdgeError, TimeoutError, TypeError, ValueError, OverflowError, LookupError, MemoryError)
CALLS = 8
# Names, numbers and lists of numbers, which like modules have others of.
VARYING = re.compile(r"'[^']*'|\"[^\"]*\"|0x[0-9a-f]+|\d+|\[[^]]*\]")


def try_module(data: bytes, dice: random.Random, standard: Standard) -> str:
    """Take a module as far as it comes, and return what became of it, without what differs between like modules."""
    compiled = dice.random() < 0.05
    configure = Configure(
        standard=standard,
        max_memory_pages=64,
        measure_cost=True,
        cache=False,
        optimization_level=OptimizationLevel.O0,
    )
    try:
        module = Module.from_bytes(data, configure=configure)
        module.describe()
        imports = _imports(module, dice)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", wasmedge.CompileWarning)
            instance = wasmedge.instantiate(
                module,
                imports=imports,
                configure=configure,
                run_mode="jit" if compiled else "interpreter",
                timeout=2.0,
            )
    except EXPECTED as error:
        return _outline(error)
    return f"instance {sorted(_call(function, dice) for function in list(instance.functions.values())[:CALLS])}"


def _imports(module: Module, dice: random.Random) -> dict[str, dict[str, Any]]:
    made: dict[str, dict[str, Any]] = {}
    for each in module.imports:
        if each.kind is not ExternType.TAG:
            made.setdefault(each.module, {})[each.name] = _make(each.type, dice)
    return made


def _make(type_: Any, dice: random.Random) -> object:
    if isinstance(type_, FunctionType):
        results = tuple(ZEROS.get(each) for each in type_.results)
        return Function(type_, lambda *_: results if len(results) != 1 else results[0])
    if isinstance(type_, MemoryType):
        return Memory(type_)
    if isinstance(type_, TableType):
        return Table(type_)
    assert isinstance(type_, GlobalType)
    return Global(type_, dice.randrange(100) if type_.val_type in (ValType.I32, ValType.I64) else ZEROS[type_.val_type])


def _call(function: Function, dice: random.Random) -> str:
    numbers = (0, 1, -1, 16, 65535, 2**31 - 1, -(2**31))
    args = [
        dice.choice(numbers) if each in (ValType.I32, ValType.I64) else ZEROS.get(each) for each in function.type.params
    ]
    try:
        function(*args, fuel=20_000, timeout=2.0)
    except EXPECTED as error:
        return _outline(error)
    return "result"


def _outline(error: Exception) -> str:
    """Return an exception's class, and its message and the runtime's log without numbers and names."""
    text = " ".join([str(error), *getattr(error, "details", ())])
    return f"{type(error).__name__} {VARYING.sub('_', text)[:600]}"
