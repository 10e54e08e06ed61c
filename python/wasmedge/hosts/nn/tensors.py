# SPDX-License-Identifier: Apache-2.0
"""Tensors in a guest's memory."""

from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import numpy as np

from wasmedge.hosts.layout import AtMost, u32
from wasmedge.hosts.pointers import Array, Slice

if TYPE_CHECKING:
    import numpy.typing as npt

    from wasmedge.hosts.nn.codes import TensorTypes

__all__ = ["GuestTensor", "to_bytes"]


class GuestTensor(NamedTuple):
    """A tensor as a guest passes it, 20 bytes."""

    dims: Annotated[Array[u32], AtMost(32)]  # the most that every version of numpy has
    type: u32
    data: Slice

    def view(self, types: TensorTypes) -> npt.NDArray[Any]:
        """Return an array of its shape on the guest's memory.

        Raises:
            GuestError: Its type is unknown, or it has another size than its dimensions say.
        """
        dims = self.dims
        shape = struct.unpack(f"<{len(dims)}I", dims.memory.read(dims.address, 4 * len(dims)))  # all at once
        dtype = types.dtype(self.type, math.prod(shape), len(self.data))
        return self.data.view(dtype).reshape(shape)


def to_bytes(output: Any) -> npt.NDArray[np.uint8]:
    """Return the bytes of an output as guests get them: elements in C order, each little-endian.

    Nothing is copied that is so already.

    Raises:
        TypeError: It is no array, or one of something else than numbers.
    """
    array = np.frombuffer(output, np.uint8) if isinstance(output, bytes | bytearray) else np.asarray(output)
    if array.dtype.hasobject or array.dtype.kind in "USMm":
        raise TypeError(f"an output of {array.dtype} cannot be passed to a guest")
    if array.dtype.byteorder == ">":
        array = array.astype(array.dtype.newbyteorder("<"))
    return np.ascontiguousarray(array).reshape(-1).view(np.uint8)
