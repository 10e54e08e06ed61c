# SPDX-License-Identifier: Apache-2.0
"""Locks that are free in the child of a fork, which has none of the parent's other threads to release them."""

from __future__ import annotations

import os
import threading
import weakref
from typing import Any

__all__ = ["make_lock"]

_locks: weakref.WeakSet[Any] = weakref.WeakSet()


def make_lock() -> threading.RLock:
    """Make one, which its holder may take again: a finaliser may come while this thread holds it.

    In the child, what it guards is as another thread may have left it in the midst of something.
    """
    lock = threading.RLock()
    _locks.add(lock)
    return lock


def _after_fork() -> None:
    for lock in _locks:
        if not lock._is_owned():  # by the thread that forks, which releases it
            lock._at_fork_reinit()  # as the standard library does with its own


os.register_at_fork(after_in_child=_after_fork)
