# SPDX-License-Identifier: Apache-2.0
"""The standard streams of WASI programs: everything that can be one."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

import wasmedge
from wasmedge import CAPTURE, CLOSED, DEVNULL, PIPE, STDOUT, Capture, WasiModule

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import CheckPython, Wat

pytestmark = pytest.mark.quick

BADF = 8

# Copies stdin to stdout, in pieces of 4 KiB; exits with the errno of what goes wrong.
CAT = """(module
    (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1)
    (func $check (param i32) (if (local.get 0) (then (call $exit (local.get 0)))))
    (func (export "_start") (local $left i32) (local $from i32)
        (loop $more
            (i32.store (i32.const 0) (i32.const 1024))
            (i32.store (i32.const 4) (i32.const 4096))
            (call $check (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
            (local.set $left (i32.load (i32.const 8)))
            (if (i32.eqz (local.get $left)) (then return))
            (local.set $from (i32.const 1024))
            (loop $rest
                (i32.store (i32.const 0) (local.get $from))
                (i32.store (i32.const 4) (local.get $left))
                (call $check (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
                (local.set $from (i32.add (local.get $from) (i32.load (i32.const 8))))
                (local.set $left (i32.sub (local.get $left) (i32.load (i32.const 8))))
                (br_if $rest (local.get $left)))
            (br $more))))"""

# Writes 64 KiB pieces to stdout: as many as the module says, for ever with a negative number; then one line to stderr.
SPOUT = """(module
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 3)
    (data (i32.const 16) "done\\n")
    (func $put (param i32 i32 i32) (local $error i32)
        (i32.store (i32.const 0) (local.get 1))
        (i32.store (i32.const 4) (local.get 2))
        (local.set $error (call $write (local.get 0) (i32.const 0) (i32.const 1) (i32.const 8)))
        (if (local.get $error) (then (call $exit (local.get $error)))))
    (func (export "_start") (local $left i32)
        (local.set $left (i32.const COUNT))
        (memory.fill (i32.const 65536) (i32.const 120) (i32.const 65536))
        (loop $more
            (if (local.get $left) (then
                (call $put (i32.const 1) (i32.const 65536) (i32.const 65536))
                (local.set $left (i32.sub (local.get $left) (i32.const 1)))
                (br $more))))
        (call $put (i32.const 2) (i32.const 16) (i32.const 5))))"""


def spout(wat: Wat, count: int) -> bytes:
    """Make a program that writes `count` times 64 KiB."""
    return wat(SPOUT.replace("COUNT", str(count)))


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


def test_streams_are_fresh_for_each_program(wat: Wat) -> None:
    vm = wasmedge.VM(wasmedge.Configure(wasmedge.HostRegistration.WASI))
    wasi = vm.import_instance(wasmedge.HostRegistration.WASI)
    assert wasi is not None
    wasi.init(stdin=b"again", stdout=CAPTURE)
    for _ in range(3):
        vm.run(wat(CAT), "_start")
        assert wasi.stdout == b"again"


def test_streams_have_arrived_when_a_vm_returns(wat: Wat) -> None:
    vm = wasmedge.VM(wasmedge.Configure(wasmedge.HostRegistration.WASI))
    wasi = vm.import_instance(wasmedge.HostRegistration.WASI)
    assert wasi is not None
    for i in range(20):
        output = io.BytesIO()
        wasi.init(stdin=b"%d" % i, stdout=output)
        if i % 2:
            vm.run(wat(CAT), "_start")
        else:
            vm.load(wat(CAT))
            vm.validate()
            vm.instantiate()
            vm.execute("_start")
        assert output.getvalue() == b"%d" % i


def test_streams_pipes_are_used_while_the_program_runs(wat: Wat) -> None:
    wasi = WasiModule(stdin=PIPE, stdout=PIPE)
    guest = wasmedge.instantiate(wat(CAT), imports={"wasi_snapshot_preview1": wasi})
    assert wasi.stdin is not None
    thread = threading.Thread(target=guest.exports["_start"])
    thread.start()
    for line in (b"ping\n", b"pong\n"):
        wasi.stdin.write(line)
        assert wasi.stdout.readline() == line
    wasi.stdin.close()
    thread.join(30)
    assert not thread.is_alive()
    wasi.finish()
    assert wasi.stdout.read() == b""


def test_streams_slow_readers_stop_the_guest_only(wat: Wat) -> None:
    wasi = WasiModule(stdout=PIPE, stderr=DEVNULL)
    guest = wasmedge.instantiate(spout(wat, 64), imports={"wasi_snapshot_preview1": wasi})
    thread = threading.Thread(target=guest.exports["_start"])
    thread.start()
    thread.join(0.2)
    assert thread.is_alive()
    assert len(wasi.stdout.read(64 * 65536)) == 64 * 65536
    thread.join(30)
    assert not thread.is_alive()


def test_streams_keep_no_more_than_the_limit(wat: Wat) -> None:
    with pytest.raises(OSError, match="more than 100000 bytes to stdout") as caught:
        wasmedge.run_wasi(spout(wat, -1), stdout=Capture(100_000))
    assert caught.value.stdout == b"x" * 100_000  # type: ignore[attr-defined]
    assert wasmedge.run_wasi(spout(wat, 1), stdout=Capture(65536), stderr=DEVNULL).stdout == b"x" * 65536


def test_streams_pass_on_what_a_consumer_raises(wat: Wat) -> None:
    error = KeyError("mine")

    def consume(_data: bytes) -> None:
        raise error

    with pytest.raises(KeyError) as caught:
        wasmedge.run_wasi(spout(wat, -1), stdout=consume)
    assert caught.value is error


def test_streams_pass_on_what_a_producer_raises(wat: Wat) -> None:
    def produce() -> bytes:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        cat(wat, stdin=produce)
    with pytest.raises(TypeError, match="bytes or str, not int"):
        cat(wat, stdin=lambda: 5)


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


def test_streams_may_be_used_by_their_consumers(check_python: CheckPython, wat: Wat) -> None:
    code = """
        import gc
        import wasmedge

        def result_of(use):
            wasi = wasmedge.WasiModule(stdout=lambda data: use(wasi), stderr=wasmedge.CAPTURE)
            guest = wasmedge.instantiate(module, imports={"wasi_snapshot_preview1": wasi})
            guest.exports["_start"]()
            wasi.finish()
            return wasi.stderr

        run = lambda _: wasmedge.run_wasi(module, stdout=wasmedge.DEVNULL, stderr=wasmedge.CAPTURE)
        for use in (lambda wasi: (wasi.stdout, wasi.stderr, wasi.exit_code), run, lambda _: gc.collect()):
            assert result_of(use) == b"done\\n", result_of(use)
        for use in (lambda wasi: wasi.finish(), lambda wasi: wasi.init(), lambda wasi: wasi.close()):
            result_of(use)
        print("done")
    """
    assert check_python(code, module=spout(wat, 4)) == "done\n"


def test_streams_that_block_a_guest_do_not_keep_the_interpreter(check_python: CheckPython, wat: Wat) -> None:
    code = """
        import wasmedge

        process = wasmedge.WasiProcess(module, stdout=wasmedge.PIPE)
        print(len(process.stdout.read(65536)), process.poll())
    """
    assert check_python(code, module=spout(wat, -1)) == "65536 None\n"


def test_streams_end_when_nothing_holds_them(wat: Wat) -> None:
    wasi = WasiModule(stdin=PIPE, stdout=PIPE)
    stdin, stdout = wasi.stdin, wasi.stdout
    assert stdin is not None
    del wasi
    assert stdout.read() == b""
    with pytest.raises(BrokenPipeError):
        stdin.write(b"x")


def test_streams_can_be_ended_under_a_running_guest(wat: Wat) -> None:
    wasi = WasiModule(stdout=PIPE)
    guest = wasmedge.instantiate(spout(wat, -1), imports={"wasi_snapshot_preview1": wasi})
    thread = threading.Thread(target=guest.exports["_start"])
    thread.start()
    assert wasi.stdout.read(1) == b"x"
    wasi.finish()
    while wasi.stdout.read(1 << 20):
        pass
    thread.join(30)
    assert (thread.is_alive(), wasi.exit_code) == (False, BADF)


def test_streams_leak_no_descriptors_and_no_threads(check_python: CheckPython, wat: Wat) -> None:
    code = """
        import gc, io, os, threading, time
        import wasmedge

        def once():
            wasmedge.run_wasi(module, stdin=b"x" * 3_000_000, stdout=wasmedge.CAPTURE, stderr=io.BytesIO())
            wasmedge.WasiModule(stdin=wasmedge.PIPE, stdout=wasmedge.PIPE, stderr=print)
            wasi = wasmedge.WasiModule(stdout=lambda data: wasi)  # a cycle
            try:
                wasmedge.WasiModule(stdin=b"x", stdout=wasmedge.CAPTURE, stderr=-9)
            except ValueError:
                pass

        def count():
            gc.collect()
            for _ in range(1000):
                if threading.active_count() == 1:
                    break
                time.sleep(0.01)
            return len(os.listdir("/proc/self/fd")), threading.active_count()

        once()
        before = count()
        for _ in range(10):
            once()
        assert count() == before, (before, count())
    """
    assert check_python(code, module=wat(CAT)) == ""


def test_streams_outlive_the_end_of_the_process(check_python: CheckPython, wat: Wat) -> None:
    code = """
        import sys
        import wasmedge

        wasi = wasmedge.WasiModule(stdin=sys.stdin.read, stdout=lambda data: print(data.decode(), flush=True))
        guest = wasmedge.instantiate(module, imports={"wasi_snapshot_preview1": wasi})
        guest.exports["_start"]()
    """
    assert check_python(code, module=wat(CAT), stdin="words") == "words\n"


def test_streams_belong_to_the_parent_after_a_fork(check_python: CheckPython, wat: Wat) -> None:
    code = """
        import os, warnings
        import wasmedge

        warnings.simplefilter("ignore", DeprecationWarning)  # a fork with threads, on purpose
        got = bytearray()
        wasi = wasmedge.WasiModule(stdin=b"parent", stdout=got.extend, stderr=wasmedge.PIPE)
        guest = wasmedge.instantiate(module, imports={"wasi_snapshot_preview1": wasi})
        child = os.fork()
        if child == 0:
            guest.exports["_start"]()
            done = wasmedge.run_wasi(module, stdin=b"child", stdout=wasmedge.CAPTURE)
            os._exit(0 if done.stdout == b"child" and not got else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert got == b""
        guest.exports["_start"]()
        wasi.finish()
        print(got.decode(), wasi.stderr.read())
    """
    # The two share the input, as processes share a descriptor; the child's program could not write what it read.
    assert check_python(code, module=wat(CAT)) in {"parent b''\n", " b''\n"}
