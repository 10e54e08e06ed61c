# SPDX-License-Identifier: Apache-2.0
"""WASI: a guest gets the arguments, variables and directories that it is given, and nothing else of this process."""

from __future__ import annotations

import os
import re
import signal
import time
import types
from collections import ChainMap, OrderedDict
from typing import TYPE_CHECKING, Any

import pytest

import wasmedge
from wasmedge import VM, Configure, HostRegistration, WasiModule

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import CheckPython, RunPython, Wat

pytestmark = pytest.mark.quick

# Errors of WASI preview 1.
BADF, NOENT, NOSYS, PERM, NOTCAPABLE = 8, 44, 52, 63, 76
FUNCTIONS = [
    *("args_get", "args_sizes_get", "environ_get", "environ_sizes_get"),
    *("fd_prestat_get", "fd_prestat_dir_name", "fd_read", "fd_write", "fd_close", "path_open", "path_symlink"),
    *("proc_exit", "proc_raise", "sock_open", "sock_accept", "sock_getaddrinfo", "clock_time_get", "random_get"),
]


def probe(wat: Wat) -> bytes:
    """Make a module that exports WASI's functions, called with a memory of its own."""
    types = {name: WasiModule().functions[name].type for name in FUNCTIONS}
    imports, wrappers = "", ""
    for name, type_ in types.items():
        params = "(param " + " ".join(map(str, type_.params)) + ")"
        results = "(result i32)" if type_.results else ""
        gets = " ".join(f"(local.get {i})" for i in range(len(type_.params)))
        imports += f'(import "wasi_snapshot_preview1" "{name}" (func ${name} {params} {results}))'
        wrappers += f'(func (export "{name}") {params} {results} (call ${name} {gets}))'
    return wat(f'(module {imports} (memory (export "memory") 1) {wrappers})')


class Guest:
    """A guest whose every step is a call from here."""

    def __init__(self, instance: wasmedge.Instance) -> None:
        """Wrap an instance of the probe."""
        self.exports = instance.exports
        self.memory = instance.exports.memory

    def number(self, address: int) -> int:
        """Read a 32-bit number."""
        return int.from_bytes(self.memory.read(address, 4), "little")

    def strings(self, kind: str) -> list[bytes]:
        """Fetch the arguments or the environment."""
        assert self.exports[f"{kind}_sizes_get"](0, 4) == 0
        count, size = self.number(0), self.number(4)
        assert self.exports[f"{kind}_get"](1024, 8192) == 0
        assert size == 0 or self.memory.read(8192 + size - 1, 1) == b"\0"
        starts = [self.number(1024 + 4 * i) for i in range(count)]
        return [self.memory.read(start, size).partition(b"\0")[0] for start in starts]

    def open(self, path: bytes, flags: int = 0, rights: int = 0x2 | 0x40) -> int:
        """Open a file below the first directory, and return its descriptor or a negative error."""
        self.memory.write(2048, path)
        error = self.exports.path_open(3, 1, 2048, len(path), flags, rights, rights, 0, 16)
        return -error if error else self.number(16)

    def transfer(self, function: str, descriptor: int, address: int, size: int) -> tuple[int, int]:
        """Read or write, and return the error and the number of bytes."""
        self.memory.write(32, address.to_bytes(4, "little") + size.to_bytes(4, "little"))
        return self.exports[function](descriptor, 32, 1, 48), self.number(48)


def guest_with(wat: Wat, **options: Any) -> Guest:
    """Make a guest with a WASI of its own."""
    imports = {"wasi_snapshot_preview1": WasiModule(**options)}
    return Guest(wasmedge.instantiate(probe(wat), imports=imports))


def test_wasi_passes_arguments_and_variables(wat: Wat) -> None:
    args = ["program", "", "two words", "ünï ☃", os.fsdecode(b"\xff")]
    env = {"A": "1", "EMPTY": "", "EQUALS": "a=b=c", "Ü": "☃"}
    guest = guest_with(wat, args=iter(args), env=env)
    assert guest.strings("args") == [os.fsencode(arg) for arg in args]
    assert sorted(guest.strings("environ")) == sorted(f"{name}={value}".encode() for name, value in env.items())
    assert guest_with(wat, env=os.environ).strings("environ")


@pytest.mark.parametrize("kind", [types.MappingProxyType, OrderedDict, ChainMap])
def test_wasi_takes_every_mapping(wat: Wat, tmp_path: Path, kind: type[Any]) -> None:
    guest = guest_with(wat, env=kind({"A": "1"}), preopens=kind({"/": tmp_path}))
    assert guest.strings("environ") == [b"A=1"]
    assert guest.exports.fd_prestat_get(3, 0) == 0


