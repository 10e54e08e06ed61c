# SPDX-License-Identifier: Apache-2.0
"""The directories of WASI programs: no path leads out of them, and nothing is moved between those for reading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import wasmedge
from wasmedge import ReadOnly, WasiModule

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Wat

pytestmark = pytest.mark.quick

# The functions of paths, and the types of their parameters.
PATHS = {
    "path_create_directory": "iii",
    "path_filestat_get": "iiiii",
    "path_filestat_set_times": "iiiiIIi",
    "path_link": "iiiiiii",
    "path_open": "iiiiiIIii",
    "path_readlink": "iiiiii",
    "path_remove_directory": "iii",
    "path_rename": "iiiiii",
    "path_symlink": "iiiii",
    "path_unlink_file": "iii",
}


@pytest.fixture
def walk(wat: Wat) -> Callable[..., Any]:
    """Return what instantiates a guest that calls the functions of paths, in given directories."""
    names = {"i": "i32", "I": "i64"}
    imports = exports = ""
    for name, kinds in PATHS.items():
        params = "(param " + " ".join(names[kind] for kind in kinds) + ") (result i32)"
        gets = " ".join(f"(local.get {i})" for i in range(len(kinds)))
        imports += f'(import "wasi_snapshot_preview1" "{name}" (func ${name} {params}))'
        exports += f'(func (export "{name}") {params} (call ${name} {gets}))'
    module = wat(f'(module {imports} (memory (export "memory") 1) {exports})')

    def instantiate(**preopens: Any) -> Any:
        wasi = WasiModule(preopens={"/" + name: path for name, path in preopens.items()})
        return wasmedge.instantiate(module, imports={"wasi_snapshot_preview1": wasi}).exports

    return instantiate


def go_everywhere(guest: Any, path: bytes) -> set[int]:
    """Call every function with a path that leads out, and one inside where there are two; return the errors."""
    inside = b"inside"
    guest.memory.write(1024, path)
    guest.memory.write(1536, inside)
    bad, good = (1024, len(path)), (1536, len(inside))
    calls: list[tuple[str, tuple[int, ...]]] = [
        ("path_create_directory", (3, *bad)),
        ("path_filestat_get", (3, 0, *bad, 64)),
        ("path_filestat_get", (3, 1, *bad, 64)),
        ("path_filestat_set_times", (3, 1, *bad, 0, 0, 5)),
        ("path_link", (3, 0, *bad, 3, *good)),
        ("path_link", (3, 0, *good, 3, *bad)),
        ("path_open", (3, 1, *bad, 0, 2, 2, 0, 512)),
        ("path_open", (3, 0, *bad, 0, 2, 2, 0, 512)),
        ("path_open", (3, 1, *bad, 1, 0x42, 0x42, 0, 512)),
        ("path_open", (3, 1, *bad, 9, 0x42, 0x42, 0, 512)),
        ("path_open", (3, 1, *bad, 2, 0x2000, 0x2000, 0, 512)),
        ("path_remove_directory", (3, *bad)),
        ("path_rename", (3, *bad, 3, *good)),
        ("path_rename", (3, *good, 3, *bad)),
        ("path_symlink", (*good, 3, *bad)),
        ("path_unlink_file", (3, *bad)),
    ]
    return {guest[name](*args) for name, args in calls}


def snapshot(directory: Path) -> dict[str, Any]:
    return {
        str(path.relative_to(directory)): path.readlink() if path.is_symlink() else path.is_dir() or path.read_bytes()
        for path in sorted(directory.rglob("*"))
    }


@pytest.mark.parametrize(
    "path",
    [
        b"..",
        b"../secret",
        b"../new",
        b"../other/file",
        b"folder/../../secret",
        b"./../secret",
        b"folder//..//..//secret",
        b"/etc/passwd",
        b"/",
        b"//etc/passwd",
        b"out/file",
        b"out/new",
        b"out/..",
        b"up/secret",
        b"round/../secret",
        b"absolute/file",
        b"/folder/file",
        b"../inner/folder/file",
    ],
)
@pytest.mark.parametrize("kind", [str, ReadOnly])
def test_program_cannot_leave_its_directories(
    tmp_path: Path, walk: Callable[..., Any], path: bytes, kind: Callable[[str], Any]
) -> None:
    inner, other = tmp_path / "inner", tmp_path / "other"
    (inner / "folder").mkdir(parents=True)
    other.mkdir()
    for file in (tmp_path / "secret", other / "file", inner / "folder" / "file", inner / "inside"):
        file.write_text(file.name)
    (inner / "out").symlink_to("../other")
    (inner / "up").symlink_to("..")
    (inner / "round").symlink_to("../inner/folder")
    (inner / "absolute").symlink_to(other)
    before = snapshot(tmp_path)
    assert 0 not in go_everywhere(walk(inner=kind(str(inner))), path)
    assert snapshot(tmp_path) == before


def test_program_follows_links_that_stay_inside(tmp_path: Path, walk: Callable[..., Any]) -> None:
    inner = tmp_path / "inner"
    (inner / "folder").mkdir(parents=True)
    (inner / "folder" / "file").write_text("")
    (inner / "near").symlink_to("folder")
    (inner / "file").symlink_to("folder/../folder/file")
    entry = tmp_path / "entry"
    entry.symlink_to(inner)  # a link to the directory itself is the caller's
    for directory in (inner, entry):
        guest = walk(inner=directory)
        for path in (b"near/file", b"file", b"folder/file", b"folder/../file"):
            guest.memory.write(1024, path)
            assert guest.path_open(3, 1, 1024, len(path), 0, 2, 2, 0, 512) == 0, path


def test_program_moves_nothing_between_directories_for_reading(tmp_path: Path, walk: Callable[..., Any]) -> None:
    left, right = tmp_path / "left", tmp_path / "right"
    for directory in (left, right):
        directory.mkdir()
        (directory / "file").write_text(directory.name)
    before = snapshot(tmp_path)
    guest = walk(left=ReadOnly(left), right=ReadOnly(right))
    guest.memory.write(1024, b"file")
    guest.memory.write(1536, b"new")
    for source, target in ((3, 4), (4, 3), (3, 3)):
        assert guest.path_rename(source, 1024, 4, target, 1536, 3) != 0
        assert guest.path_link(source, 0, 1024, 4, target, 1536, 3) != 0
    assert guest.path_symlink(1024, 4, 3, 1536, 3) != 0
    assert snapshot(tmp_path) == before


def test_directories_that_cannot_be_read_are_refused_to_everybody_else(run_python: Any, tmp_path: Path) -> None:
    code = """
        import os, tempfile
        import wasmedge

        directory = tempfile.mkdtemp()
        os.chmod(directory, 0o300)
        if os.geteuid() == 0:
            os.setresuid(65534, 65534, 65534)
        try:
            wasmedge.WasiModule(preopens={"/": directory})
        except PermissionError as error:
            assert error.filename == directory
            print("refused")
    """
    done = run_python(code)
    assert (done.returncode, done.stdout, done.stderr) == (0, "refused\n", "")
