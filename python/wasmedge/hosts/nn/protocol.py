# SPDX-License-Identifier: Apache-2.0
"""What runs models for guests: a backend loads graphs, and a graph makes execution contexts."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy.typing as npt

    from wasmedge.hosts.nn.codes import Target

__all__ = ["Backend", "ExecutionContext", "Graph", "Model"]


@runtime_checkable
class ExecutionContext(Protocol):
    """Inputs and outputs of a graph, as a guest has them. Its methods are never called by two threads at a time.

    What a method raises is an error number of the guest: that of a `GuestError`, else `Errno.RUNTIME_ERROR`.

    A context that puts out one part after the other, as language models do, has more methods: ``compute_single()``,
    which raises ``GuestError(Errno.END_OF_SEQUENCE)`` after the last part; ``get_output_single(index)``; and
    ``fini_single()``, which begins anew. It may also have these attributes, which are False where it has not:

    - ``raw_inputs``: `set_input` gets the bytes as they are, an array of uint8 with one dimension, whatever the guest
      says of dimensions and type;
    - ``whole_outputs``: an output is an error for a guest without room for all of it, and not cut off.
    """

    def set_input(self, index: int, tensor: npt.NDArray[Any], /) -> None:
        """Set an input.

        Args:
            index: Its number.
            tensor: A view on the guest's memory, little-endian, perhaps not aligned, which must not be kept: the guest
                may do with its memory what it wants as soon as this method has returned, and a kept view keeps all of
                the guest.
        """

    def compute(self) -> None:
        """Compute the outputs."""

    def get_output(self, index: int, /) -> Any:
        """Return an output: an array, or bytes.

        Args:
            index: Its number.
        """


@runtime_checkable
class Graph(Protocol):
    """A model that has been loaded. Threads may use it at the same time."""

    @abstractmethod
    def init_execution_context(self) -> ExecutionContext:
        """Make an execution context."""


@runtime_checkable
class Backend(Protocol):
    """What loads models of an encoding. Threads may use it at the same time."""

    def load(self, builders: Sequence[bytes | Path], target: Target, config: str, /) -> Model:
        """Load a model.

        Args:
            builders: The parts of the model: bytes that a guest has brought, or paths of files of the host for a model
                that the host has preloaded. A guest's model deserves less trust.
            target: The device to run on.
            config: What the guest has given to configure it with, in the backend's own language; empty for nothing.

        Raises:
            GuestError: It cannot be loaded; with the error number for the guest.
        """


# A callable takes the inputs as arrays, and returns the outputs: an array or bytes, several in a list, tuple or dict.
Model: TypeAlias = Any