def test_wasi_inherits_nothing(wat: Wat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "inherited")
    guest = guest_with(wat)
    assert guest.strings("args") in ([], [b""])  # the runtime makes up a program name
    assert guest.strings("environ") == []
    assert guest.exports.fd_prestat_get(3, 0) == BADF


def test_wasi_opens_directories(wat: Wat, tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_bytes(b"from the host")
    guest = guest_with(wat, preopens={"/data": tmp_path})
    assert guest.exports.fd_prestat_get(3, 0) == 0
    assert guest.exports.fd_prestat_dir_name(3, 64, guest.number(4)) == 0
    assert guest.memory.read(64, guest.number(4)) == b"/data"
    assert guest.exports.fd_prestat_get(4, 0) == BADF
    descriptor = guest.open(b"in.txt")
    assert guest.transfer("fd_read", descriptor, 4096, 100) == (0, 13)
    assert guest.memory.read(4096, 14) == b"from the host\0"
    assert guest.exports.fd_close(descriptor) == 0
    assert guest.open(b"none.txt") == -NOENT
    created = guest.open(b"out.txt", flags=1)
    guest.memory.write(4096, b"from the guest")
    assert guest.transfer("fd_write", created, 4096, 14) == (0, 14)
    assert (tmp_path / "out.txt").read_bytes() == b"from the guest"


@pytest.mark.parametrize(
    "path", [b"../secret", b"inner/../../secret", b"/etc/passwd", b"link", b"linked/secret", b".."]
)
def test_wasi_keeps_guests_inside_of_their_directories(wat: Wat, tmp_path: Path, path: bytes) -> None:
    (tmp_path / "secret").write_text("secret")
    inside = tmp_path / "inside"
    (inside / "inner").mkdir(parents=True)
    (inside / "link").symlink_to(tmp_path / "secret")
    (inside / "linked").symlink_to(tmp_path)
    guest = guest_with(wat, preopens={".": inside})
    assert guest.open(path) < 0
    assert guest.open(path, flags=1) < 0
    assert (tmp_path / "secret").read_text() == "secret"


def test_wasi_guests_find_nothing_through_links_of_their_own(wat: Wat, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "inside").mkdir()
    guest = guest_with(wat, preopens={".": tmp_path / "inside"})
    for i, target in enumerate([b"../secret", b"/etc/passwd", b".."]):
        name = b"own%d" % i
        guest.memory.write(2048, target + name)
        guest.exports.path_symlink(2048, len(target), 3, 2048 + len(target), len(name))
        assert guest.open(name) < 0
        assert guest.open(name + b"/secret") < 0


@pytest.mark.parametrize("number", [0, 1, 2, 6, 9, 11, 15, 19, 255])
def test_wasi_raises_no_signals(wat: Wat, number: int) -> None:
    previous = signal.signal(signal.SIGTERM, lambda *_: pytest.fail("a signal has arrived"))
    try:
        assert guest_with(wat).exports.proc_raise(number) == NOSYS
    finally:
        signal.signal(signal.SIGTERM, previous)


def test_wasi_has_no_sockets(wat: Wat) -> None:
    guest = guest_with(wat)
    assert guest.exports.sock_open(4, 1, 0) == NOTCAPABLE
    assert guest.exports.sock_accept(0, 0) == NOTCAPABLE
    assert guest.exports.sock_getaddrinfo(0, 0, 0, 0, 0, 0, 0, 0) == NOTCAPABLE
    sockets = [function for name, function in WasiModule().functions.items() if name.startswith("sock_")]
    assert len(sockets) > 20
    assert {function(*[0] * len(function.type.params)) for function in sockets} - {NOTCAPABLE} == set()


def test_wasi_knows_the_time_and_chance(wat: Wat) -> None:
    guest = guest_with(wat)
    assert guest.exports.clock_time_get(0, 0, 8) == 0
    assert abs(int.from_bytes(guest.memory.read(8, 8), "little") - time.time_ns()) < 60e9
    assert guest.exports.random_get(1024, 32) == 0
    assert guest.exports.random_get(2048, 32) == 0
    assert len({guest.memory.read(1024, 32), guest.memory.read(2048, 32), bytes(32)}) == 3


INVALID: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"args": ["a\0b"]}, ValueError, "NUL|null"),
    ({"env": {"A\0": "b"}}, ValueError, "NUL|null"),
    ({"env": {"A": "b\0"}}, ValueError, "NUL|null"),
    ({"preopens": {"/\0": "/"}}, ValueError, "NUL|null"),
    ({"preopens": {"/": "/\0"}}, ValueError, "NUL|null"),
    ({"env": {"A=B": "c"}}, ValueError, "'A=B'"),
    ({"env": {"": "c"}}, ValueError, "name"),
    ({"env": "all"}, ValueError, "inherit"),
    ({"sockets": 1}, TypeError, "bool"),
    ({"clock": 1.5}, TypeError, "clock"),
    ({"clock": -1}, OverflowError, "clock"),
    ({"random_seed": 1.5}, TypeError, "random_seed"),
    ({"preopens": {"": "/"}}, ValueError, "not empty"),
    ({"args": "program"}, TypeError, "not one str"),
    ({"args": [1]}, TypeError, "."),
    ({"env": [("A", "B")]}, TypeError, "."),
    ({"env": {"A": 1}}, TypeError, "."),
    ({"env": {"A": None}}, TypeError, "."),
    ({"preopens": ["/"]}, TypeError, "."),
    ({"arguments": []}, TypeError, "."),
]


