# SPDX-License-Identifier: Apache-2.0
"""The sockets of WASI: a guest reaches the addresses that it may, and nothing else."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest

import wasmedge
from wasmedge import WasiModule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import CheckPython, Wat

pytestmark = pytest.mark.quick

SUCCESS, ADDRNOTAVAIL, BADF, CONNREFUSED, FAULT, INVAL, NOTSOCK, NOTCAPABLE = 0, 4, 8, 14, 21, 28, 57, 76
NONAME = 84
INET4, INET6, DGRAM, STREAM = 1, 2, 1, 2
ADDRESS, BYTES, OUT, DATA = 16, 32, 8, 512

FUNCTIONS = {
    "sock_open": 3,
    "sock_bind": 3,
    "sock_bind_v2": 3,
    "sock_connect": 3,
    "sock_connect_v2": 3,
    "sock_listen": 2,
    "sock_listen_v2": 2,
    "sock_send_to": 7,
    "sock_send_to_v2": 7,
    "sock_getaddrinfo": 8,
    "fd_close": 1,
}


def passing(wat: Wat) -> bytes:
    """Return a module that exports the functions of sockets as they are."""
    imports = exports = ""
    for name, count in FUNCTIONS.items():
        params = "(param" + " i32" * count + ") (result i32)"
        gets = " ".join(f"(local.get {i})" for i in range(count))
        imports += f'(import "wasi_snapshot_preview1" "{name}" (func ${name} {params}))'
        exports += f'(func (export "{name}") {params} (call ${name} {gets}))'
    return wat(f'(module {imports} (memory (export "memory") 1) {exports})')


class Guest:
    """A guest that calls the functions of sockets with whatever the test wants."""

    def __init__(self, wat: Wat, sockets: Any) -> None:
        wasi = WasiModule(sockets=sockets)
        self.exports = wasmedge.instantiate(passing(wat), imports={"wasi_snapshot_preview1": wasi}).exports
        self.memory = self.exports.memory

    def open(self, family: int = INET4, kind: int = STREAM) -> int:
        """Open a socket, and return its descriptor."""
        assert self.exports.sock_open(family, kind, OUT) == SUCCESS
        return int.from_bytes(self.memory.read(OUT, 4), "little")

    def point(self, address: bytes) -> int:
        """Write an address, and return where it is described."""
        self.memory.write(BYTES, address)
        self.memory.write(ADDRESS, BYTES.to_bytes(4, "little") + len(address).to_bytes(4, "little"))
        return ADDRESS

    def connect(self, host: str, port: int, name: str = "sock_connect") -> int:
        """Connect a new socket, and return the errno."""
        family = INET6 if ":" in host else INET4
        packed = socket.inet_pton(socket.AF_INET6 if ":" in host else socket.AF_INET, host)
        return int(self.exports[name](self.open(family), self.point(packed), port))

    def resolve(self, host: str, most: int = 4, room: int = 26) -> tuple[int, list[bytes]]:
        """Resolve a name, and return the errno and the addresses."""
        node, service, hints, head, info = 1024, 1280, 1300, 1340, 2048
        encoded = host.encode()
        self.memory.write(node, encoded)
        self.memory.write(service, b"80")
        self.memory.write(hints, bytes([0, 0, INET4, STREAM]) + bytes(24))
        self.memory.write(head, info.to_bytes(4, "little"))
        for i in range(most):
            item = info + 256 * i
            fields = (0, 0, item + 32, item + 128, 60, item + 256)
            self.memory.write(item, b"".join(field.to_bytes(4, "little") for field in (0, *fields)))
            self.memory.write(item + 32, b"".join(field.to_bytes(4, "little") for field in (0, room, item + 64)))
        error = self.exports.sock_getaddrinfo(node, len(encoded), service, 2, hints, head, most, OUT)
        count = int.from_bytes(self.memory.read(OUT, 4), "little") if error == SUCCESS else 0
        return error, [bytes(self.memory.read(info + 256 * i + 64, 6)) for i in range(count)]


@pytest.fixture
def server() -> Iterator[socket.socket]:
    """Listen on a port of this host."""
    with socket.create_server(("127.0.0.1", 0), backlog=20) as made:
        made.settimeout(30)
        yield made


@pytest.mark.parametrize(
    ("rule", "is_allowed"),
    [
        ("127.0.0.1:PORT", True),
        ("127.0.0.1", True),
        ("127.0.0.0/8", True),
        ("127.0.0.0/8:PORT", True),
        ("0.0.0.0/0", True),
        ("::ffff:127.0.0.1", True),
        ("[::ffff:127.0.0.1]:PORT", True),
        ("::/0", True),
        ("127.0.0.1:1", False),
        ("127.0.0.2", False),
        ("126.0.0.0/8", False),
        ("127.0.0.128/25", False),
        ("::1", False),
        ("localhost", False),  # before the guest has asked for it
    ],
)
@pytest.mark.parametrize("name", ["sock_connect", "sock_connect_v2"])
def test_sockets_connect_to_what_is_on_the_list(
    wat: Wat, server: socket.socket, rule: str, is_allowed: bool, name: str
) -> None:
    port = server.getsockname()[1]
    guest = Guest(wat, [rule.replace("PORT", str(port))])
    assert guest.connect("127.0.0.1", port, name) == (SUCCESS if is_allowed else NOTCAPABLE)
    # The same address, written as one of IPv6.
    assert (guest.connect("::ffff:127.0.0.1", port, name) != NOTCAPABLE) == is_allowed


def test_sockets_tell_what_the_system_says(wat: Wat) -> None:
    guest = Guest(wat, ["127.0.0.1"])
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        assert guest.connect("127.0.0.1", unused.getsockname()[1]) == CONNREFUSED
    assert guest.exports.sock_connect(12345, guest.point(b"\x7f\0\0\1"), 1) == BADF
    descriptor = guest.open()
    assert guest.exports.fd_close(descriptor) == SUCCESS
    assert guest.exports.sock_connect(descriptor, guest.point(b"\x7f\0\0\1"), 1) == BADF


@pytest.mark.parametrize("sockets", [True, ["0.0.0.0/0"]])
def test_sockets_refuse_what_is_no_address(wat: Wat, sockets: Any) -> None:
    guest = Guest(wat, sockets)
    for name in ("sock_connect", "sock_connect_v2", "sock_bind", "sock_bind_v2"):
        call, descriptor = guest.exports[name], guest.open()
        for size in (0, 1, 5, 127):
            assert call(descriptor, guest.point(bytes(size)), 1) == INVAL
        for family in (0, 3, 4, 9, 65535):
            assert call(descriptor, guest.point(family.to_bytes(2, "little") + bytes(126)), 1) == INVAL
        assert call(descriptor, 18, 1) == ADDRNOTAVAIL
        assert call(descriptor, 65532, 1) == FAULT
        guest.memory.write(ADDRESS, (65530).to_bytes(4, "little") + (16).to_bytes(4, "little"))
        assert call(descriptor, ADDRESS, 1) == FAULT


def test_sockets_take_addresses_with_their_family(wat: Wat, server: socket.socket) -> None:
    port = server.getsockname()[1]
    guest = Guest(wat, [("127.0.0.1", port)])
    address = INET4.to_bytes(2, "little") + b"\x7f\0\0\1" + bytes(122)
    assert guest.exports.sock_connect_v2(guest.open(), guest.point(address), port) == SUCCESS
    assert guest.exports.sock_connect_v2(guest.open(), guest.point(address), port ^ 1) == NOTCAPABLE


def test_sockets_bind_to_what_is_on_the_list(wat: Wat) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    guest = Guest(wat, [f"127.0.0.1:{port}"])
    for name in ("sock_bind", "sock_bind_v2"):
        bind = guest.exports[name]
        assert bind(guest.open(), guest.point(bytes(4)), port) == NOTCAPABLE
        assert bind(guest.open(), guest.point(b"\x7f\0\0\1"), 0) == NOTCAPABLE
    for name in ("sock_listen", "sock_listen_v2"):
        # The system would choose a port, open to everybody.
        assert guest.exports[name](guest.open(), 5) == NOTCAPABLE
        assert guest.exports[name](1234, 5) == BADF
    descriptor = guest.open()
    assert guest.exports.sock_bind(descriptor, guest.point(b"\x7f\0\0\1"), port) == SUCCESS
    assert guest.exports.sock_listen(descriptor, 5) == SUCCESS
    with socket.create_connection(("127.0.0.1", port), timeout=30):
        pass


@pytest.mark.parametrize("name", ["sock_send_to", "sock_send_to_v2"])
def test_sockets_send_to_what_is_on_the_list(wat: Wat, name: str) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(30)
        port = receiver.getsockname()[1]
        guest = Guest(wat, [f"127.0.0.1:{port}"])
        guest.memory.write(DATA, b"hello, world")
        vectors = [(DATA, 5), (DATA + 5, 7)]
        guest.memory.write(600, b"".join(n.to_bytes(4, "little") for pair in vectors for n in pair))
        send, descriptor = guest.exports[name], guest.open(kind=DGRAM)
        address = guest.point(b"\x7f\0\0\1")
        assert send(descriptor, 600, 2, address, port ^ 1, 0, OUT) == NOTCAPABLE
        assert send(descriptor, 600, 2, guest.point(b"\x7f\0\0\2"), port, 0, OUT) == NOTCAPABLE
        assert send(descriptor, 600, 2, guest.point(b"\x7f\0\0\1"), port, 0, OUT) == SUCCESS
        assert (receiver.recv(100), bytes(guest.memory.read(OUT, 4))) == (b"hello, world", b"\x0c\0\0\0")
        assert send(descriptor, 65528, 2, address, port, 0, OUT) == FAULT
        assert send(descriptor, 600, 100_000, address, port, 0, OUT) == INVAL
        assert send(descriptor, 600, 2, address, port, 0, 65534) in {FAULT, ADDRNOTAVAIL}


def test_sockets_resolve_the_names_on_the_list(wat: Wat, server: socket.socket) -> None:
    port = server.getsockname()[1]
    guest = Guest(wat, [f"localhost:{port}", "10.0.0.0/8"])
    assert guest.connect("127.0.0.1", port) == NOTCAPABLE
    for host in ("elsewhere", "127.0.0.1", "localhost.", "LOCALHOST", "10.1.2.3", "::1", ""):
        error, _ = guest.resolve(host)
        assert (error == NOTCAPABLE) == (host in {"elsewhere", "127.0.0.1", "::1"}), host
    error, found = guest.resolve("localhost")
    assert (error, found[0]) == (SUCCESS, b"\0\x50\x7f\0\0\1")
    assert guest.connect("127.0.0.1", port) == SUCCESS
    assert guest.connect("127.0.0.1", port ^ 1) == NOTCAPABLE
    # What one guest has asked for is nothing to another.
    assert Guest(wat, [f"localhost:{port}"]).connect("127.0.0.1", port) == NOTCAPABLE


@pytest.mark.parametrize("sockets", [True, ["localhost"]])
def test_sockets_resolve_into_the_room_that_there_is(wat: Wat, sockets: Any) -> None:
    guest = Guest(wat, sockets)
    assert guest.resolve("localhost", room=13) == (SUCCESS, [])
    assert guest.resolve("localhost", room=14)[1]
    assert guest.resolve("localhost", room=2**31)[0] == FAULT
    assert guest.resolve("local\0host")[0] == FAULT
    arguments = [1024, 9, 1280, 2, 1300, 1340, 4, OUT]
    for i, wrong in ((0, -4), (2, -4), (4, -4), (5, -4), (7, -4)):
        assert guest.exports.sock_getaddrinfo(*arguments[:i], wrong, *arguments[i + 1 :]) == FAULT
    for i in (4, 5, 7):
        assert guest.exports.sock_getaddrinfo(*arguments[:i], 1302, *arguments[i + 1 :]) == ADDRNOTAVAIL
    assert guest.exports.sock_getaddrinfo(0, 0, 0, 0, 1300, 1340, 4, OUT) == NONAME


def test_sockets_survive_random_calls(check_python: CheckPython, wat: Wat) -> None:
    code = """
        import random, resource, wasmedge

        resource.setrlimit(resource.RLIMIT_NOFILE, (200, 200))
        chance = random.Random(1)
        wasi = wasmedge.WasiModule(sockets=sockets, stdin=b"", stdout=wasmedge.DEVNULL)
        exports = wasmedge.instantiate(module, imports={"wasi_snapshot_preview1": wasi}).exports
        numbers = [0, 1, 2, 3, 4, 16, 32, 64, 512, 1024, 65532, 65535, 65536, -1, -4, 2**31 - 1, -2**31]
        for _ in range(20000):
            if chance.random() < 0.3:
                address = chance.randrange(0, 65500, 4)
                words = b"".join((chance.choice(numbers) % 2**32).to_bytes(4, "little") for _ in range(9))
                exports.memory.write(address, words)
            name = chance.choice(names)
            function = exports[name]
            count = len(function.type.params)
            function(*(chance.choice(numbers) for _ in range(count)))
        print("done")
    """
    names = [name for name in FUNCTIONS if name != "fd_close"]
    assert check_python(code, module=passing(wat), names=names, sockets=["127.0.0.2:9"], timeout=100) == "done\n"
