# SPDX-License-Identifier: Apache-2.0
"""Commands of the host, run for guests: with permission only, and never further than that."""

from __future__ import annotations

import contextlib
import gc
import os
import time
import weakref
from typing import TYPE_CHECKING, Any

import pytest
from c_guests import instantiate_c
from pass_through import PassThrough

import wasmedge
from wasmedge import ProcessModule

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import CompileC, Wat

pytestmark = pytest.mark.quick

PAGE = 65536
REFUSAL = (
    b'Permission denied: Command "%b" is not in the white list. Please use --allow-command=%b or --allow-command-all '
    b'to add "%b" command into the white list.\n'
)


class Caller(PassThrough):
    """A guest that runs commands."""

    def put(self, name: str, *texts: bytes) -> None:
        """Call a function that takes texts."""
        arguments, address = [], 0
        for text in texts:
            self.memory.write(address, text)
            arguments += [address, len(text)]
            address += len(text)
        self.call(f"wasmedge_process_{name}", *arguments)

    def ask(self, name: str, *args: Any) -> Any:
        """Call a function that takes numbers."""
        return self.call(f"wasmedge_process_{name}", *args)

    def run(self, program: bytes, *args: bytes, stdin: bytes = b"", env: dict[bytes, bytes] | None = None) -> int:
        """Run a command, and return its exit code."""
        self.put("set_prog_name", program)
        for arg in args:
            self.put("add_arg", arg)
        for name, value in (env or {}).items():
            self.put("add_env", name, value)
        self.put("add_stdin", stdin)
        code: int = self.ask("run")
        assert code == self.ask("get_exit_code")
        return code

    def output(self, stream: str) -> bytes:
        """Read an output."""
        size = self.ask(f"get_{stream}_len")
        self.memory.fill(0, 0xAA, PAGE)
        self.ask(f"get_{stream}", 16)
        assert self.memory.read(16 + size, 16) == b"\xaa" * 16
        read: bytes = self.memory.read(16, size)
        return read


@pytest.fixture
def caller(wat: Wat) -> Caller:
    """Return a guest that may run a few commands."""
    return Caller(wat, ProcessModule(["sh", "cat", "env", "sleep", "no-such-command", "/bin/echo"]))


def test_process_in_c_calls_every_function(compile_c: CompileC, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "of the host")
    app = instantiate_c(compile_c, "process", ProcessModule(["sh"]))
    assert app.exports.command() == -3
    outputs = [app.exports.memory.read_str(app.exports.output(stream)) for stream in (0, 1)]
    assert outputs[0] == "from stdin first two  words; $VARIABLE\n"
    assert [line for line in outputs[1].splitlines() if not line.startswith(("PWD=", "SHLVL=", "_=", "OLDPWD="))] == [
        "VARIABLE=first"
    ]


def test_process_nothing_without_permission(wat: Wat, tmp_path: Path) -> None:
    caller = Caller(wat, ProcessModule())
    for program in (b"touch", b"/usr/bin/touch", b"", b"sh -c touch"):
        assert caller.run(program, os.fsencode(tmp_path / "made")) == -1
        assert caller.output("stderr") == REFUSAL % (program, program, program)
        assert caller.output("stdout") == b""
    assert list(tmp_path.iterdir()) == []


def test_process_permission_is_for_the_name_as_it_stands(caller: Caller) -> None:
    assert caller.run(b"/bin/sh", b"-c", b"true") == -1
    assert caller.run(b"echo") == -1
    assert caller.run(b"/bin/echo", b"a") == 0
    assert caller.output("stdout") == b"a\n"
    assert caller.run(b"SH") == -1


def test_process_has_no_shell(caller: Caller) -> None:
    assert caller.run(b"/bin/echo", b"$HOME `id` $(id); id > file *") == 0
    assert caller.output("stdout") == b"$HOME `id` $(id); id > file *\n"


def test_process_all_commands(wat: Wat) -> None:
    caller = Caller(wat, ProcessModule(allow_all=True))
    assert caller.run(b"echo", b"a") == 0
    assert caller.run(b"") == -1
    assert caller.run(b"no-such-command") == -1
    assert caller.output("stderr") == b"no-such-command: command not found\n"


