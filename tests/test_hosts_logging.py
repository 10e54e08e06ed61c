# SPDX-License-Identifier: Apache-2.0
"""The log of guests, which ends up in Python's and in no file."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any

import pytest
from pass_through import PassThrough

import wasmedge
from wasmedge import LoggingModule

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import CompileC, Wat

pytestmark = pytest.mark.quick

PAGE = 65536
LEVELS = [5, logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL]


def logger_of(wat: Wat, *args: Any, **options: Any) -> Callable[[int, bytes, bytes], None]:
    """Return what logs as a guest does."""
    guest = PassThrough(wat, LoggingModule(*args, **options))

    def log(level: int, context: bytes, message: bytes) -> None:
        guest.memory.write(0, context + message)
        guest.call("log", level, 0, len(context), len(context), len(message))

    return log


def records_of(caplog: pytest.LogCaptureFixture) -> list[tuple[str, int, str]]:
    """Return the records, and forget them."""
    found = [(record.name, record.levelno, record.getMessage()) for record in caplog.records]
    caplog.clear()
    return found


def test_logging_in_c(compile_c: CompileC, caplog: pytest.LogCaptureFixture) -> None:
    module = LoggingModule()
    path = compile_c("logging", "--target=wasm32-freestanding", "-nostdlib", "-Wl,--no-entry")
    app = wasmedge.instantiate(path, imports={module.name: module})
    with caplog.at_level(1, "wasmedge.guest"):
        app.exports.report()
    levels = ["trace", "debug", "info", "warn", "error", "critical"]
    assert records_of(caplog) == [
        ("wasmedge.guest", number, f"sorter: {text}") for number, text in zip(LEVELS, levels, strict=True)
    ]


@pytest.mark.parametrize("context", [b"stdout", b"stderr", b"out.txt", b"/out.txt", b"../out", b"wasmedge.other"])
def test_logging_opens_no_file(
    wat: Wat, caplog: pytest.LogCaptureFixture, context: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    log = logger_of(wat)
    before = sorted(os.listdir(tmp_path.parent))
    log(4, context, b"text")
    assert sorted(os.listdir(tmp_path.parent)) == before
    assert list(tmp_path.iterdir()) == []
    assert caplog.records[0].context == context.decode()  # type: ignore[attr-defined]
    assert records_of(caplog) == [("wasmedge.guest", logging.ERROR, f"{context.decode()}: text")]


def test_logging_prints_nothing(wat: Wat, capfd: pytest.CaptureFixture[str]) -> None:
    log = logger_of(wat)
    for context in (b"stdout", b"stderr", b""):
        log(2, context, b"text")
    assert capfd.readouterr() == ("", "")


def test_logging_to_another_logger(wat: Wat, caplog: pytest.LogCaptureFixture) -> None:
    adapter = logging.LoggerAdapter(logging.getLogger("adapted"), {})
    for logger, name in ((logging.getLogger("mine"), "mine"), ("named", "named"), (adapter, "adapted")):
        logger_of(wat, logger)(5, b"", b"text %s %(a)d")
        assert records_of(caplog) == [(name, logging.CRITICAL, "text %s %(a)d")]
    with caplog.at_level(logging.ERROR, "mine"):
        logger_of(wat, "mine")(3, b"", b"too little")
    assert records_of(caplog) == []


def test_logging_cannot_be_made_to_break_lines(wat: Wat, caplog: pytest.LogCaptureFixture) -> None:
    logger_of(wat)(4, b"a\nb", "one\r\ntwo\x1b[31m\0\u2028 ☃".encode() + b"\xff")
    assert records_of(caplog) == [
        ("wasmedge.guest", logging.ERROR, "a\\nb: one\\r\\ntwo\\x1b[31m\\x00\\u2028 ☃\N{REPLACEMENT CHARACTER}")
    ]


def test_logging_has_a_limit(wat: Wat, caplog: pytest.LogCaptureFixture) -> None:
    log = logger_of(wat, limit=4)
    log(4, b"12345", b"1234")
    assert records_of(caplog) == [("wasmedge.guest", logging.ERROR, "1234…: 1234")]
    with pytest.raises(ValueError, match="limit is a number of bytes"):
        LoggingModule(limit=-1)


def test_logging_bad_arguments(wat: Wat, caplog: pytest.LogCaptureFixture) -> None:
    guest = PassThrough(wat, LoggingModule())
    for level in (6, -1, 2**31 - 1):
        with pytest.raises(ValueError, match="is no level of wasi:logging"):
            guest.call("log", level, 0, 0, 0, 0)
    for address, size in ((PAGE, 1), (-1, 1), (1, -1), (PAGE - 1, 2)):
        for arguments in ((address, size, 0, 0), (0, 0, address, size)):
            with pytest.raises(wasmedge.OutOfBoundsError, match="are not in the memory"):
                guest.call("log", 4, *arguments)
    assert records_of(caplog) == []
    guest.call("log", 4, PAGE, 0, PAGE, 0)
    assert records_of(caplog) == [("wasmedge.guest", logging.ERROR, "")]


@pytest.mark.parametrize("logger", [None, 3, b"name", print])
def test_logging_refuses_other_loggers(logger: Any) -> None:
    with pytest.raises(TypeError, match="logger must be a logger or its name"):
        LoggingModule(logger)


def test_logging_handlers_that_raise(wat: Wat) -> None:
    class Raising(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            raise OSError("disk full")

    logger = logging.getLogger("raising")
    handler = Raising()
    logger.addHandler(handler)
    try:
        with pytest.raises(OSError, match="disk full"):
            logger_of(wat, logger)(4, b"", b"text")
    finally:
        logger.removeHandler(handler)
