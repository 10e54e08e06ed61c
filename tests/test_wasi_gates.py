# SPDX-License-Identifier: Apache-2.0
"""What a guest can reach only where it was let: directories, the network, the clock, chance, the environment."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING, Any

import pytest
from wasi_guests import OPENS

import wasmedge
from wasmedge import ReadOnly, WasiModule

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import CheckPython, Wat

pytestmark = pytest.mark.quick

ADDRNOTAVAIL, BADF, FAULT, INVAL, NAMETOOLONG, NOTCAPABLE = 4, 8, 21, 28, 37, 76


class Guest:
    """The functions of a WasiModule, called from a module with a memory."""

    def __init__(self, wat: Wat, **options: Any) -> None:
        wasi = WasiModule(**options)
        text = '(module (memory (export "memory") 1)'
        for name, function in wasi.functions.items():
            if name.endswith("_v2"):
                continue
            params = "".join(f" {param}" for param in function.type.params)
            results = "(result i32)" if function.type.results else ""
            text += f'(import "wasi_snapshot_preview1" "{name}" (func ${name} (param{params}) {results}))'
            gets = " ".join(f"(local.get {i})" for i in range(len(function.type.params)))
            text += f'(func (export "{name}") (param{params}) {results} (call ${name} {gets}))'
        order = text.split("(func (export")
        imports = "".join(part[part.index("(import") :] for part in order if "(import" in part)
        exports = "".join("(func (export" + part.partition("(import")[0] for part in order[1:])
        module = wat(f'(module {imports} (memory (export "memory") 1) {exports})')
        self.exports = wasmedge.instantiate(module, imports={"wasi_snapshot_preview1": wasi}).exports
        self.memory = self.exports.memory

    def number(self, address: int, size: int = 4) -> int:
        """Read a number."""
        return int.from_bytes(self.memory.read(address, size), "little")

    def preopens(self) -> dict[str, int]:
        """Ask for the names and descriptors of the directories."""
        found = {}
        descriptor = 3
        while self.exports.fd_prestat_get(descriptor, 0) == 0:
            assert self.number(0) == 0
            size = self.number(4)
            assert self.exports.fd_prestat_dir_name(descriptor, 64, size) == 0
            found[self.memory.read(64, size).decode()] = descriptor
            descriptor += 1
        return found

    def open(self, directory: int, path: bytes) -> int:
        """Open a file to read, and return the error."""
        self.memory.write(2048, path)
        return int(self.exports.path_open(directory, 1, 2048, len(path), 0, 2, 0, 0, 16))


def test_directories_have_the_names_that_they_were_given(wat: Wat, tmp_path: Path) -> None:
    names = ["/", "/data", "/data/inner", ".", "relative", "/with:colon", "/ünï", "//odd//path/"]
    preopens = {}
    for i, name in enumerate(names):
        folder = tmp_path / f"host:{i}"
        folder.mkdir()
        (folder / f"file{i}").write_text("")
        preopens[name] = folder
    for _ in range(3):
        guest = Guest(wat, preopens=preopens)
        found = guest.preopens()
        assert set(found) == set(names)
        for i, name in enumerate(names):
            assert guest.open(found[name], b"file%d" % i) == 0
            assert guest.open(found[name], b"file%d" % (i + 1)) != 0


def test_directories_may_be_given_twice(wat: Wat, tmp_path: Path) -> None:
    guest = Guest(wat, preopens={"/a": tmp_path, "/b": ReadOnly(tmp_path), "/c": str(tmp_path)})
    found = guest.preopens()
    guest.memory.write(2048, b"new")
    made = {name: guest.exports.path_create_directory(found[name], 2048, 3) for name in ("/b", "/a", "/c")}
    assert made == {"/b": NOTCAPABLE, "/a": 0, "/c": 20}  # EEXIST


def test_directories_have_names_while_they_are_open(wat: Wat, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    guest = Guest(wat, preopens={"/data": tmp_path})
    assert guest.exports.fd_prestat_dir_name(3, 64, 4) == NAMETOOLONG
    assert guest.exports.fd_prestat_dir_name(3, 65535, 5) == FAULT
    assert guest.exports.fd_prestat_get(3, 65532) == FAULT
    assert guest.exports.fd_prestat_get(3, 1) == ADDRNOTAVAIL
    for descriptor in (0, 1, 2, 4, -1, 2**31 - 1):
        assert guest.exports.fd_prestat_get(descriptor, 0) == BADF
    assert guest.open(3, b"file") == 0
    file = guest.number(16)
    assert guest.exports.fd_prestat_get(file, 0) == BADF
    assert guest.exports.fd_close(3) == 0
    assert guest.exports.fd_prestat_get(3, 0) == BADF


def test_directories_are_those_that_could_be_opened(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    wasi = WasiModule(preopens={"/": inner})
    wasi.init(preopens={"/": ReadOnly(str(inner).encode())})
    assert repr(ReadOnly(inner)) == f"ReadOnly({str(inner)!r})"
    assert os.fspath(ReadOnly(inner)) == str(inner)
    inner.rmdir()
    with pytest.raises(FileNotFoundError, match="inner"):
        wasi.init(preopens={"/": ReadOnly(inner)})
    with pytest.raises(TypeError):
        ReadOnly(5)  # type: ignore[arg-type]


@pytest.mark.skipif(os.geteuid() == 0, reason="root can open every directory")
def test_directories_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o300)
    with pytest.raises(PermissionError, match=tmp_path.name):
        WasiModule(preopens={"/": tmp_path})


def test_directories_leak_no_descriptors(check_python: CheckPython, tmp_path: Path) -> None:
    code = """
        import os
        import wasmedge

        def count():
            return len(os.listdir("/proc/self/fd"))

        wasmedge.WasiModule(preopens={"/a": path, "/b": path})
        before = count()
        for _ in range(50):
            wasmedge.WasiModule(preopens={"/a": path, "/b": wasmedge.ReadOnly(path)})
            try:
                wasmedge.WasiModule(preopens={"/a": path, "/b": path + "/none"})
            except FileNotFoundError:
                continue
            raise AssertionError
        assert count() == before
    """
    assert check_python(code, path=str(tmp_path)) == ""


def test_environment_is_inherited_when_asked_for(wat: Wat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INHERITED", "yes")
    guest = Guest(wat, env="inherit")
    assert guest.exports.environ_sizes_get(0, 4) == 0
    count, size = guest.number(0), guest.number(4)
    assert count == len(os.environ)
    assert guest.exports.environ_get(8192, 16384) == 0
    assert b"INHERITED=yes" in guest.memory.read(16384, size).split(b"\0")


def test_clocks_may_be_others(wat: Wat) -> None:
    guest = Guest(wat, clock=1_234_567_890_123_456_789)
    for number in range(4):
        assert guest.exports.clock_time_get(number, 0, 8) == 0
        assert guest.number(8, 8) == 1_234_567_890_123_456_789
        assert guest.exports.clock_res_get(number, 8) == 0
        assert guest.number(8, 8) == 1
    assert guest.exports.clock_time_get(4, 0, 8) == INVAL
    assert guest.exports.clock_res_get(-1, 8) == INVAL
    assert guest.exports.clock_time_get(0, 0, 65530) == FAULT
    ticks = iter(range(100, 200))
    guest = Guest(wat, clock=lambda number: next(ticks) * 10 + number)
    assert [guest.exports.clock_time_get(1, 0, 8) or guest.number(8, 8) for _ in range(2)] == [1001, 1011]


def test_clocks_that_raise_raise_from_the_program(wat: Wat) -> None:
    def clock(_number: int) -> int:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        Guest(wat, clock=clock).exports.clock_time_get(0, 0, 8)
    with pytest.raises(OverflowError):
        Guest(wat, clock=lambda _: -1).exports.clock_time_get(0, 0, 8)


def test_chance_may_be_the_same_in_each_run(wat: Wat) -> None:
    def chance(seed: int | str | bytes) -> bytes:
        guest = Guest(wat, random_seed=seed)
        assert guest.exports.random_get(100, 16) == guest.exports.random_get(116, 16) == 0
        return bytes(guest.memory.read(100, 32))

    first = chance(1)
    assert first == chance(1)
    assert len({first, chance(2), chance("1"), bytes(32)}) == 4
    assert first[:16] != first[16:]
    guest = Guest(wat, random_seed=b"seed")
    for start, size in ((65530, 10), (0, -1), (-1, 1), (0, 2**31 - 1)):
        assert guest.exports.random_get(start, size) == FAULT
    assert guest.exports.random_get(65536, 0) == 0


def test_sockets_are_open_only_when_asked_for(wat: Wat) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(30)
        address = b"\x7f\0\0\1"
        for sockets in (False, True):
            guest = Guest(wat, sockets=sockets)
            opened = guest.exports.sock_open(1, 2, 0)
            assert opened == (0 if sockets else NOTCAPABLE)
            guest.memory.write(64, address)
            guest.memory.write(80, (64).to_bytes(4, "little") + len(address).to_bytes(4, "little"))
            connected = guest.exports.sock_connect(guest.number(0), 80, server.getsockname()[1])
            assert connected == (0 if sockets else NOTCAPABLE)
        connection, _ = server.accept()
        connection.close()


@pytest.mark.resources
def test_files_that_a_guest_leaves_open_are_closed(check_python: CheckPython, wat: Wat, tmp_path: Path) -> None:
    code = """
        import os, resource
        import wasmedge

        def count():
            return len(os.listdir("/proc/self/fd"))

        before = count()
        resource.setrlimit(resource.RLIMIT_NOFILE, (200, 200))
        for _ in range(3):
            assert wasmedge.run_wasi(module, preopens={"/": path}).returncode == 33  # EMFILE
            assert count() == before
        print("done")
    """
    (tmp_path / "file").write_text("")
    assert check_python(code, module=wat(OPENS), path=str(tmp_path)) == "done\n"
