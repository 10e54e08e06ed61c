# SPDX-License-Identifier: Apache-2.0
"""Which module a VM makes for each host registration."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, NamedTuple

from wasmedge._core import HostRegistration, Plugin

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wasmedge._core import Instance, Store

__all__ = ["make"]


class _Registration(NamedTuple):
    """How the module of a host registration is made.

    Attributes:
        module: The name that guests import from.
        plugin: The native plug-in that has it, and its name in there.
        factory: The Python module and the class.
        shares: Whether it takes a context that it shares with the other such modules of a VM.
    """

    module: str
    plugin: tuple[str, str]
    factory: tuple[str, str]
    shares: bool = False

    def load(self) -> type[Any]:
        """Import the class."""
        class_: type[Any] = getattr(importlib.import_module(self.factory[0]), self.factory[1])
        return class_


def _crypto(name: str, class_: str) -> _Registration:
    plugin = ("wasi_crypto", f"wasi_crypto_{name}")
    return _Registration(f"wasi_ephemeral_crypto_{name}", plugin, ("wasmedge.hosts.crypto", class_), shares=True)


_REGISTRATIONS = {
    HostRegistration.WASMEDGE_PROCESS: _Registration(
        "wasmedge_process", ("wasmedge_process", "wasmedge_process"), ("wasmedge.hosts.process", "ProcessModule")
    ),
    HostRegistration.WASI_NN: _Registration(
        "wasi_ephemeral_nn", ("wasi_nn", "wasi_nn"), ("wasmedge.hosts.nn", "WasiNNModule")
    ),
    HostRegistration.WASI_CRYPTO_COMMON: _crypto("common", "WasiCryptoCommonModule"),
    HostRegistration.WASI_CRYPTO_ASYMMETRIC_COMMON: _crypto("asymmetric_common", "WasiCryptoAsymmetricCommonModule"),
    HostRegistration.WASI_CRYPTO_KX: _crypto("kx", "WasiCryptoKxModule"),
    HostRegistration.WASI_CRYPTO_SIGNATURES: _crypto("signatures", "WasiCryptoSignaturesModule"),
    HostRegistration.WASI_CRYPTO_SYMMETRIC: _crypto("symmetric", "WasiCryptoSymmetricModule"),
}


def make(wanted: Iterable[HostRegistration], store: Store, native: bool) -> dict[HostRegistration, Instance]:
    """Make the modules of host registrations; called by a VM.

    Args:
        wanted: The registrations.
        store: The VM's store. Modules that it has already are taken from it.
        native: Whether the modules of native plug-ins go first.

    Raises:
        MissingExtraError: A package is missing that a module needs.
        ValueError: This version has no module for a registration.
    """
    if native:
        Plugin.load_default_paths()
    made: dict[HostRegistration, Instance] = {}
    for registration in wanted:
        made[registration] = _make(registration, store, native, made)
    return made


def _make(
    registration: HostRegistration, store: Store, native: bool, made: Mapping[HostRegistration, Instance]
) -> Instance:
    found = _REGISTRATIONS.get(registration)
    if found is None:
        raise ValueError(f"this version registers no host module for {registration}")
    present = store.get(found.module)
    if present is not None:
        return present
    plugin = Plugin.find(found.plugin[0]) if native else None
    if plugin is not None:
        return plugin.create_module(found.plugin[1])
    instance: Instance = found.load()(*([_shared_context(store, made)] if found.shares else []))
    return instance


def _shared_context(store: Store, made: Mapping[HostRegistration, Instance]) -> Any:
    """Return the context of the modules that are there already, None if there are none."""
    context_of = importlib.import_module("wasmedge.hosts.crypto.module").context_of
    for registration, other in _REGISTRATIONS.items():
        instance = made.get(registration, store.get(other.module)) if other.shares else None
        if instance is not None and (context := context_of(instance)) is not None:
            return context
    return None
