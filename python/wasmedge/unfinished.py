# SPDX-License-Identifier: Apache-2.0
"""Files and directories of work that goes on, which are removed when it ends, one way or another."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["remove_unfinished", "replacing", "work_directory"]

_unfinished: set[Path] = set()


def remove_unfinished() -> None:
    """Remove what still goes on: for a process that is about to end in the midst of it."""
    for path in list(_unfinished):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


@contextlib.contextmanager
def work_directory(prefix: str = "wasmedge-", parent: Path | None = None) -> Iterator[Path]:
    """Make a directory for a while, among the temporary ones unless another place is named.

    Not by `tempfile.TemporaryDirectory`: when a child of a fork ends, that removes directories of its parent's threads.
    """
    work = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
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
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)
    new = Path(name)
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


def _before_fork() -> None:
    """Wait for a thread that just looks for the temporary directory: tempfile has a lock for that, once."""
    with contextlib.suppress(OSError):  # there is none
        tempfile.gettempdir()


os.register_at_fork(before=_before_fork, after_in_child=_unfinished.clear)  # what goes on is the parent's
