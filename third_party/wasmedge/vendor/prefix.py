# SPDX-License-Identifier: Apache-2.0
"""The finished prefix: what is in it, when it is still good, and how it takes its place all at once."""

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import VendorError
from .progress import Progress

MANIFEST = "manifest.json"


def fingerprint(parts: Iterable[str], sources: Iterable[Path]) -> str:
    """Return a hash of everything that the content of a prefix comes from."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode() + b"\0")
    for source in sorted(sources, key=lambda path: path.name):
        digest.update(source.name.encode() + b"\0" + source.read_bytes() + b"\0")
    return digest.hexdigest()


@dataclass(frozen=True)
class Prefix:
    """The place of a prefix; work goes on beside it, on the same file system."""

    path: Path
    progress: Progress

    def manifest(self) -> dict[str, Any]:
        """Return the manifest of the prefix that is there, or an empty one."""
        try:
            content = json.loads((self.path / MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return content if isinstance(content, dict) else {}

    def check_place(self) -> None:
        """Raise if something else is in the place, which must not be thrown away."""
        foreign = self.path.exists() and not (self.path / MANIFEST).exists()
        if foreign and (not self.path.is_dir() or any(self.path.iterdir())):
            raise VendorError(f"{self.path} exists and is no prefix of this tool: remove it or name another")

    def is_current(self, wanted: str, *, locked: bool) -> bool:
        """Say whether the prefix there is the wanted one, whole, and good enough for a locked build."""
        manifest = self.manifest()
        if manifest.get("fingerprint") != wanted or (locked and not manifest.get("pinned")):
            return False
        files = [f"lib/{name}" for name in manifest["runtime_files"]]
        return all((self.path / name).is_file() for name in ["include/wasmedge/wasmedge.h", *files])

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Let one process at a time work on this prefix."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = self._beside("lock")
        descriptor = self._acquire(file)
        try:
            self._sweep()
            yield
        finally:
            file.unlink(missing_ok=True)
            os.close(descriptor)

    def _acquire(self, file: Path) -> int:
        while True:
            descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self.progress.say(f"waiting for another build that is laying {self.path}")
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            # The one before removes the file when it is done; only the file that still has the name counts.
            if file.exists() and os.path.samestat(os.fstat(descriptor), file.stat()):
                return descriptor
            os.close(descriptor)

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """Give a work directory that is gone afterwards, however the work ends."""
        with tempfile.TemporaryDirectory(prefix=self._beside("work-").name, dir=self.path.parent) as name:
            yield Path(name)

    def place(self, finished: Path) -> None:
        """Put a finished prefix into its place; what was there stays until then."""
        finished.chmod(0o755)
        old = finished.with_name("old")
        if self.path.exists():
            self.path.rename(old)
        try:
            finished.rename(self.path)
        except BaseException:
            if old.exists():
                old.rename(self.path)
            raise

    def _beside(self, suffix: str) -> Path:
        return self.path.with_name(f".{self.path.name}.{suffix}")

    def _sweep(self) -> None:
        """Remove what a killed process left behind; the lock says that nobody is at it."""
        for left in self.path.parent.glob(f"{self._beside('work-').name}*"):
            shutil.rmtree(left, ignore_errors=True)
