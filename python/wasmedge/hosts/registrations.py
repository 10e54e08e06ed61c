# SPDX-License-Identifier: Apache-2.0
"""Which module a VM makes for each host registration."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, NamedTuple

from wasmedge._core import HostRegistration, Plugin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wasmedge._core import Instance, Store

__all__ = ["make"]


class _Registration(NamedTuple):
    """How the module of a host registration is made.

    Attributes:
        module: The name that guests import from.
        plugin: The native plug-in that has it, and its name in there.
        factory: The Python module and the class.
    """

    module: str
    plugin: tuple[str, str]
    factory: tuple[str, str]


_REGISTRATIONS = {
    HostRegistration.WASMEDGE_PROCESS: _Registration(
        "wasmedge_process", ("wasmedge_process", "wasmedge_process"), ("wasmedge.hosts.process", "ProcessModule")
    ),
    HostRegistration.WASI_NN: _Registration(
        "wasi_ephemeral_nn", ("wasi_nn", "wasi_nn"), ("wasmedge.hosts.nn", "WasiNNModule")
    ),
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
    return {registration: _make(registration, store, native) for registration in wanted}


def _make(registration: HostRegistration, store: Store, native: bool) -> Instance:
    found = _REGISTRATIONS.get(registration)
    if found is None:
        raise ValueError(f"this version registers no host module for {registration}")
    present = store.get(found.module)
    if present is not None:
        return present
    plugin = Plugin.find(found.plugin[0]) if native else None
    if plugin is not None:
        return plugin.create_module(found.plugin[1])
    made: Instance = getattr(importlib.import_module(found.factory[0]), found.factory[1])()
    return made