def test_process_environment_is_what_the_guest_adds(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "of the host")
    assert caller.run(b"env", env={b"A": b"1", b"B": b"=\xff\n"}) == 0
    assert caller.output("stdout") == b"A=1\nB==\xff\n\n"
    assert caller.run(b"env") == 0
    assert caller.output("stdout") == b""


def test_process_is_found_by_the_path_of_the_host(caller: Caller, tmp_path: Path) -> None:
    """And not by one of the guest's, by which it could put its own program in the place of the one allowed."""
    fake = tmp_path / "env"
    fake.write_text("#!/bin/sh\necho fake\n")
    fake.chmod(0o755)
    path = os.fsencode(tmp_path)
    assert caller.run(b"env", env={b"PATH": path, b"LD_PRELOAD": path + b"/x.so", b"GCONV_PATH": path}) == 0
    assert caller.output("stdout") == b"PATH=" + path + b"\n"
    assert caller.output("stderr") == b""


def test_process_stdin_and_outputs_of_any_size(caller: Caller) -> None:
    data = bytes(range(256)) * 200
    for _ in range(20):
        caller.put("add_stdin", data)
    assert caller.run(b"cat") == 0
    assert caller.ask("get_stdout_len") == 20 * len(data)
    caller.memory.grow(20)
    caller.ask("get_stdout", 0)
    assert caller.memory.read(0, 20 * len(data)) == 20 * data
    # The input is forgotten, and what is not read is no failure.
    assert caller.run(b"cat") == 0
    assert caller.output("stdout") == b""
    caller.put("add_stdin", data)
    assert caller.run(b"sh", b"-c", b"exec true", stdin=data) == 0


@pytest.mark.parametrize(("script", "code"), [("exit 0", 0), ("exit 127", 127), ("exit 128", -128), ("exit 255", -1)])
def test_process_exit_codes_have_8_bits_with_a_sign(caller: Caller, script: str, code: int) -> None:
    assert caller.run(b"sh", b"-c", script.encode()) == code


def test_process_ended_by_a_signal(caller: Caller) -> None:
    assert caller.run(b"sh", b"-c", b"kill -TERM $$") == 128 + 15 - 256


def test_process_timeout(caller: Caller) -> None:
    caller.ask("set_timeout", 200)
    start = time.monotonic()
    assert caller.run(b"sh", b"-c", b"echo begun; sleep 50 & sleep 50") == 110
    assert time.monotonic() - start < 20
    assert caller.output("stdout") == b"begun\n"
    # The default is back.
    assert caller.run(b"sh", b"-c", b"sleep 0.3") == 0


def test_process_that_leaves_another_running(caller: Caller) -> None:
    start = time.monotonic()
    assert caller.run(b"sh", b"-c", b"sleep 20 & echo done") == 0
    assert time.monotonic() - start < 15
    assert caller.output("stdout") == b"done\n"


def test_process_stops_with_the_call_of_the_guest(caller: Caller) -> None:
    caller.put("set_prog_name", b"sleep")
    caller.put("add_arg", b"50")
    caller.ask("set_timeout", -1)
    start = time.monotonic()
    with contextlib.suppress(TimeoutError):  # which is raised if the guest does anything after that
        assert caller.instance.exports.wasmedge_process_run(timeout=0.3) == 110
    assert time.monotonic() - start < 20


def test_process_input_and_output_have_limits(wat: Wat) -> None:
    caller = Caller(wat, ProcessModule(["sh", "cat"], limit=1000))
    assert caller.run(b"sh", b"-c", b"while :; do echo 123456789; done") == 27
    assert caller.output("stdout") == b"123456789\n" * 100
    assert caller.run(b"cat", stdin=b"x" * 990) == 0
    assert caller.output("stdout") == b"x" * 990
    with pytest.raises(ValueError, match="1000 bytes and no more"):
        caller.run(b"cat", stdin=b"x" * 1000)
    assert caller.ask("run") == 0  # what came before that
    for _ in range(1000):
        caller.put("add_arg", b"")
    with pytest.raises(ValueError, match="1000 bytes and no more"):
        caller.put("add_arg", b"")


