# SPDX-License-Identifier: Apache-2.0
"""What a WASI program may be given beside plain values: directories for reading only, another clock, other chance."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING, Any

from wasmedge._core import CallingFrame, Function  # noqa: TC001 - annotations are evaluated
from wasmedge.host import host_function, i32, i64

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ReadOnly"]

# Errors of WASI preview 1.
_SUCCESS, _FAULT, _INVAL = 0, 21, 28
_MAX_RANDOM = 1 << 28  # what is asked for is made before there is a look at the memory
_CLOCKS = 4  # realtime, monotonic, and the processor time of the process and of the thread


class ReadOnly(os.PathLike[Any]):
    """A directory of the host that a WASI program may read, and in which it can change nothing.

    Args:
        path: The directory.

    Attributes:
        path: The directory.

    Example:
        >>> import wasmedge
        >>> wasi = wasmedge.WasiModule(preopens={"/data": wasmedge.ReadOnly("examples")})
    """

    def __init__(self, path: str | bytes | os.PathLike[Any]) -> None:
        self.path = os.fspath(path)

    def __fspath__(self) -> str | bytes:
        return self.path

    def __repr__(self) -> str:
        return f"ReadOnly({self.path!r})"


def substitutes(clock: int | Callable[[int], int] | None, random_seed: int | str | bytes | None) -> dict[str, Function]:
    """Make the functions of WASI that replace the runtime's own; called by the extension.

    Args:
        clock: Nanoseconds for a clock that stands still, or a callable that tells them for the number of a clock.
        random_seed: What the same random bytes follow from in each run.
    """
    functions: dict[str, Function] = {}
    if clock is not None:
        functions["clock_time_get"] = _clock_time_get(clock)
        functions["clock_res_get"] = _clock_res_get()
    if random_seed is not None:
        functions["random_get"] = _random_get(random_seed)
    return functions


def _store(frame: CallingFrame, address: int, data: bytes) -> int:
    try:
        frame.memory().write(address & 0xFFFF_FFFF, data)
    except IndexError:  # no memory, or not as much
        return _FAULT
    return _SUCCESS


def _clock_time_get(clock: int | Callable[[int], int]) -> Function:
    if not callable(clock) and (isinstance(clock, bool) or not isinstance(clock, int)):
        raise TypeError(f"clock must be a number of nanoseconds or a callable, not {type(clock).__name__}")
    if not callable(clock) and not 0 <= clock < 1 << 64:
        raise OverflowError(f"clock is a number of nanoseconds below 2**64, not {clock}")

    @host_function
    def clock_time_get(frame: CallingFrame, number: i32, _precision: i64, result: i32) -> i32:
        if not 0 <= number < _CLOCKS:
            return _INVAL
        now: int = clock(number) if callable(clock) else clock
        return _store(frame, result, now.to_bytes(8, "little"))

    return clock_time_get


def _clock_res_get() -> Function:
    @host_function
    def clock_res_get(frame: CallingFrame, number: i32, result: i32) -> i32:
        if not 0 <= number < _CLOCKS:
            return _INVAL
        return _store(frame, result, (1).to_bytes(8, "little"))

    return clock_res_get


def _random_get(seed: Any) -> Function:
    if isinstance(seed, bool) or not isinstance(seed, int | str | bytes):
        raise TypeError(f"random_seed must be int, str or bytes, not {type(seed).__name__}")
    source = random.Random(seed)  # noqa: S311 - the same bytes in each run are what was asked for

    @host_function
    def random_get(frame: CallingFrame, buffer: i32, size: i32) -> i32:
        size &= 0xFFFF_FFFF
        if size > _MAX_RANDOM:
            return _FAULT
        return _store(frame, buffer, source.randbytes(size))

    return random_get
