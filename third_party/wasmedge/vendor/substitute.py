# SPDX-License-Identifier: Apache-2.0
"""The nearest set of packages to the pinned one, when the archive no longer has all of it."""

import re
from collections.abc import Sequence

from .errors import VendorError
from .index import Entry, newest
from .lock import HEADERS, RUNTIME, Package

# What every system has, and what the stub library stands in for, is not fetched as a dependency.
_LEFT_OUT = re.compile(r"libc6|libgcc-s1|libstdc\+\+6|zlib1g|libz3-.*|libedit\d.*|libxml2.*")


def substitute(pinned: Sequence[Package], gone: Sequence[Package], entries: Sequence[Entry]) -> list[Package]:
    """Keep what is still there and take the newest of the rest; raise if nothing fits.

    A library's package carries its soname in its name, so another version of it fits. Another build of
    WasmEdge may need other libraries than the pinned ones: then its own dependencies are followed.
    """
    chooser = _Chooser(pinned, gone, entries)
    rebuilt = any(package.name in (RUNTIME, HEADERS) for package in gone)
    return chooser.follow([RUNTIME, HEADERS] if rebuilt else [package.name for package in pinned])


class _Chooser:
    def __init__(self, pinned: Sequence[Package], gone: Sequence[Package], entries: Sequence[Entry]) -> None:
        self._minor = next(package.minor for package in pinned if package.name == RUNTIME)
        self._kept = {package.name: package for package in pinned if package not in gone}
        if any(package.name in (RUNTIME, HEADERS) for package in gone):
            # The library and its headers go together.
            self._kept = {name: package for name, package in self._kept.items() if name not in (RUNTIME, HEADERS)}
        self._by_name: dict[str, list[Entry]] = {}
        for entry in entries:
            for name in (entry.package.name, *entry.provides):
                self._by_name.setdefault(name, []).append(entry)

    def follow(self, names: Sequence[str]) -> list[Package]:
        """Choose a package for each name and for each of its dependencies."""
        chosen: dict[str, Package] = {}
        waiting = list(names)
        while waiting:
            name = waiting.pop(0)
            if name in chosen or _LEFT_OUT.fullmatch(name):
                continue
            package, depends = self._choose(name)
            if package.name not in chosen:
                chosen[package.name] = package
                waiting += depends
        return list(chosen.values())

    def _choose(self, name: str) -> tuple[Package, tuple[str, ...]]:
        candidates = self._by_name.get(name, [])
        if name in self._kept:
            # A cached package may be one that the archive no longer lists.
            listed = [entry.depends for entry in candidates if entry.package == self._kept[name]]
            return self._kept[name], listed[0] if listed else ()
        wanted = name
        if name in (RUNTIME, HEADERS):
            wanted = f"{name} {self._minor}"
            candidates = [entry for entry in self._of_minor(name) if entry.package.version in self._common()]
        if not candidates:
            raise VendorError(
                f"the package archive has no {wanted} for this architecture in any suite that was looked in"
            )
        entry = newest(candidates)
        return entry.package, entry.depends

    def _of_minor(self, name: str) -> list[Entry]:
        return [entry for entry in self._by_name.get(name, []) if entry.package.minor == self._minor]

    def _common(self) -> set[str]:
        """Return the versions in which both the library and its headers are there."""
        runtime, headers = ({entry.package.version for entry in self._of_minor(name)} for name in (RUNTIME, HEADERS))
        return runtime & headers