@pytest.mark.parametrize(
    ("args", "env"), [([b"a\0b"], {}), ([], {b"a=b": b"c"}), ([], {b"a": b"\0"}), ([b"x" * 60_000] * 60, {})]
)
def test_process_that_cannot_be_started(caller: Caller, args: list[bytes], env: dict[bytes, bytes]) -> None:
    assert caller.run(b"cat", *args, env=env) == -1
    assert caller.output("stderr").startswith(b"cat: ")
    assert caller.run(b"cat") == 0


def test_process_in_a_name_that_is_no_text(wat: Wat) -> None:
    caller = Caller(wat, ProcessModule([b"\xff\xfe"]))
    assert caller.run(b"\xff\xfe") == -1
    assert caller.output("stderr") == b"\xff\xfe: command not found\n"
    assert Caller(wat, ProcessModule(allow_all=True)).run(b"a\0b") == -1


@pytest.mark.parametrize("function", ["set_prog_name", "add_arg", "add_stdin"])
@pytest.mark.parametrize(("address", "size"), [(PAGE, 1), (PAGE - 1, 2), (-1, 1), (1, -1), (-1, -1)])
def test_process_pointers_outside_of_the_memory(caller: Caller, function: str, address: int, size: int) -> None:
    with pytest.raises(wasmedge.OutOfBoundsError, match="are not in the memory"):
        caller.ask(function, address, size)
    for arguments in ((address, size, 0, 0), (0, 0, address, size)):
        with pytest.raises(wasmedge.OutOfBoundsError, match="are not in the memory"):
            caller.ask("add_env", *arguments)
    assert caller.run(b"cat", stdin=b"usable") == 0


def test_process_outputs_that_do_not_fit(caller: Caller) -> None:
    assert caller.run(b"/bin/echo", b"four") == 0
    for stream, target in (("stdout", PAGE - 4), ("stdout", -1)):
        before = caller.memory.read(PAGE - 16, 16)
        caller.ask(f"get_{stream}", target)
        assert caller.memory.read(PAGE - 16, 16) == before
    caller.ask("get_stdout", PAGE - 5)
    assert caller.memory.read(PAGE - 5, 5) == b"four\n"
    caller.ask("get_stderr", PAGE)


def test_process_init_permits_other_commands(wat: Wat) -> None:
    module = ProcessModule(["cat"])
    caller = Caller(wat, module)
    caller.put("add_stdin", b"prepared")
    module.init(["/bin/echo"])
    assert caller.run(b"cat") == -1
    assert caller.run(b"/bin/echo") == 0
    module.init(allow_all=True)
    assert caller.ask("get_stdout_len") == 0
    assert caller.run(b"cat") == 0


@pytest.mark.parametrize(
    ("arguments", "error"),
    [(("ls",), TypeError), ((b"ls",), TypeError), (([3],), TypeError), ((None,), TypeError), ((3,), TypeError)],
)
def test_process_refuses_other_lists(arguments: tuple[Any, ...], error: type[Exception]) -> None:
    with pytest.raises(error):
        ProcessModule(*arguments)
    with pytest.raises(error):
        ProcessModule().init(*arguments)


def test_process_refuses_other_limits() -> None:
    with pytest.raises(ValueError, match="limit is a number of bytes"):
        ProcessModule(limit=-1)


def test_process_module_is_an_instance_and_freed_with_its_last_user(wat: Wat) -> None:
    module = ProcessModule(["cat"])
    assert isinstance(module, wasmedge.Instance)
    assert repr(module) == "<Instance 'wasmedge_process'>"
    state = weakref.ref(module._process)
    caller = Caller(wat, module)
    gc.collect()
    gc.disable()
    try:
        del module
        assert caller.run(b"cat", stdin=b"x") == 0
        del caller
        assert state() is None
    finally:
        gc.enable()


def test_process_leaves_nothing_open(caller: Caller) -> None:
    caller.run(b"cat")
    before = sorted(os.listdir("/proc/self/fd"))
    for _ in range(5):
        caller.run(b"cat", stdin=b"x")
        caller.ask("set_timeout", 1)
        caller.run(b"sleep", b"9")
        caller.run(b"no-such-command")
    assert sorted(os.listdir("/proc/self/fd")) == before
