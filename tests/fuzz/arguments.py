# SPDX-License-Identifier: Apache-2.0
"""Strange Python values, as arguments of guests and as results of host functions."""

from __future__ import annotations

import decimal
import fractions
import math
import struct
from typing import TYPE_CHECKING, Any

import numpy as np

import wasmedge
from wasmedge import V128, ExternRef, Function, FunctionType

if TYPE_CHECKING:
    import random

TYPES = {
    "i32": b"\x7f",
    "i64": b"\x7e",
    "f32": b"\x7d",
    "f64": b"\x7c",
    "v128": b"\x7b",
    "funcref": b"\x70",
    "externref": b"\x6f",
}
SIZES = {"i32": 32, "i64": 64}
WRONG = (TypeError, ValueError, OverflowError, BufferError)


class HostileError(Exception):
    """Raised by objects that do not want to be numbers."""


class Hostile:
    """An object whose conversions raise, or give what they must not."""

    def __init__(self, gives: Any = None) -> None:
        self._gives = gives

    def _convert(self) -> Any:
        if self._gives is None:
            raise HostileError
        return self._gives

    __index__ = __float__ = __int__ = __bytes__ = __len__ = _convert


def strange(dice: random.Random) -> Any:
    """Return a value that is hard to take."""
    edge = dice.choice((7, 8, 15, 16, 31, 32, 52, 53, 63, 64, 127, 128, 1024))
    number = dice.choice((1, -1)) * (1 << edge) + dice.choice((-1, 0, 1))
    several: list[Any] = [
        *(number, dice.randrange(-100, 100), True, None, math.nan, math.inf, -0.0, 1e39, 5e-324, dice.random()),
        *("1", "", b"", bytes(16), bytes(15), bytearray(dice.randbytes(16)), memoryview(bytes(16))[::-1]),
        *(V128(dice.getrandbits(64), dice.getrandbits(64)), ExternRef([1]), ExternRef(None), object(), [1], (1,), {}),
        *(np.int8(-1), np.uint64(2**64 - 1), np.float16(1.5), np.float32("nan"), np.bool_(True), np.complex64(1)),
        *(np.array(3), np.array([3]), np.zeros(2, "u8"), np.datetime64("2020"), np.longdouble(1.25)),
        *(decimal.Decimal("1.5"), fractions.Fraction(1, 3), 1j, int, len, lambda: None),
        *(Hostile(), Hostile(number), Hostile(0.5), Hostile("text"), Hostile(True), wasmedge.Instance("a")),
        *(Function("() -> i32", lambda: 3), wasmedge.Global("i32", 1), NotImplemented, Ellipsis),
    ]
    return dice.choice(several)


def _section(number: int, content: bytes) -> bytes:
    assert len(content) < 128
    return bytes([number, len(content)]) + content


def module_of(names: list[str]) -> bytes:
    """Return a module whose ``own`` gives its arguments back, and ``through`` what a function of the host gives."""
    count = bytes([len(names)])
    types = count + b"".join(TYPES[name] for name in names)
    gets = b"".join(b"\x20" + bytes([index]) for index in range(len(names)))
    own, through = (b"\0" + gets + end for end in (b"\x0b", b"\x10\0\x0b"))
    return (
        b"\0asm\1\0\0\0"
        + _section(1, b"\1\x60" + types + types)
        + _section(2, b"\1\1e\1f\0\0")
        + _section(3, b"\2\0\0")
        + _section(7, b"\2\3own\0\1\7through\0\2")
        + _section(10, b"\2" + bytes([len(own)]) + own + bytes([len(through)]) + through)
    )


def try_arguments(dice: random.Random) -> None:
    """Call functions of a random type with strange values, in both directions, and check what is taken."""
    names = [dice.choice(list(TYPES)) for _ in range(dice.randrange(7))]
    given: list[Any] = []
    type_ = FunctionType(names, names)
    host = Function(type_, lambda *_: given[0])
    mode = "jit" if dice.random() < 0.01 else "interpreter"
    settings = wasmedge.Configure(cache=False, optimization_level=wasmedge.OptimizationLevel.O0)
    exports = wasmedge.instantiate(
        module_of(names), imports={"e": {"f": host}}, configure=settings, run_mode=mode
    ).exports
    assert exports.own.type == type_
    zeros = [{"f": 0.0, "i": 0, "v": 0}.get(name[0]) if name not in ("funcref",) else None for name in names]
    for _ in range(40):
        values = [strange(dice) for _ in range(len(names) + dice.choice((0, 0, 0, 0, 1, -1)) * bool(names))]
        if dice.random() < 0.7:  # all right but for one
            place = dice.randrange(len(names)) if names else 0
            values = [*zeros[:place], *values[place : place + 1], *zeros[place + 1 :]]
        _check(names, values, lambda values=values: exports.own(*values))
        given[:] = [tuple(values) if len(names) != 1 else values[0] if values else None]
        if len(names) != 1 or len(values) == 1:
            _check(names, values, lambda: exports.through(*zeros))


def _check(names: list[str], values: list[Any], call: Any) -> None:
    try:
        results = call()
    except (*WRONG, HostileError):
        return
    assert len(values) == len(names), "a wrong number of arguments was taken"
    together = () if not names else (results,) if len(names) == 1 else results
    assert len(together) == len(names)
    for name, value, result in zip(names, values, together, strict=True):
        assert _fits(name, value, result), f"{value!r} became {result!r} as {name}"


def _fits(name: str, value: Any, result: Any) -> bool:
    """Tell whether a result is what a value has to become; of odd objects only whether its type is right."""
    if name in SIZES:
        is_number = type(result) is int and -(1 << SIZES[name] - 1) <= result < 1 << SIZES[name] - 1
        return is_number and (type(value) is not int or (result - value) % (1 << SIZES[name]) == 0)
    if name == "f32" and type(value) is float and type(result) is float and not math.isnan(value):
        return struct.pack("<f", value) == struct.pack("<f", result)
    if name in ("f32", "f64"):
        return type(result) is float and (type(value) is not float or math.isnan(value) or result == value)
    if name == "v128":
        return isinstance(result, V128) and (not isinstance(value, V128) or result == value)
    if name == "funcref":
        return result is None if value is None else isinstance(result, Function) and result == value
    return result is (value.value if isinstance(value, ExternRef) else value)
