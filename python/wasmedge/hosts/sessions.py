# SPDX-License-Identifier: Apache-2.0
"""What the modules of TensorFlow and TensorFlow Lite have in common: error numbers, and handles."""

from __future__ import annotations

import enum
from abc import abstractmethod
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from wasmedge.hosts.functions import guest_function
from wasmedge.hosts.handles import HandleTable
from wasmedge.hosts.layout import u32
from wasmedge.hosts.pointers import OutU32

if TYPE_CHECKING:
    import numpy.typing as npt

    from wasmedge.hosts.pointers import Ptr

__all__ = ["Errno", "OldHandles", "Session", "SessionFunctions", "numbered"]


class Errno(enum.IntEnum):
    """The error numbers of both modules, since WasmEdge 0.13."""

    SUCCESS = 0
    INVALID_ARGUMENT = 1
    INVALID_ENCODING = 2
    MISSING_MEMORY = 3
    BUSY = 4
    RUNTIME_ERROR = 5


numbered = guest_function(success=Errno.SUCCESS, fault=Errno.INVALID_ARGUMENT, failure=Errno.RUNTIME_ERROR)


class Session(Protocol):
    """A model with its inputs and outputs."""

    @abstractmethod
    def run(self) -> None:
        """Run the model."""

    @abstractmethod
    def size(self, tensor: int, /) -> int:
        """Return the size of an output tensor in bytes."""

    @abstractmethod
    def tensor(self, tensor: int, /) -> npt.NDArray[Any]:
        """Return an output tensor."""


AnySession = TypeVar("AnySession", bound=Session)


def _make_table(limit: int, first: int = 0) -> HandleTable[Any]:
    """Make the table of a module's sessions."""
    return HandleTable(unknown=Errno.INVALID_ARGUMENT, full=Errno.BUSY, limit=limit, first=first)


class SessionFunctions(Generic[AnySession]):
    """The guest functions since 0.13 that are the same for all kinds of sessions.

    Args:
        limit: The most sessions.
    """

    def __init__(self, limit: int) -> None:
        self._sessions: HandleTable[AnySession] = _make_table(limit)

    @numbered
    def delete_session(self, session: u32) -> None:
        """Close a session; one that is not open is as good as closed."""
        self._sessions.discard(session)

    @numbered
    def run_session(self, session: u32) -> None:
        """Run the model."""
        self._sessions.get(session).run()

    @numbered
    def get_tensor_len(self, session: u32, tensor: u32, size: OutU32) -> None:
        """Tell the size of an output in bytes."""
        size.set(self._sessions.get(session).size(tensor))


class OldHandles(Generic[AnySession]):
    """Handles of before 0.13, which were pointers there: of sessions, and of tensors of a session. None is 0.

    Args:
        limit: The most sessions.

    Attributes:
        sessions: The sessions.
    """

    def __init__(self, limit: int) -> None:
        self.sessions: HandleTable[AnySession] = _make_table(limit, first=1)

    def of_tensor(self, session: int, tensor: int) -> int:
        """Return the handle of an output tensor."""
        return session << 32 | tensor

    def size(self, handle: int) -> int:
        """Return the size of a tensor in bytes."""
        return self.sessions.get(handle >> 32).size(handle & 0xFFFF_FFFF)

    def write(self, handle: int, target: Ptr) -> None:
        """Write a tensor to where the guest has made room for all of it."""
        tensor = self.sessions.get(handle >> 32).tensor(handle & 0xFFFF_FFFF)
        target.slice(tensor.nbytes).write(tensor)
