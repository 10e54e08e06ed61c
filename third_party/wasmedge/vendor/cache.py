# SPDX-License-Identifier: Apache-2.0
"""The user's cache of downloaded packages, trusted only as far as the hash goes."""

import hashlib
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from .errors import VendorError
from .lock import Package
from .progress import Progress


def directory() -> Path:
    """Return where downloads are kept: PYWASMEDGE_DOWNLOAD_CACHE, else in the user's cache directory."""
    own = os.environ.get("PYWASMEDGE_DOWNLOAD_CACHE")
    if own:
        return Path(own).absolute()
    # The specification of base directories has relative values ignored.
    shared = Path(os.environ.get("XDG_CACHE_HOME") or "")
    base = shared if shared.is_absolute() else _home() / ".cache"
    return base / "pywasmedge" / "downloads"


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError as error:
        raise VendorError("there is no home directory for the cache: set PYWASMEDGE_DOWNLOAD_CACHE") from error


def sha256(path: Path) -> str:
    """Return a file's hash in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


@dataclass(frozen=True)
class Cache:
    """A directory of packages; every use of a file checks its hash."""

    root: Path
    progress: Progress

    def path(self, package: Package) -> Path:
        """Return where a package is kept; part of the hash keeps equal versions of two archives apart."""
        version = quote(package.version, safe="+~")
        return self.root / f"{package.name}_{version}_{package.arch}_{package.sha256[:12]}.deb"

    def get(self, package: Package) -> Path | None:
        """Return the verified file of a package, or None; a corrupt file is removed."""
        path = self.path(package)
        if not path.exists():
            return None
        if sha256(path) == package.sha256:
            return path
        self.progress.warn(f"the cached {path.name} is corrupt: removed")
        path.unlink()
        return None

    def missing(self, packages: Iterable[Package]) -> list[Package]:
        """Return the packages that have to be downloaded."""
        return [package for package in packages if self.get(package) is None]

    def put(self, package: Package, download: Path) -> None:
        """Take a downloaded file in, if it is what was asked for."""
        found = sha256(download)
        if found != package.sha256:
            raise VendorError(
                f"the download of {package.name} {package.version} is broken"
                f" ({download.stat().st_size} bytes):\n"
                f"  expected sha256 {package.sha256}\n  found    sha256 {found}"
            )
        # Under another name until it is whole, for another build may be reading.
        partial = self.root / f".{found[:12]}.{os.getpid()}.part"
        try:
            shutil.copyfile(download, partial)
            partial.replace(self.path(package))
        finally:
            partial.unlink(missing_ok=True)
