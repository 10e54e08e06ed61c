# SPDX-License-Identifier: Apache-2.0
"""What a guest is given on the command line, and the options that say so."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import click

import wasmedge
from wasmedge._core import _run_within
from wasmedge.cli import options
from wasmedge.cli.progress import CompilationProgress
from wasmedge.cli.waiting import interruptibly
from wasmedge.sections import has_start
from wasmedge.shortcuts import default_run_mode, instantiate_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Guest", "guest_options", "instantiate"]


class Guest(NamedTuple):
    """A module to run, and its surroundings; see the options of `guest_options`."""

    file: str
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = MappingProxyType({})
    preopens: Mapping[str, str | wasmedge.ReadOnly] = MappingProxyType({})
    sockets: bool | tuple[str, ...] = False
    mode: str | None = None
    strict: bool = False
    measures_cost: bool = False
    memory_pages: int = 65536
    standard: wasmedge.Standard = wasmedge.Standard.WASM_2
    proposals: tuple[wasmedge.Proposal, ...] = ()
    timeout: float | None = None


def instantiate(guest: Guest) -> tuple[wasmedge.VM, wasmedge.WasiModule]:
    """Instantiate a module, in a VM in which WASI is there."""
    configure = wasmedge.Configure(
        wasmedge.HostRegistration.WASI,
        *guest.proposals,
        standard=guest.standard,
        max_memory_pages=guest.memory_pages,
        measure_cost=guest.measures_cost,
    )
    vm = wasmedge.VM(configure, run_mode=default_run_mode(None, guest.mode), strict=guest.strict)
    wasi = vm.import_instance(wasmedge.HostRegistration.WASI)
    assert wasi is not None, "WASI is configured"
    wasi.init(args=guest.args, env=guest.env, preopens=guest.preopens, sockets=guest.sockets)
    module = vm.loader.load(guest.file)
    # Compiling is not the guest's time; a start function is, and then both count.
    limit = guest.timeout if guest.timeout is not None and has_start(module._bytes()) else None
    with CompilationProgress(guest.file) as progress:
        interruptibly(lambda: _run_within(limit, lambda: instantiate_in(vm, module, None, progress)))
    return vm, wasi


def guest_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say how a module runs: ``mode``, ``strict``, ``memory_pages``, ``standard``, ``enable``."""
    command = options.proposals(command)
    command = click.option(
        "--memory-pages",
        type=click.IntRange(0, 65536),
        default=65536,
        metavar="N",
        help="The most pages of 64 KiB that its memory may have.",
    )(command)
    return options.run_mode(options.strict(command))
