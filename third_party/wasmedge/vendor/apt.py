# SPDX-License-Identifier: Apache-2.0
"""A private apt beside the system's: own lists, own state, one suite of the machine's archive at a time."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .errors import VendorError
from .index import Entry, parse
from .lock import Package
from .process import run
from .progress import Progress
from .sources import Source, find

# The machine's own configuration is read before this: its proxies and certificates count, its hooks do not.
_CONFIGURATION = """\
#clear APT::Update;
#clear APT::Architectures;
APT::Architecture "{arch}";
APT::Architectures {{ "{arch}"; }};
APT::Sandbox::User "root";
APT::Update::Error-Mode "any";
Acquire::Languages "none";
Acquire::GzipIndexes "false";
Acquire::Retries "2";
Acquire::http::Timeout "30";
Acquire::https::Timeout "30";
Dir::State "{root}/state";
Dir::State::Lists "{root}/lists";
Dir::State::status "{root}/status";
Dir::Cache "{root}/cache";
Dir::Cache::pkgcache "pkgcache.bin";
Dir::Log "{root}/log";
Dir::Etc::SourceList "/dev/null";
Dir::Etc::SourceParts "{root}/sources";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
"""
_DIRECTORIES = ("lists/partial", "cache/archives/partial", "state", "sources", "log", "downloads")
_UNREACHABLE = re.compile(
    r"temporary failure resolving|could not resolve|could not connect|unable to connect"
    r"|network is unreachable|connection (?:failed|timed out|refused)|cannot initiate the connection",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Apt:
    """A private apt under a work directory; of the system's apt only the sources and settings are read."""

    root: Path
    source: Source
    progress: Progress

    def entries(self, suite: str) -> list[Entry]:
        """Fetch a suite's package index and return its entries; none if the archive has no such suite."""
        self.progress.say(f"fetching the package index of {suite}")
        before = set(self._indexes())
        stanza = self.root / "sources" / f"{suite}.sources"
        stanza.write_text(self.source.stanza(suite), encoding="utf-8")
        try:
            self._get("fetching the package index", "update")
        except VendorError as error:
            stanza.unlink()
            if _UNREACHABLE.search(str(error)):
                raise VendorError(f"no network: the package archive cannot be reached\n{error}") from error
            self.progress.warn(f"the archive has no usable suite {suite}, skipped: {error}")
            return []
        return [entry for path in sorted(set(self._indexes()) - before) for entry in parse(path)]

    def download(self, packages: Sequence[Package]) -> dict[Package, Path]:
        """Download packages and return the file of each, not yet verified against the lock."""
        directory = self.root / "downloads"
        wanted = [f"{package.name}={package.version}" for package in packages]
        self._get("downloading packages", "download", *wanted, cwd=directory)
        files = {}
        for package in packages:
            matches = sorted(directory.glob(f"{package.name}_*_{package.arch}.deb"))
            if not matches:
                raise VendorError(f"apt-get downloaded nothing for {package.name} {package.version}")
            files[package] = matches[0]
        return files

    def _indexes(self) -> list[Path]:
        return list((self.root / "lists").glob("*_Packages"))

    def _get(self, task: str, *arguments: str, cwd: Path | None = None) -> None:
        run(["apt-get", "-c", str(self.root / "apt.conf"), *arguments], task, cwd=cwd)


def private(root: Path, arch: str, progress: Progress) -> Apt:
    """Set a private apt up in a work directory, for one architecture."""
    source = find()
    for name in _DIRECTORIES:
        (root / name).mkdir(parents=True)
    (root / "status").touch()
    (root / "apt.conf").write_text(_CONFIGURATION.format(arch=arch, root=root), encoding="utf-8")
    return Apt(root, source, progress)
