# SPDX-License-Identifier: Apache-2.0
"""The log of guests: the module wasi:logging/logging."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from wasmedge.hosts.functions import guest_function
from wasmedge.hosts.layout import u32
from wasmedge.hosts.module import HostModule
from wasmedge.hosts.pointers import Slice

if TYPE_CHECKING:
    from typing import Final

__all__ = ["LoggingModule"]

# By the guest's numbers: trace, debug, info, warn, error, critical. Python has no trace.
_LEVELS: Final = (5, logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL)


class LoggingModule(HostModule, name="wasi:logging/logging"):
    """Takes what guests log to Python's `logging`: an `Instance` with the function ``log`` of wasi:logging.

    All records come from one logger. The context that the guest gives with a message is in the record's attribute
    ``context``, and in front of the message unless it is empty; it names no file and no logger. What is no UTF-8 is
    replaced, and what would break a line (control characters) is shown as an escape. The guest's level "trace" is 5.

    Example:
        >>> import logging
        >>> from wasmedge.hosts import LoggingModule
        >>> module = LoggingModule(logging.getLogger("plugins.sorter"))
        >>> list(module.functions)
        ['log']

    Args:
        logger: The logger; by default the one named ``wasmedge.guest``.
        limit: How many bytes of a message or context are taken; the rest is left out, with an ellipsis in its place.

    Raises:
        TypeError: `logger` is no logger, nor its name.
        ValueError: `limit` is negative.
    """

    def __init__(
        self,
        logger: logging.Logger | logging.LoggerAdapter[logging.Logger] | str = "wasmedge.guest",
        *,
        limit: int = 65536,
    ) -> None:
        if isinstance(logger, str):
            logger = logging.getLogger(logger)
        if not isinstance(logger, logging.Logger | logging.LoggerAdapter):
            raise TypeError(f"logger must be a logger or its name, not {type(logger).__name__}")
        if limit < 0:
            raise ValueError(f"limit is a number of bytes, not {limit}")
        super().__init__(_Log(logger, limit))


class _Log:
    def __init__(self, logger: logging.Logger | logging.LoggerAdapter[logging.Logger], limit: int) -> None:
        self._logger = logger
        self._limit = limit

    @guest_function
    def log(self, level: u32, context: Slice, message: Slice) -> None:
        """Log a message. A level that is none is a ValueError in the guest's call."""
        if level >= len(_LEVELS):
            raise ValueError(f"{level} is no level of wasi:logging")
        if not self._logger.isEnabledFor(_LEVELS[level]):
            return
        place = self._text(context)
        text = self._text(message)
        self._logger.log(_LEVELS[level], "%s", f"{place}: {text}" if place else text, extra={"context": place})

    def _text(self, data: Slice) -> str:
        start = data.memory.read(data.address, min(len(data), self._limit))
        text = start.decode(errors="replace") + "…" * (len(data) > self._limit)
        return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
