# SPDX-License-Identifier: Apache-2.0
"""The suite's values: arguments made of them, and results held against them."""

from __future__ import annotations

import struct
from typing import Any

import wasmedge

LANES = {"i8": 8, "i16": 16, "i32": 32, "i64": 64, "f32": 32, "f64": 64}
FRACTION = {32: 23, 64: 52}  # the bits of a float that are neither its sign nor its exponent
F32_PAYLOAD = 0x007FFFFF

_HOST_OBJECTS: dict[str, HostObject] = {}


class HostObject:
    """What a number stands for as a reference of the host: always the same object."""

    def __init__(self, number: str) -> None:
        self.number = number

    def __repr__(self) -> str:
        return f"host object {self.number}"


def host_object(number: str) -> HostObject:
    """Return the object of a number."""
    return _HOST_OBJECTS.setdefault(number, HostObject(number))


def argument(value: dict[str, Any]) -> object:
    """Return what a value is passed as."""
    kind = value["type"]
    if kind == "v128":
        return wasmedge.V128.from_bytes(_vector(value))
    if kind in ("i32", "i64"):
        return int(value["value"])
    if kind in ("f32", "f64"):
        return float_of_bits(int(value["value"]), LANES[kind])
    return None if value["value"] == "null" else host_object(value["value"])


def matches(result: object, expected: dict[str, Any]) -> bool:
    """Tell whether a result is what is expected, bit by bit."""
    kind = expected["type"]
    if kind == "either":
        return any(matches(result, each) for each in expected["values"])
    if kind == "v128":
        return isinstance(result, wasmedge.V128) and _vector_matches(bytes(result), expected)
    if kind in ("i32", "i64"):
        size = LANES[kind]
        return type(result) is int and result % 2**size == int(expected["value"]) % 2**size
    if kind in ("f32", "f64"):
        return type(result) is float and _bits_match(bits_of_float(result, LANES[kind]), expected["value"], LANES[kind])
    return _reference_matches(result, kind, expected.get("value"))


def float_of_bits(bits: int, size: int) -> float:
    """Return a float of 32 or 64 bits; a signalling NaN stays one, which it does not in a conversion by the machine."""
    if size == 32:
        if not _is_nan(bits, 32):
            return float(struct.unpack("<f", struct.pack("<I", bits))[0])
        bits = (bits >> 31) << 63 | 0x7FF << 52 | (bits & F32_PAYLOAD) << 29
    return float(struct.unpack("<d", struct.pack("<Q", bits))[0])


def bits_of_float(number: float, size: int) -> int:
    """Return a float's bits in a format of 32 or 64 bits; the other way round."""
    bits = int(struct.unpack("<Q", struct.pack("<d", number))[0])
    if size == 64:
        return bits
    if not _is_nan(bits, 64):
        return int(struct.unpack("<I", struct.pack("<f", number))[0])
    return (bits >> 63) << 31 | 0xFF << 23 | (bits >> 29) & F32_PAYLOAD


def _is_nan(bits: int, size: int) -> bool:
    magnitude = bits & ~(1 << size - 1)
    return magnitude > ((1 << size - 1 - FRACTION[size]) - 1) << FRACTION[size]


def _bits_match(bits: int, expected: str, size: int) -> bool:
    if expected == "nan:canonical":
        return bits & ~(1 << size - 1) == ((1 << size - FRACTION[size]) - 1) << FRACTION[size] - 1
    if expected == "nan:arithmetic":
        return _is_nan(bits, size) and bool(bits >> FRACTION[size] - 1 & 1)
    return bits == int(expected) % (1 << size)


def _vector(value: dict[str, Any]) -> bytes:
    size = LANES[value["lane_type"]] // 8
    return b"".join((int(lane) % 256**size).to_bytes(size, "little") for lane in value["value"])


def _vector_matches(vector: bytes, expected: dict[str, Any]) -> bool:
    size = LANES[expected["lane_type"]]
    lanes = (int.from_bytes(vector[at : at + size // 8], "little") for at in range(0, 16, size // 8))
    is_float = str(expected["lane_type"]).startswith("f")
    return all(
        _bits_match(lane, wanted, size) if is_float else lane == int(wanted) % 2**size
        for lane, wanted in zip(lanes, expected["value"], strict=True)
    )


def _reference_matches(result: object, kind: str, value: str | None) -> bool:
    if value == "null" or kind == "refnull" or kind.startswith("null"):
        return result is None
    if value is not None:
        return result is host_object(value)
    return isinstance(result, wasmedge.Function) if kind == "funcref" else result is not None
