# SPDX-License-Identifier: Apache-2.0
"""The inputs that a guest has set, for backends that take them all when they compute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from wasmedge.hosts.calls import GuestError
from wasmedge.hosts.nn.codes import Errno

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

__all__ = ["Inputs", "TensorSpec", "find_spec", "require_inputs", "require_output"]


class TensorSpec(NamedTuple):
    """What a model says of an input or output.

    Attributes:
        name: Its name.
        dtype: The type of the elements.
        shape: The lengths; None where any will do. None instead of all for any shape.
    """

    name: str
    dtype: np.dtype[Any]
    shape: tuple[int | None, ...] | None

    def check(self, tensor: npt.NDArray[Any]) -> None:
        """Raise GuestError unless a tensor is as the model wants it."""
        if tensor.dtype == self.dtype and tensor.shape == self.shape:
            return  # the usual case
        fits = self.shape is None or (
            len(self.shape) == tensor.ndim
            and all(want in (None, length) for want, length in zip(self.shape, tensor.shape, strict=True))
        )
        if not fits or not (tensor.dtype == self.dtype or _stands_for(tensor.dtype, self.dtype)):
            shape = "any shape" if self.shape is None else tuple("any" if n is None else n for n in self.shape)
            raise GuestError(
                Errno.INVALID_ARGUMENT,
                f"{self.name!r} takes {self.dtype} of {shape}, not {tensor.dtype} of {tensor.shape}",
            )


def _stands_for(given: np.dtype[Any], wanted: np.dtype[Any]) -> bool:
    """Whether elements of a type that guests can name are as good as those of one that they cannot."""
    return given.kind in "iu" and wanted.kind in "iub" and given.itemsize == wanted.itemsize


def find_spec(specs: Sequence[TensorSpec], index: int, kind: str) -> TensorSpec:
    """Return what a model says of an input or output by its number.

    Raises:
        GuestError: It has not so many.
    """
    if index >= len(specs):
        raise GuestError(Errno.INVALID_ARGUMENT, f"the model has {len(specs)} {kind}s, and no {kind} {index}")
    return specs[index]


def require_inputs(missing: Sequence[str]) -> None:
    """Raise GuestError when a model is to compute and inputs, of these names, are not set."""
    if missing:
        raise GuestError(Errno.INVALID_ARGUMENT, f"inputs are not set: {', '.join(missing)}")


def require_output(count: int | None, index: int) -> None:
    """Raise GuestError unless there is an output of that number among `count`; None before a model has computed."""
    if count is None:
        raise GuestError(Errno.INVALID_ARGUMENT, "there are no outputs before compute")
    if index >= count:
        raise GuestError(Errno.INVALID_ARGUMENT, f"there are {count} outputs, and no output {index}")


class Inputs:
    """Copies of the inputs of a model of which it is not known what it takes."""

    def __init__(self) -> None:
        self._tensors: dict[int, npt.NDArray[Any]] = {}

    def set(self, index: int, tensor: npt.NDArray[Any]) -> None:
        """Keep a copy of an input."""
        self._tensors[index] = tensor.copy()

    def all(self) -> list[npt.NDArray[Any]]:
        """Return the inputs in the order of their numbers.

        Raises:
            GuestError: There is a number that has none, with greater ones that have.
        """
        for index in range(len(self._tensors)):
            if index not in self._tensors:
                raise GuestError(Errno.INVALID_ARGUMENT, f"the input {index} is not set")
        return [self._tensors[index] for index in range(len(self._tensors))]
