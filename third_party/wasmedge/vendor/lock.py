# SPDX-License-Identifier: Apache-2.0
"""The lock file: which packages, of which version, with which hash."""

import re
from dataclasses import dataclass
from pathlib import Path

from .errors import VendorError

RUNTIME = "libwasmedge0"
HEADERS = "libwasmedge-dev"

_UPSTREAM = re.compile(r"(?:\d+:)?(\d+\.\d+)(?:\.\d+)?")
_PACKAGE = re.compile(r"\S+ \S+ \S+ [0-9a-f]{64}")


@dataclass(frozen=True)
class Package:
    """One package of one architecture, pinned by version and hash."""

    arch: str
    name: str
    version: str
    sha256: str

    @property
    def line(self) -> str:
        """The line of the lock file that pins this package."""
        return f"{self.arch} {self.name} {self.version} {self.sha256}"

    @property
    def minor(self) -> str:
        """The upstream version's first two numbers."""
        match = _UPSTREAM.match(self.version)
        return match[1] if match else self.version

    @property
    def upstream(self) -> str:
        """The upstream version: without the epoch and Debian's revision."""
        match = _UPSTREAM.match(self.version)
        return match[0].rpartition(":")[2] if match else self.version


@dataclass(frozen=True)
class Lock:
    """A parsed lock file."""

    suites: tuple[str, ...]
    packages: tuple[Package, ...]

    def of(self, arch: str) -> tuple[Package, ...]:
        """Return the packages of one architecture; raise if the lock knows none."""
        found = tuple(package for package in self.packages if package.arch == arch)
        if not found:
            known = ", ".join(sorted({package.arch for package in self.packages}))
            raise VendorError(f"no packages are pinned for the architecture {arch!r}, only for {known}")
        for name in (RUNTIME, HEADERS):
            if all(package.name != name for package in found):
                raise VendorError(f"the lock file pins no {name} for {arch}")
        return found


def read(path: Path) -> Lock:
    """Parse a lock file; raise with the line's number if a line makes no sense."""
    suites: tuple[str, ...] = ()
    packages: list[Package] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        if words[0] == "suites":
            suites = tuple(words[1:])
        elif _PACKAGE.fullmatch(" ".join(words)):
            packages.append(Package(*words))
        else:
            raise VendorError(f"{path.name}, line {number}: not `arch name version sha256`: {line.strip()}")
    return Lock(suites, tuple(packages))
