# SPDX-License-Identifier: Apache-2.0
"""Tensors in a guest's memory."""

from __future__ import annotations

import math
import struct
import sys
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import numpy as np

from wasmedge.hosts.layout import AtMost, u32
from wasmedge.hosts.nn.codes import find_dtype
from wasmedge.hosts.pointers import Array, Slice

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["GuestTensor", "to_bytes"]

_PLAIN = "?bBhHiIlLqQefd" if sys.byteorder == "little" else ""


class GuestTensor(NamedTuple):
    """A tensor as a guest passes it, 20 bytes."""

    dims: Annotated[Array[u32], AtMost(32)]  # the most that every version of numpy has
    type: u32
    data: Slice

    def view(self, tables: tuple[tuple[np.dtype[Any], ...], ...]) -> npt.NDArray[Any]:
        """Return an array of its shape on the guest's memory.

        Args:
            tables: What numbers stand for which types.

        Raises:
            GuestError: Its type is unknown, or it has another size than its dimensions say.
        """
        dims, data = self.dims, self.data
        shape = struct.unpack(f"<{len(dims)}I", dims.memory.read(dims.address, 4 * len(dims)))  # all at once
        dtype = find_dtype(tables, self.type, math.prod(shape), data.size)
        return data.memory.view(dtype, data.address, shape)


def to_bytes(output: Any) -> npt.NDArray[Any]:
    """Return an output whose bytes are as guests get them: elements in C order, each little-endian.

    Nothing is copied that is so already.

    Raises:
        TypeError: It is no array, or one of something else than numbers.
    """
    if (
        isinstance(output, np.ndarray)
        and output.ndim
        and output.dtype.char in _PLAIN
        and output.dtype.isnative
        and output.flags.c_contiguous
    ):
        return output  # the usual case
    array = np.frombuffer(output, np.uint8) if isinstance(output, bytes | bytearray) else np.asarray(output)
    if array.dtype.hasobject or array.dtype.kind in "USMm":
        raise TypeError(f"an output of {array.dtype} cannot be passed to a guest")
    if array.dtype.byteorder == ">":
        array = array.astype(array.dtype.newbyteorder("<"))
    return np.ascontiguousarray(array).reshape(-1).view(np.uint8)
