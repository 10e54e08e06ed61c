# SPDX-License-Identifier: Apache-2.0
"""Names for compiled code, by all that it depends on."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import platform
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

from wasmedge import _core
from wasmedge._version import __version__
from wasmedge.locks import make_lock

if TYPE_CHECKING:
    from wasmedge._core import Configure, Module

__all__ = ["key_of"]

# What changes the code, beside the level.
_SWITCHES = ("count_instructions", "measure_cost", "generic_binary", "interruptible")

_digests: weakref.WeakKeyDictionary[Module, str] = weakref.WeakKeyDictionary()
_lock = make_lock()  # guards _digests


def key_of(module: Module, configure: Configure) -> str:
    """Return a name for the code of a module by all that it depends on."""
    with _lock:
        digest = _digests.get(module)
    if digest is None:
        digest = hashlib.sha256(module._bytes()).hexdigest()
        with _lock:
            _digests[module] = digest
    parts = [
        digest,
        __version__,
        _core.runtime_version,
        configure.optimization_level.name,
        *(str(getattr(configure, name)) for name in _SWITCHES),
        str(configure._proposals()),
        _processor(),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@functools.cache
def _processor() -> str:
    """Describe the processor as far as the compiler looks at it: code for another one may not run here."""
    wanted = ("vendor_id", "cpu family", "model", "stepping", "flags", "Features", "CPU implementer", "CPU part")
    lines: dict[str, str] = {}
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, value = line.partition(":")
            if name.strip() in wanted:
                lines.setdefault(name.strip(), value.strip())
    return "\n".join([platform.machine(), *(f"{name}={value}" for name, value in sorted(lines.items()))])
