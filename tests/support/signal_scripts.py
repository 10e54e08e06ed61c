# SPDX-License-Identifier: Apache-2.0
"""How the programs begin that try the signals of compiled code; the module's bytes are in their variable `source`."""

from __future__ import annotations

BEGIN = """
import ctypes, faulthandler, os, signal, sys, threading, time
import wasmedge
from wasmedge import StackExhausted, Trap, TrapCode

def instantiate(callback=lambda: None, mode="aot"):
    found = wasmedge.instantiate(source, imports={"env": {"callback": callback}}, run_mode=mode)
    assert found.run_mode.name.lower() == mode
    return found

def crash():
    ctypes.string_at(8)

def traps(guest, rounds=1):
    for _ in range(rounds):
        for name, args, code in (("divide", (1, 0), TrapCode.INTEGER_DIVIDE_BY_ZERO),
                                 ("load", (2**31,), TrapCode.OUT_OF_BOUNDS_MEMORY_ACCESS)):
            try:
                guest.exports[name](*args)
            except Trap as trap:
                assert trap.trap == code, trap.trap
            else:
                raise AssertionError(name)
        assert guest.exports.answer() == 42
"""
