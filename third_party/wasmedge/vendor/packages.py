# SPDX-License-Identifier: Apache-2.0
"""Getting the packages: from the cache, else from the archive, else the nearest that it still has."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import apt
from .cache import Cache
from .errors import VendorError
from .index import Entry
from .lock import Lock, Package, read
from .progress import Progress
from .substitute import substitute


@dataclass(frozen=True)
class Selection:
    """The packages that make up the prefix, and whether they are exactly the pinned ones."""

    files: dict[Package, Path]
    pinned: bool


@dataclass(frozen=True)
class Obtainer:
    """Gets the packages of one architecture; a locked one takes nothing but the pinned packages."""

    lock: Lock
    arch: str
    cache: Cache
    locked: bool
    progress: Progress

    def obtain(self, work: Path) -> Selection:
        """Return verified files; the network is used only for what the cache does not hold."""
        pinned = list(self.lock.of(self.arch))
        try:
            self.cache.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = f"{error.strerror}: {error.filename}"
            raise VendorError(f"the download cache cannot be made ({reason}): set PYWASMEDGE_DOWNLOAD_CACHE") from error
        missing = self.cache.missing(pinned)
        remembered = [] if self.locked or not missing else self._remembered()
        if not missing:
            chosen = pinned
        elif remembered and not self.cache.missing(remembered):
            chosen = remembered
            self._announce(pinned, chosen)
        else:
            return self._select(self._fetch(pinned, missing, work), pinned)
        self.progress.say("nothing to download: every package is in the cache")
        return self._select(chosen, pinned)

    def _fetch(self, pinned: list[Package], missing: list[Package], work: Path) -> list[Package]:
        archive = apt.private(work, self.arch, self.progress)
        entries: list[Entry] = []
        for suite in dict.fromkeys((*self.lock.suites, archive.source.suite)):
            entries += archive.entries(suite)
            if not _unlisted(missing, entries):
                break
        gone = _unlisted(missing, entries)
        chosen = self._replace(pinned, gone, entries) if gone else pinned
        self._download(archive, self.cache.missing(chosen), entries)
        if gone:
            self._memory().write_text("".join(f"{package.line}\n" for package in chosen), encoding="utf-8")
        return chosen

    def _replace(self, pinned: list[Package], gone: list[Package], entries: list[Entry]) -> list[Package]:
        if self.locked:
            raise VendorError(f"the archive does not have {_names(gone)}, and a locked build takes no other")
        chosen = substitute(pinned, gone, entries)
        self._announce(pinned, chosen)
        return chosen

    def _announce(self, pinned: Sequence[Package], chosen: Sequence[Package]) -> None:
        gone = [package for package in pinned if package not in chosen]
        lines = "\n".join(f"  {package.line}" for package in chosen if package not in pinned)
        self.progress.warn(
            f"WARNING: the archive does not have {_names(gone)} any more; taking the newest that fits.\n"
            f"To pin this choice, replace the lines of these packages in wasmedge.lock by:\n{lines}"
        )

    def _download(self, archive: apt.Apt, packages: list[Package], entries: list[Entry]) -> None:
        sizes = {entry.package: entry.size for entry in entries}
        for package in packages:
            megabytes = sizes.get(package, 0) / 1_000_000
            self.progress.say(f"fetching {package.name} {package.version} ({megabytes:.1f} MB)")
        if packages:
            for package, file in archive.download(packages).items():
                self.cache.put(package, file)

    def _select(self, chosen: list[Package], pinned: list[Package]) -> Selection:
        files = {package: self.cache.path(package) for package in chosen}
        return Selection(files, chosen == pinned)

    def _memory(self) -> Path:
        """Return where a substitution is remembered, so that another build needs no network to repeat it."""
        text = "".join(f"{package.line}\n" for package in self.lock.of(self.arch))
        return self.cache.root / f"substitutes-{hashlib.sha256(text.encode()).hexdigest()[:12]}.lock"

    def _remembered(self) -> list[Package]:
        path = self._memory()
        return list(read(path).packages) if path.exists() else []


def _names(packages: Sequence[Package]) -> str:
    return ", ".join(f"{package.name} {package.version}" for package in packages)


def _unlisted(wanted: list[Package], entries: list[Entry]) -> list[Package]:
    """Return what the index does not list; raise if it lists the same version with another hash."""
    listed = {(entry.package.name, entry.package.version): entry.package for entry in entries}
    for package in wanted:
        there = listed.get((package.name, package.version))
        if there is not None and there.sha256 != package.sha256:
            raise VendorError(
                f"{package.name} {package.version} is not the package that was pinned:\n"
                f"  the lock file says sha256 {package.sha256}\n  the archive says   sha256 {there.sha256}"
            )
    return [package for package in wanted if (package.name, package.version) not in listed]