@pytest.mark.parametrize(("options", "error", "message"), INVALID, ids=[str(options) for options, *_ in INVALID])
def test_wasi_refuses_other_options(options: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        WasiModule(**options)
    wasi = WasiModule(args=["kept"])
    with pytest.raises(error, match=message):
        wasi.init(**options)


@pytest.mark.parametrize(("name", "error"), [("none", FileNotFoundError), ("file", NotADirectoryError)])
def test_wasi_refuses_directories_that_it_cannot_open(tmp_path: Path, name: str, error: type[OSError]) -> None:
    (tmp_path / "file").write_text("")
    path = tmp_path / name
    with pytest.raises(error, match=re.escape(str(path))) as caught:
        WasiModule(preopens={"/": path})
    assert caught.value.filename in {path, str(path)}


def test_wasi_reads_mappings_that_change_meanwhile(run_python: RunPython) -> None:
    code = """
        import gc
        import wasmedge

        class Changing:
            def __fspath__(self):
                mapping.clear()
                gc.collect()
                others.extend(object() for _ in range(100))
                return "/nowhere/at/all"

        others = []
        for name in ("env", "preopens"):
            for _ in range(3):
                mapping = {f"/{i}": Changing() for i in range(50)}
                try:
                    wasmedge.WasiModule(**{name: mapping})
                except (OSError, TypeError, RuntimeError):
                    pass
        print("done")
    """
    done = run_python(code)
    assert (done.returncode, done.stdout) == (0, "done\n")


def test_wasi_writes_to_the_streams_of_the_process(check_python: CheckPython, wat: Wat) -> None:
    code = """
        import wasmedge

        wasi = wasmedge.WasiModule()
        exports = wasmedge.instantiate(module, imports={"wasi_snapshot_preview1": wasi}).exports
        exports.memory.write(0, (64).to_bytes(4, "little") + (6).to_bytes(4, "little"))
        assert exports.fd_read(0, 0, 1, 16) == 0
        assert exports.memory.read(64, 7) == b"input\\n\\0"
        exports.memory.write(64, b"guest\\n")
        assert exports.fd_write(1, 0, 1, 16) == 0
        for descriptor in (0, 1, 2):
            exports.fd_close(descriptor)  # its own, not the host's
        del exports, wasi
        print("host", flush=True)
    """
    assert check_python(code, module=probe(wat), stdin="input\n") == "guest\nhost\n"


def test_wasi_survives_random_calls(check_python: CheckPython, wat: Wat, tmp_path: Path) -> None:
    code = """
        import os
        import random
        import wasmedge

        os.close(0)
        os.open(os.devnull, os.O_RDWR)
        os.dup2(0, 1)
        dice = random.Random(11)
        for _ in range(20):
            wasi = wasmedge.WasiModule(args=["a"], env={"B": "c"}, preopens={"/": path})
            exports = wasmedge.instantiate(module, imports={"wasi_snapshot_preview1": wasi}).exports
            names = [name for name in exports if name != "memory"]
            exports.memory.write(0, dice.randbytes(65536))
            for _ in range(200):
                function = exports[dice.choice(names)]
                numbers = (0, 1, 3, 4, 64, 65535, 65536, 2**31 - 1, 2**32 - 1, dice.randrange(2**32))
                function(*(dice.choice(numbers) for _ in function.type.params))
    """
    assert check_python(code, module=probe(wat), path=str(tmp_path)) == ""


def test_wasi_is_there_only_when_configured() -> None:
    assert VM().import_instance(HostRegistration.WASI) is None
    vm = VM(Configure(HostRegistration.WASI))
    wasi = vm.import_instance(HostRegistration.WASI)
    assert isinstance(wasi, WasiModule)
    assert vm.import_instance(HostRegistration.WASI) is wasi
    assert list(vm.store) == ["wasi_snapshot_preview1"]
