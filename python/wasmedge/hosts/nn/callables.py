# SPDX-License-Identifier: Apache-2.0
"""Python callables as models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wasmedge.hosts.nn.inputs import Inputs, require_output
from wasmedge.hosts.nn.protocol import Graph

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

__all__ = ["CallableGraph", "OutputContext", "to_graph"]


class OutputContext:
    """An execution context with outputs that are there when it has computed; a base class."""

    def __init__(self) -> None:
        self._has_run = False
        self._outputs: Sequence[Any] = ()

    def get_output(self, index: int) -> Any:
        """Return an output."""
        require_output(len(self._outputs) if self._has_run else None, index)
        return self._outputs[index]


class CallableGraph:
    """A graph whose computation is a call of a Python callable.

    Args:
        function: Takes the inputs in the order of their numbers, as arrays of its own, and returns the outputs: an
            array or bytes for one, several in a list or tuple, or as the values of a mapping. Guests get the elements
            in the type that the arrays have.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function

    def init_execution_context(self) -> _Context:
        """Make an execution context."""
        return _Context(self._function)


class _Context(OutputContext):
    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__()
        self._function = function
        self._inputs = Inputs()

    def set_input(self, index: int, tensor: npt.NDArray[Any]) -> None:
        self._inputs.set(index, tensor)

    def compute(self) -> None:
        self._has_run = False
        self._outputs = to_outputs(self._function(*self._inputs.all()))
        self._has_run = True


def to_outputs(result: Any) -> list[Any]:
    """Return the outputs that a callable has returned as one object."""
    if isinstance(result, Mapping):
        return list(result.values())
    return list(result) if isinstance(result, list | tuple) else [result]


def to_graph(model: Any) -> Graph:
    """Return a graph for what may be one already, or a callable.

    Raises:
        TypeError: It is neither.
    """
    if isinstance(model, Graph):
        return model
    if callable(model):
        return CallableGraph(model)
    raise TypeError(f"{model!r} is no model: it has no init_execution_context, and cannot be called")
