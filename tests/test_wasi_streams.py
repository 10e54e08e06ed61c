# SPDX-License-Identifier: Apache-2.0
"""The standard streams of WASI programs: everything that can be one."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from wasi_guests import BADF, CAT, spout

import wasmedge
from wasmedge import CAPTURE, CLOSED, DEVNULL, STDOUT, Capture, WasiModule

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Wat

pytestmark = pytest.mark.quick


def cat(wat: Wat, **streams: Any) -> Any:
    """Run the program that copies, and return what it wrote."""
    return wasmedge.run_wasi(wat(CAT), stdout=CAPTURE, check=True, **streams).stdout


def pieces(*data: bytes | str) -> Any:
    """Make a callable that gives one piece at a time."""
    return iter([*data, b""]).__next__


@pytest.mark.parametrize("size", [0, 1, 4096, 65536, 65537, 3_000_001])
def test_streams_read_bytes(wat: Wat, size: int) -> None:
    data = os.urandom(size)
    for source in (data, bytearray(data), memoryview(data), io.BytesIO(data), pieces(data)):
        assert cat(wat, stdin=source) == data


def test_streams_read_text(wat: Wat) -> None:
    text = "ünï ☃\n"
    for source in (text, io.StringIO(text), pieces("ünï", " ☃\n")):
        assert cat(wat, stdin=source) == text.encode()


def test_streams_read_files(wat: Wat, tmp_path: Path) -> None:
    path = tmp_path / "input"
    path.write_bytes(b"one\ntwo\nthree\n")
    assert cat(wat, stdin=path) == b"one\ntwo\nthree\n"
    with path.open("rb") as file:
        assert file.readline() == b"one\n"
        assert cat(wat, stdin=file) == b"two\nthree\n"
    with path.open("rb", buffering=0) as file:
        assert cat(wat, stdin=file.fileno()) == b"one\ntwo\nthree\n"


@pytest.mark.parametrize("source", [DEVNULL, subprocess.DEVNULL, b"", ""])
def test_streams_read_nothing(wat: Wat, source: Any) -> None:
    assert cat(wat, stdin=source) == b""


def test_streams_closed_are_bad_descriptors(wat: Wat) -> None:
    assert wasmedge.run_wasi(wat(CAT), stdin=CLOSED).returncode == BADF
    assert wasmedge.run_wasi(spout(wat, 1), stdout=CLOSED, stderr=CLOSED).returncode == BADF
    assert wasmedge.run_wasi(spout(wat, 0), stdout=CLOSED, stderr=CAPTURE).stderr == b"done\n"


def test_streams_write_files(wat: Wat, tmp_path: Path) -> None:
    path = tmp_path / "output"
    wasmedge.run_wasi(wat(CAT), stdin=b"to a path", stdout=path, check=True)
    assert path.read_bytes() == b"to a path"
    with path.open("wb") as file:
        file.write(b"before ")
        wasmedge.run_wasi(wat(CAT), stdin=b"to a file", stdout=file, check=True)
        wasmedge.run_wasi(wat(CAT), stdin=b" and a descriptor", stdout=file.fileno(), check=True)
    assert path.read_bytes() == b"before to a file and a descriptor"


def test_streams_write_file_objects(wat: Wat, capsys: pytest.CaptureFixture[str]) -> None:
    data = ("ünï ☃\n" * 20_000).encode()
    binary, text, got = io.BytesIO(), io.StringIO(), bytearray()
    for sink in (binary, text, got.extend, sys.stdout):
        wasmedge.run_wasi(wat(CAT), stdin=data, stdout=sink, check=True)
    assert binary.getvalue() == got == data
    assert text.getvalue() == capsys.readouterr().out == data.decode()


def test_streams_decode_what_is_cut_short(wat: Wat) -> None:
    text = io.StringIO()
    wasmedge.run_wasi(wat(CAT), stdin="☃".encode()[:2], stdout=text, check=True)
    assert text.getvalue() == "\ufffd"


def test_streams_stderr_may_join_stdout(wat: Wat) -> None:
    done = wasmedge.run_wasi(spout(wat, 1), stdout=CAPTURE, stderr=STDOUT)
    assert done.stdout == b"x" * 65536 + b"done\n"
    assert done.stderr is None
    both = wasmedge.run_wasi(spout(wat, 1), capture_output=True, encoding="ascii")
    assert (both.stdout, both.stderr) == ("x" * 65536, "done\n")


def test_streams_are_there_afterwards(wat: Wat) -> None:
    wasi = WasiModule(stdin=b"words", stdout=CAPTURE)
    guest = wasmedge.instantiate(wat(CAT), imports={"wasi_snapshot_preview1": wasi})
    assert wasi.stdout == b""
    guest.exports["_start"]()
    assert (wasi.stdout, wasi.stderr, wasi.stdin) == (b"words", None, None)
    wasi.finish()
    assert wasi.stdout == b"words"


INVALID: list[tuple[str, Any, type[Exception], str]] = [
    ("stdin", 1.5, TypeError, "stdin must be .*, not float"),
    ("stdin", True, TypeError, "not bool"),
    ("stdin", CAPTURE, TypeError, "not Capture"),
    ("stdin", STDOUT, ValueError, "stdin is no descriptor"),
    ("stdin", -9, ValueError, "stdin is no descriptor"),
    ("stdin", 1_000_000, OSError, "Bad file descriptor"),
    ("stdout", "name", TypeError, "pathlib.Path"),
    ("stdout", b"name", TypeError, "not bytes"),
    ("stdout", STDOUT, ValueError, "stdout is no descriptor"),
    ("stderr", object(), TypeError, "stderr must be .*, not object"),
    ("stderr", int, TypeError, "not type"),
]


@pytest.mark.parametrize(
    ("name", "value", "error", "message"),
    INVALID,
    ids=[f"{name}-{type(value).__name__}-{i}" for i, (name, value, *_) in enumerate(INVALID)],
)
def test_streams_refuse_other_objects(name: str, value: Any, error: type[Exception], message: str) -> None:
    options: dict[str, Any] = {name: value}
    with pytest.raises(error, match=message):
        WasiModule(**options)


def test_streams_refuse_files_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="none"):
        WasiModule(stdin=tmp_path / "none")
    with pytest.raises(IsADirectoryError):
        WasiModule(stdout=tmp_path)


@pytest.mark.parametrize("limit", [-1, 1.5, True, "1"])
def test_capture_refuses_other_limits(limit: Any) -> None:
    with pytest.raises((TypeError, ValueError), match="limit of a Capture"):
        Capture(limit)
