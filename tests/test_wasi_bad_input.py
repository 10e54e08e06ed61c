# SPDX-License-Identifier: Apache-2.0
"""Programs that ask for too much, wait too long, or go where they may not; and callers that give them nonsense."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import pytest
from wasi_guests import OPENS, spout

import wasmedge
from wasmedge import PIPE, Interrupted, ReadOnly, WasiModule, WasiProcess

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import CheckPython, Wat

pytestmark = pytest.mark.quick

# Once: what comes back early from it goes on to the end of the program.
SLEEPS = """(module
    (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data (i32.const 24) "\\00\\a0\\b8\\30\\46\\03\\00\\00")
    (func (export "_start")
        (i32.store (i32.const 16) (i32.const 1))
        (drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))))"""
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
MODES = ["interpreter", "aot"]


@pytest.mark.parametrize("mode", MODES)
def test_program_that_sleeps_has_not_ended_in_time(wat: Wat, mode: str) -> None:
    begin = time.monotonic()
    with pytest.raises(TimeoutError, match="_start"):
        wasmedge.run_wasi(wat(SLEEPS), timeout=0.3, run_mode=mode)
    assert time.monotonic() - begin < 60


@pytest.mark.parametrize("mode", MODES)
def test_program_that_sleeps_can_be_killed(wat: Wat, mode: str) -> None:
    process = WasiProcess(wat(SLEEPS), run_mode=mode)
    time.sleep(0.1)
    assert process.poll() is None
    process.kill()
    with pytest.raises(Interrupted):
        process.wait(60)
    assert process.returncode is None


def test_program_that_has_ended_cannot_be_killed(wat: Wat) -> None:
    process = WasiProcess(wat('(module (memory (export "memory") 1) (func (export "_start")))'))
    assert process.wait(60) == 0
    process.kill()
    assert process.wait() == process.poll() == 0


def test_program_opens_ten_thousand_files(check_python: CheckPython, wat: Wat, tmp_path: Path) -> None:
    code = """
        import os, resource
        import wasmedge

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        enough = hard == resource.RLIM_INFINITY or hard >= 12_000
        resource.setrlimit(resource.RLIMIT_NOFILE, (12_000 if enough else hard, hard))
        before = len(os.listdir("/proc/self/fd"))
        done = wasmedge.run_wasi(module, preopens={"/": wasmedge.ReadOnly(path)})
        assert done.returncode == (0 if enough else 33), done  # EMFILE
        assert len(os.listdir("/proc/self/fd")) == before
        print("done")
    """
    (tmp_path / "file").write_text("")
    assert check_python(code, module=wat(OPENS), path=str(tmp_path)) == "done\n"


def test_program_writes_without_end(wat: Wat) -> None:
    module = spout(wat, -1)
    with pytest.raises(OSError, match="more than 1000000 bytes") as caught:
        wasmedge.run_wasi(module, stdout=wasmedge.Capture(1_000_000))
    assert len(vars(caught.value)["stdout"]) == 1_000_000
    got: list[int] = []
    with pytest.raises(TimeoutError):
        wasmedge.run_wasi(module, stdout=lambda data: got.append(len(data)), timeout=0.3)
    assert sum(got) > 0


def test_program_fills_a_pipe_that_nobody_reads(wat: Wat) -> None:
    reader, writer = os.pipe()
    try:
        with pytest.raises(TimeoutError):
            wasmedge.run_wasi(spout(wat, -1), stdout=writer, timeout=0.3)
    finally:
        os.close(reader)
        os.close(writer)
    process = WasiProcess(spout(wat, -1), stdout=PIPE)
    with pytest.raises(TimeoutError):
        process.wait(0.3)
    process.kill()
    with pytest.raises(Interrupted):
        process.wait(60)


def test_program_fills_a_disk(check_python: CheckPython, wat: Wat, tmp_path: Path) -> None:
    code = """
        import pathlib, resource
        import wasmedge

        # As for a full disk the write fails; Python has SIGXFSZ ignored.
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))
        path = pathlib.Path(directory, "out")
        done = wasmedge.run_wasi(module, stdout=path)
        assert done.returncode == 22, done  # EFBIG
        print(path.stat().st_size)
    """
    assert check_python(code, module=spout(wat, -1), directory=str(tmp_path)) == "1000000\n"


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


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"args": ["a\0b"]}, ValueError, "NUL|null"),
        ({"name": "a\0b"}, ValueError, "NUL|null"),
        ({"env": {"A": "\0"}}, ValueError, "NUL|null"),
        ({"preopens": {"/a\0": "/"}}, ValueError, "NUL|null"),
        ({"preopens": {"/": "/\0"}}, ValueError, "NUL|null"),
        ({"preopens": {"/": "/none/at/all"}}, FileNotFoundError, "/none/at/all"),
        ({"preopens": {"/": "/dev/null"}}, NotADirectoryError, "/dev/null"),
        ({"timeout": -1}, ValueError, "timeout"),
        ({"timeout": float("nan")}, ValueError, "timeout"),
        ({"fuel": -1}, (ValueError, OverflowError), "fuel|negative|range"),
        ({"sockets": "all"}, TypeError, "sockets"),
    ],
)
def test_run_wasi_refuses_nonsense(
    wat: Wat, options: dict[str, Any], error: type[Exception] | tuple[type[Exception], ...], message: str
) -> None:
    module = wat('(module (memory (export "memory") 1) (func (export "_start")))')
    with pytest.raises(error, match=message):
        wasmedge.run_wasi(module, **options)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("(module)", "is no WASI command"),
        ('(module (func (export "main")))', "is no WASI command"),
        ('(module (global (export "_start") i32 (i32.const 0)))', "is no WASI command"),
        ('(module (func (export "_initialize")))', "it is a reactor, for instantiate_reactor"),
    ],
)
def test_run_wasi_refuses_what_is_no_program(wat: Wat, text: str, message: str) -> None:
    for begin in (wasmedge.run_wasi, WasiProcess):
        with pytest.raises(wasmedge.FunctionNotFoundError, match=message):
            begin(wat(text))


@pytest.mark.parametrize("params", ["(param i32)", "(param i32 i32) (result i32)"])
def test_run_wasi_refuses_a_start_with_parameters(wat: Wat, params: str) -> None:
    result = "(i32.const 0)" if "result" in params else ""
    with pytest.raises(TypeError, match="_start"):
        wasmedge.run_wasi(wat(f'(module (func (export "_start") {params} {result}))'))
