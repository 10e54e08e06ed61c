# SPDX-License-Identifier: Apache-2.0
"""Instances whose functions are methods of Python objects, as classes."""

from __future__ import annotations

from typing import Any, ClassVar

from wasmedge._core import _HostModule
from wasmedge.hosts.functions import add_functions

__all__ = ["HostModule"]


class HostModule(_HostModule):
    """An `Instance` whose functions are the guest functions of Python objects; a base class.

    A derived class names the module that guests import from. What the functions do stands in the methods of other
    objects, the receivers, which are kept by the instance: so nothing holds itself, and a module is freed with its last
    user.

    Example:
        >>> from wasmedge.hosts import HostModule, guest_function, u32
        >>> class _Counter:
        ...     def __init__(self) -> None:
        ...         self.count = 0
        ...
        ...     @guest_function
        ...     def add(self, number: u32) -> u32:
        ...         self.count += number
        ...         return self.count
        >>> class CounterModule(HostModule, name="counter"):
        ...     def __init__(self) -> None:
        ...         self.counter = _Counter()
        ...         super().__init__(self.counter)
        >>> module = CounterModule()
        >>> module.exports.add(2), module.counter.count
        (2, 2)

    Args:
        *receivers: Objects with methods declared by `guest_function`.
    """

    _name: ClassVar[str | None] = None

    def __init_subclass__(cls, *, name: str | None = None, **options: Any) -> None:
        super().__init_subclass__(**options)
        if name is not None:
            cls._name = name

    def __init__(self, *receivers: object) -> None:
        for receiver in receivers:
            add_functions(self, receiver)
