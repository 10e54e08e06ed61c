# SPDX-License-Identifier: Apache-2.0
"""What the five modules of wasi-crypto have in common, as classes."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

from wasmedge.hosts.crypto.context import WasiCryptoContext, objects_of
from wasmedge.hosts.module import HostModule

if TYPE_CHECKING:
    from wasmedge._core import Instance
    from wasmedge.hosts.crypto.objects import Objects

__all__ = ["WasiCryptoModule", "context_of"]


class WasiCryptoModule(HostModule):
    """A module of wasi-crypto; a base class.

    Args:
        context: What it shares with the other modules; one of its own when None.

    Attributes:
        context: That.

    Raises:
        MissingExtraError: The package cryptography is not installed (``pip install 'pywasmedge[crypto]'``).
    """

    def __init__(self, context: WasiCryptoContext | None = None) -> None:
        self.context = WasiCryptoContext() if context is None else context
        super().__init__(*self._receivers(objects_of(self.context)))
        _CONTEXTS[self] = self.context

    @staticmethod
    def _receivers(objects: Objects) -> tuple[object, ...]:
        """Return the objects whose methods are the functions of the module."""
        raise NotImplementedError


# By what a store returns, too, which is equal to the module and not the same object.
_CONTEXTS: weakref.WeakKeyDictionary[Instance, WasiCryptoContext] = weakref.WeakKeyDictionary()


def context_of(instance: Instance) -> WasiCryptoContext | None:
    """Return the context of a module of wasi-crypto, None for any other instance."""
    return _CONTEXTS.get(instance)
