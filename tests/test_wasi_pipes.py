# SPDX-License-Identifier: Apache-2.0
"""The standard streams of WASI programs: how they run, block, fail and end."""

from __future__ import annotations

import io
import threading
from typing import TYPE_CHECKING

import pytest
from wasi_guests import BADF, CAT, spout

import wasmedge
from wasmedge import CAPTURE, DEVNULL, PIPE, Capture, WasiModule

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import CheckPython, Wat

pytestmark = pytest.mark.quick


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
        wasmedge.run_wasi(wat(CAT), stdin=produce)
    with pytest.raises(TypeError, match="bytes or str, not int"):
        wasmedge.run_wasi(wat(CAT), stdin=lambda: 5)


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


def test_streams_that_the_process_has_closed_are_closed(check_python: CheckPython, wat: Wat, tmp_path: Path) -> None:
    code = """
        import os
        import wasmedge

        saved = os.dup(1)
        for options in ({}, {"stderr": wasmedge.CAPTURE}, {"preopens": {"/": path}}):
            os.close(0)
            os.close(1)
            try:
                codes = [wasmedge.run_wasi(module, **options).returncode for module in modules]
            finally:
                os.dup2(os.open("/dev/null", os.O_RDWR), 0)
                os.dup2(saved, 1)
            print(codes, flush=True)
    """
    assert check_python(code, modules=[wat(CAT), spout(wat, 1)], path=str(tmp_path)) == "[8, 8]\n" * 3
