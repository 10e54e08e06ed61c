# SPDX-License-Identifier: Apache-2.0
"""Files and directories of work that goes on, which are removed when it ends, one way or another."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import threading
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["make_directory", "make_file", "remove_unfinished", "remove_with", "replacing", "work_directory"]

_unfinished: set[Path] = set()
_making = threading.RLock()  # a fork takes it: tempfile has a lock that would stay locked in the child


def make_directory(prefix: str = "wasmedge-", parent: Path | None = None) -> Path:
    """Make a directory with a name of its own, among the temporary ones unless another place is named."""
    with _making:
        return Path(tempfile.mkdtemp(prefix=prefix, dir=parent))


def make_file(prefix: str = "wasmedge-", suffix: str = "", parent: Path | None = None) -> tuple[int, Path]:
    """Make a file in the same way, and open it. Returns its descriptor and its path."""
    with _making:
        descriptor, name = tempfile.mkstemp(prefix=prefix, suffix=suffix, dir=parent)
        return descriptor, Path(name)


def remove_unfinished() -> None:
    """Remove what still goes on: for a process that is about to end in the midst of it."""
    for path in list(_unfinished):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def remove_with(owner: object, path: Path) -> None:
    """Remove a file when an object is gone, or this process ends; a child of a fork leaves it."""
    weakref.finalize(owner, _remove_of, os.getpid(), path)


def _remove_of(process: int, path: Path) -> None:
    if os.getpid() == process:
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def work_directory(prefix: str = "wasmedge-", parent: Path | None = None) -> Iterator[Path]:
    """Make a directory for a while.

    Not by `tempfile.TemporaryDirectory`: when a child of a fork ends, that removes directories of its parent's threads.
    """
    work = make_directory(prefix, parent)
    _unfinished.add(work)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
        _unfinished.discard(work)


@contextlib.contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give a path beside the target, which replaces it when all went well and is removed otherwise."""
    if target.is_dir():
        raise IsADirectoryError(f"the output {str(target)!r} is a directory")
    descriptor, new = make_file(f".{target.name}.", ".tmp", target.parent)
    _unfinished.add(new)
    try:
        umask = os.umask(0o077)
        os.umask(umask)
        os.fchmod(descriptor, 0o666 & ~umask)
        os.close(descriptor)
        yield new
        new.replace(target)
    finally:
        new.unlink(missing_ok=True)
        _unfinished.discard(new)


def _after_fork() -> None:
    """Leave to the parent what goes on there."""
    _unfinished.clear()
    _making.release()


os.register_at_fork(before=_making.acquire, after_in_parent=_making.release, after_in_child=_after_fork)
