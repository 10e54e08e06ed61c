# SPDX-License-Identifier: Apache-2.0
"""Packages that only some host modules need, imported when they are needed."""

from __future__ import annotations

import functools
import importlib
import importlib.util
from typing import Any

__all__ = ["MissingExtraError", "import_extra", "require_extra"]


class MissingExtraError(ImportError):
    """A host module needs a package that is not installed; the message says how to install it.

    Attributes:
        extra: The extra of the distribution that brings the package.
    """

    def __init__(self, need: str, packages: tuple[str, ...], extra: str) -> None:
        super().__init__(
            f"{need} needs the package {' or '.join(packages)}: pip install 'pywasmedge[{extra}]'", name=packages[0]
        )
        self.extra = extra


@functools.cache
def import_extra(need: str, extra: str, *names: str) -> Any:
    """Import the first of some modules that is installed.

    Args:
        need: What needs it, for the message.
        extra: The extra that brings it.
        *names: The modules' names, such as ``"PIL.Image"``.

    Raises:
        MissingExtraError: None is installed.
    """
    for name in names:
        if _is_installed(name):
            return importlib.import_module(name)
    raise MissingExtraError(need, tuple(name.partition(".")[0] for name in names), extra)


def require_extra(need: str, extra: str, *names: str) -> None:
    """Raise MissingExtraError unless one of some modules is installed, without importing it."""
    if not any(_is_installed(name) for name in names):
        raise MissingExtraError(need, tuple(name.partition(".")[0] for name in names), extra)


def _is_installed(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):  # a package above it is missing, or sys.modules has None for it
        return False
