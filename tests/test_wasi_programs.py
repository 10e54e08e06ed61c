# SPDX-License-Identifier: Apache-2.0
"""WASI programs in C, compiled here: they find what native programs find, and change nothing that they may not."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import wasmedge
from wasmedge import ReadOnly, WasiModule

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import CompileC


def test_wasi_gives_c_programs_what_native_ones_get(compile_c: CompileC, tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    words = ["two words", "", "ünï ☃"]
    native = subprocess.run(
        [compile_c("preview1"), outside, *words],
        check=False,
        input=b"line\n",
        capture_output=True,
        env={"VARIABLE": "a=b"},
        timeout=60,
    )
    guest = wasmedge.run_wasi(
        compile_c("preview1", "--target=wasm32-wasi"),
        ["/data", *words],
        stdin=b"line\n",
        capture_output=True,
        env={"VARIABLE": "a=b"},
        preopens={"/data": inside},
    )
    assert guest.stdout.decode() == native.stdout.decode()
    assert (guest.returncode, native.returncode) == (42, 42)
    assert sorted(os.listdir(inside)) == sorted(os.listdir(outside))
    assert guest.stderr.decode().splitlines() == [
        "proc_raise 52",
        "set_rights 0",
        *(f"sock_{name} 76" for name in ("accept", "recv", "send", "shutdown")),
    ]


def test_wasi_programs_in_c_call_every_function(compile_c: CompileC) -> None:
    module = wasmedge.Module.from_file(compile_c("preview1", "--target=wasm32-wasi"))
    called = {entry.name for entry in module.imports}
    extensions = {name for name in WasiModule().functions if name.startswith(("sock_", "epoll_"))}
    assert set(WasiModule().functions) - extensions <= called
    assert called & extensions == {"sock_accept", "sock_recv", "sock_send", "sock_shutdown"}


def make_target(folder: Path) -> Path:
    """Make what the vandal is sent into."""
    for place in (folder / "target", folder / "target" / "inner"):
        place.mkdir()
        for name in ("file", "other", "kept"):
            (place / name).write_text("text")
            os.utime(place / name, (1e9, 1e9))
    (folder / "target" / "empty").mkdir()
    (folder / "own").mkdir()
    return folder / "target"


def look(folder: Path) -> list[tuple[str, int, int, str]]:
    """Describe all that is in a directory, and when it was changed."""
    found = []
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        content = path.read_text() if path.is_file() else ""
        found.append((str(path), status.st_mtime_ns, status.st_nlink, content))
    return found


def test_wasi_directories_for_reading_only_are_that(compile_c: CompileC, tmp_path: Path) -> None:
    target = make_target(tmp_path)
    before = look(target)
    for _ in range(5):  # the runtime numbers the directories as it likes
        done = wasmedge.run_wasi(
            compile_c("vandal", "--target=wasm32-wasi"),
            stdout=wasmedge.CAPTURE,
            preopens={"/target": ReadOnly(target), "/own": tmp_path / "own"},
            check=True,
        )
        lines = done.stdout.decode().splitlines()
        assert len(lines) == 42
        assert [line for line in lines if line.startswith("done")] == ["done read: "]
        assert look(target) == before
        assert os.listdir(tmp_path / "own") == ["mine"]


def test_wasi_directories_for_writing_are_that(compile_c: CompileC, tmp_path: Path) -> None:
    target = make_target(tmp_path)
    done = wasmedge.run_wasi(
        compile_c("vandal", "--target=wasm32-wasi"),
        stdout=wasmedge.CAPTURE,
        preopens={"/target": target, "/own": tmp_path / "own"},
        check=True,
    )
    refused = [line.split(":")[0] for line in done.stdout.decode().splitlines() if line.startswith("refused")]
    # What is done to a descriptor that was opened for reading; the time of one is the exception.
    assert set(refused) == {"refused size of a descriptor", "refused write", "refused allocate"}


def test_wasi_directories_keep_their_own_rights(compile_c: CompileC, tmp_path: Path) -> None:
    target = make_target(tmp_path)
    before = look(target)
    many = {f"/more{i}": tmp_path for i in range(5)}
    done = wasmedge.run_wasi(
        compile_c("vandal", "--target=wasm32-wasi"),
        stdout=wasmedge.CAPTURE,
        preopens={**many, "/own": tmp_path / "own", "/target": ReadOnly(target)},
        check=True,
    )
    assert done.stdout.count(b"done") == 1
    assert look(target) == before
