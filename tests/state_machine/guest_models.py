# SPDX-License-Identifier: Apache-2.0
"""The model of each module of a run: what an instance exports, and what its functions do."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from tests.state_machine.model import (
    PAGE,
    FunctionState,
    GlobalState,
    MemoryState,
    Outcome,
    Returned,
    State,
    TableState,
    TagState,
    Trapped,
    plain,
    then,
    wrap32,
)

from wasmedge import TrapCode

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.state_machine.model import Finish


def poke(memory: MemoryState, address: int, value: int) -> Outcome:
    """Store a byte, by a guest."""
    if not 0 <= address % 2**32 < len(memory.data):
        return Trapped(TrapCode.OUT_OF_BOUNDS_MEMORY_ACCESS)
    memory.data[address] = value % 256
    return Returned(None)


def increase(variable: GlobalState) -> int:
    """Add one to a global of type i32."""
    variable.value = wrap32(variable.value + 1)
    return int(variable.value)


def set_element(table: TableState, index: int, value: Any) -> Outcome:
    """Set an element, by a guest."""
    if not 0 <= index < len(table.elements):
        return Trapped(TrapCode.OUT_OF_BOUNDS_TABLE_ACCESS)
    table.elements[index] = value
    return Returned(None)


def get_element(table: TableState, index: int) -> Outcome:
    """Get an element, by a guest."""
    if not 0 <= index < len(table.elements):
        return Trapped(TrapCode.OUT_OF_BOUNDS_TABLE_ACCESS)
    return Returned(table.elements[index])


def set_value(variable: GlobalState, value: Any) -> Outcome:
    """Set a global, by a guest."""
    variable.value = value
    return Returned(None)


def call_element(table: TableState, index: int, signature: str = "() -> i32", args: tuple[Any, ...] = ()) -> Finish:
    """Call an element, by a guest."""
    if not 0 <= index < len(table.elements):
        return lambda: Trapped(TrapCode.UNDEFINED_ELEMENT)
    function = table.elements[index]
    if function is None:
        return lambda: Trapped(TrapCode.UNINITIALIZED_ELEMENT)
    if function.signature != signature:
        return lambda: Trapped(TrapCode.INDIRECT_CALL_TYPE_MISMATCH)
    finish: Finish = function.begin(args)
    return finish


def _counter(_: dict[str, State]) -> dict[str, State]:
    memory = MemoryState(data=bytearray(PAGE), maximum=3)
    count = GlobalState(type="i32", value=0)

    def next_number() -> Outcome:
        number = increase(count)
        memory.write(0, (number % 2**32).to_bytes(4, "little"))
        return Returned(number)

    def peek(address: int) -> Outcome:
        if not 0 <= address % 2**32 < len(memory.data):
            return Trapped(TrapCode.OUT_OF_BOUNDS_MEMORY_ACCESS)
        return Returned(memory.data[address])

    def grow(pages: int) -> Outcome:
        before = memory.pages
        return Returned(before if memory.grow(pages % 2**32) else -1)

    def divide(dividend: int, divisor: int) -> Outcome:
        if divisor == 0:
            return Trapped(TrapCode.INTEGER_DIVIDE_BY_ZERO)
        if (dividend, divisor) == (-(2**31), -1):
            return Trapped(TrapCode.INTEGER_OVERFLOW)
        quotient = abs(dividend) // abs(divisor)
        return Returned(quotient if (dividend < 0) == (divisor < 0) else -quotient)

    return {
        "memory": memory,
        "count": count,
        "seven": GlobalState(type="i64", mutable=False, value=7),
        "next": FunctionState(begin=plain(next_number)),
        "add": FunctionState(None, "(i32, i32) -> i32", plain(lambda a, b: Returned(wrap32(a + b)))),
        "both": FunctionState(None, "(i64, f64) -> (f64, i64)", plain(lambda a, b: Returned((b, a)))),
        "peek": FunctionState(None, "(i32) -> i32", plain(peek)),
        "poke": FunctionState(None, "(i32, i32) -> ()", plain(functools.partial(poke, memory))),
        "grow": FunctionState(None, "(i32) -> i32", plain(grow)),
        "divide": FunctionState(None, "(i32, i32) -> i32", plain(divide)),
        "trap": FunctionState(begin=plain(lambda: Trapped(TrapCode.UNREACHABLE))),
    }


def _keeper(_: dict[str, State]) -> dict[str, State]:
    things = TableState(ref_type="externref", elements=[None, None], maximum=4)
    thing, callee = GlobalState(type="externref"), GlobalState(type="funcref")

    def grow(value: Any, count: int) -> Outcome:
        before = len(things.elements)
        return Returned(before if things.grow(count % 2**32, value) else -1)

    return {
        "things": things,
        "thing": thing,
        "callee": callee,
        "put": FunctionState(None, "(i32, externref) -> ()", plain(functools.partial(set_element, things))),
        "get": FunctionState(None, "(i32) -> externref", plain(functools.partial(get_element, things))),
        "keep": FunctionState(None, "(externref) -> ()", plain(functools.partial(set_value, thing))),
        "adopt": FunctionState(None, "(funcref) -> ()", plain(functools.partial(set_value, callee))),
        "kept": FunctionState(None, "() -> externref", plain(lambda: Returned(thing.value))),
        "grow": FunctionState(None, "(externref, i32) -> i32", plain(grow)),
    }


def _dealer(_: dict[str, State]) -> dict[str, State]:
    table = TableState(ref_type="funcref", elements=[None, None], maximum=5)
    own = FunctionState(begin=plain(lambda: Returned(30)))

    def give_own(args: tuple[Any, ...]) -> Finish:
        return call_element(table, args[0], "(i32, funcref) -> ()", (0, own))

    left = GlobalState(value=20)

    def keep(args: tuple[Any, ...]) -> Finish:
        if left.value == 0:
            return lambda: Returned(None)
        left.value -= 1
        return call_element(table, 0, "(externref) -> ()", args)

    return {
        "functions": table,
        "own": own,
        "lend": FunctionState(None, "(i32, funcref) -> ()", plain(functools.partial(set_element, table))),
        "give own": FunctionState(None, "(i32) -> ()", give_own),
        "lent": FunctionState(None, "(i32) -> funcref", plain(functools.partial(get_element, table))),
        "call": FunctionState(None, "(i32) -> i32", lambda args: call_element(table, args[0])),
        "keep": FunctionState(None, "(externref) -> ()", keep),
    }


def _borrower(env: dict[str, Any]) -> dict[str, State]:
    memory, functions, number, host = env["memory"], env["functions"], env["number"], env["host"]
    own = FunctionState(begin=plain(lambda: Returned(wrap32(number.value + 40))))
    functions.elements[0] = own
    memory.write(8, b"lent")

    def plus_one(_: tuple[Any, ...]) -> Finish:
        return then(host.begin(()), lambda value: Returned(wrap32(value + 1)))

    return {
        "own number": GlobalState(value=3),
        "own": own,
        "bump": FunctionState(begin=plain(lambda: Returned(increase(number)))),
        "host plus one": FunctionState(begin=plus_one),
        "poke": FunctionState(None, "(i32, i32) -> ()", plain(functools.partial(poke, memory))),
        "call": FunctionState(None, "(i32) -> i32", lambda args: call_element(functions, args[0])),
        "memory": memory,
        "functions": functions,
        "number": number,
        "host": host,
    }


def _starter(env: dict[str, Any]) -> dict[str, State]:
    count = GlobalState(value=0)
    keep = env["keep"]

    def begin_left(_: tuple[Any, ...]) -> Finish:
        return then(keep.begin((None,)), lambda _: Returned(wrap32(count.value + 70)))

    left = FunctionState(begin=begin_left)
    env["functions"].elements[0] = left
    return {
        "count": count,
        "memory": MemoryState(data=bytearray(PAGE), maximum=1),
        "fixed": FunctionState(begin=plain(lambda: Returned(70))),
        "left": left,
        "next": FunctionState(begin=plain(lambda: Returned(increase(count)))),
    }


def _passer(env: dict[str, Any]) -> dict[str, State]:
    return {
        "pass on": FunctionState(None, "(externref) -> ()", env["keep"].begin),
        "put": FunctionState(None, "(i32, externref) -> ()", plain(functools.partial(set_element, env["things"]))),
        "keep": FunctionState(None, "(externref) -> ()", plain(functools.partial(set_value, env["thing"]))),
    }


def _thrower(_: dict[str, State]) -> dict[str, State]:
    def throw(value: int) -> Outcome:
        return Trapped(TrapCode.UNCAUGHT_EXCEPTION) if value else Returned(None)

    return {"oops": TagState(), "throw": FunctionState(None, "(i32) -> ()", plain(throw))}


def _catcher(env: dict[str, Any]) -> dict[str, State]:
    def catch(args: tuple[Any, ...]) -> Finish:
        finish = env["throw"].begin(args)

        def caught() -> Outcome:
            outcome = finish()
            return Returned(-1 if isinstance(outcome, Returned) else args[0])

        return caught

    return {
        "catch": FunctionState(None, "(i32) -> i32", catch),
        "throw": FunctionState(None, "(i32) -> ()", plain(lambda _: Trapped(TrapCode.UNCAUGHT_EXCEPTION))),
        "oops": env["oops"],
    }


MAKERS: dict[str, Callable[[dict[str, Any]], dict[str, State]]] = {
    "counter": _counter,
    "keeper": _keeper,
    "dealer": _dealer,
    "borrower": _borrower,
    "starter": _starter,
    "passer": _passer,
    "thrower": _thrower,
    "catcher": _catcher,
}
