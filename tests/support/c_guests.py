# SPDX-License-Identifier: Apache-2.0
"""Guests in C, of the examples, that import all functions of a host module."""

from __future__ import annotations

from typing import TYPE_CHECKING

import wasmedge

if TYPE_CHECKING:
    from tests.conftest import CompileC

    from wasmedge.hosts import HostModule


def instantiate_c(compile_c: CompileC, name: str, module: HostModule) -> wasmedge.Instance:
    """Instantiate an example over a host module, of which it imports everything."""
    path = compile_c(name, "--target=wasm32-freestanding", "-nostdlib", "-Wl,--no-entry")
    source = wasmedge.Module.from_file(path)
    assert {entry.name for entry in source.imports} == set(module.functions)
    return wasmedge.instantiate(source, imports={module.name: module})
