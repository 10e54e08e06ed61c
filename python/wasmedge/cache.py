# SPDX-License-Identifier: Apache-2.0
"""Compiled code, kept for the next time: where it is, how much, and how to get rid of it.

The directory is ``$WASMEDGE_CACHE_DIR``, or the user's cache directory by the platform's conventions. What is in it is
machine code that programs of the same user run, so a directory that others could write to is not used. An entry is
found by what it was made from: the module's content, the compiler's options, the runtime's version and the processor's
features.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import stat
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import platformdirs

from wasmedge.unfinished import work_directory

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["clear", "directory", "prune", "size"]

directory: Path
"""Where compiled code is kept, as the environment has it at the moment."""

_MAGIC = b"wasmedge-native-1\n"
_SUFFIX = ".native"
WORK_PREFIX = "work-"
_STALE_SECONDS = 3600.0


class _Entry(NamedTuple):
    used: float
    size: int
    path: Path


def __getattr__(name: str) -> Path:
    """Find `directory`, which follows the environment."""
    if name == "directory":
        return _directory()
    raise AttributeError(f"module 'wasmedge.cache' has no attribute '{name}'")


def _directory() -> Path:
    chosen = os.environ.get("WASMEDGE_CACHE_DIR")
    return Path(chosen) if chosen else platformdirs.user_cache_path("pywasmedge", appauthor=False)


def size() -> int:
    """Return how many bytes the entries have together; 0 when there is no cache."""
    return sum(entry.size for entry in _entries())


def clear() -> None:
    """Remove all entries, and what compilations that were killed have left.

    Code that is loaded stays in force. Entries that another process is just making are made all the same.

    Raises:
        OSError: Something cannot be removed.
    """
    prune(0)


def prune(max_bytes: int) -> int:
    """Remove entries until at most so many bytes are left, those first that were not used for longest.

    What compilations that were killed have left more than an hour ago goes in any case.

    Args:
        max_bytes: How many bytes may stay.

    Returns:
        How many bytes were removed.

    Raises:
        ValueError: `max_bytes` is negative.
        OSError: Something cannot be removed.
    """
    if max_bytes < 0:
        raise ValueError(f"max_bytes must not be negative, but is {max_bytes}")
    _remove_stale()
    entries = sorted(_entries())
    left = sum(entry.size for entry in entries)
    removed = 0
    for entry in entries:
        if left - removed <= max_bytes:
            break
        with contextlib.suppress(FileNotFoundError):  # another process prunes too
            entry.path.unlink()
        removed += entry.size
    return removed


def _paths() -> list[Path]:
    """List what is in the directory; nothing when there is none."""
    try:
        return list(_directory().iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []


def _entries() -> Iterator[_Entry]:
    for path in _paths():
        if path.suffix != _SUFFIX:
            continue
        with contextlib.suppress(FileNotFoundError):
            status = path.lstat()
            yield _Entry(status.st_mtime, status.st_size, path)


def _remove_stale() -> None:
    for path in _paths():
        if not path.name.startswith(WORK_PREFIX):
            continue
        with contextlib.suppress(FileNotFoundError):
            if time.time() - path.lstat().st_mtime > _STALE_SECONDS:
                shutil.rmtree(path)


def _open_directory() -> Path:
    """Make the directory if need be, and see to it that nobody else can put something there.

    Raises:
        OSError: It cannot be made, or others can write to it.
    """
    path = _directory()
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode):
        raise NotADirectoryError(f"{path} is a symbolic link or no directory")
    if status.st_uid != os.geteuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise PermissionError(f"{path} is another user's, or others can write to it")
    return path


def _digest(key: str, code: bytes) -> bytes:
    """Bind code to what it was made from: an entry that was renamed is none."""
    return hashlib.sha256(key.encode() + b"\0" + code).digest()


def _find(key: str) -> bytes | None:
    """Read an entry's code, and note that it was used; a damaged entry is removed.

    Raises:
        OSError: The directory cannot be used.
    """
    path = _open_directory() / (key + _SUFFIX)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    with open(descriptor, "rb") as file:
        status = os.fstat(file.fileno())
        content = file.read() if status.st_uid == os.geteuid() else b""
    header = len(_MAGIC) + hashlib.sha256().digest_size
    code = content[header:]
    if content[:header] != _MAGIC + _digest(key, code) or not code:
        path.unlink(missing_ok=True)
        return None
    with contextlib.suppress(OSError):  # read-only: then the order of use is not kept
        os.utime(path)
    return code


def _remove(key: str) -> None:
    (_directory() / (key + _SUFFIX)).unlink(missing_ok=True)


def _store(key: str, code: bytes) -> None:
    """Write an entry: whole, or not at all.

    Raises:
        OSError: It cannot be written.
    """
    target = _open_directory() / (key + _SUFFIX)
    with work_directory(WORK_PREFIX, _open_directory()) as work:
        new = work / "entry"
        new.write_bytes(_MAGIC + _digest(key, code) + code)
        new.replace(target)


@contextlib.contextmanager
def _lock(key: str) -> Iterator[None]:
    """Let one process at a time make an entry: the others find it then."""
    path = _open_directory() / (key + ".lock")
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        path.unlink(missing_ok=True)  # who waits for it finds the entry; who comes later makes a lock of his own
        os.close(descriptor)
