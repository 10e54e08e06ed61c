# SPDX-License-Identifier: Apache-2.0
"""The signals of compiled code, beside everybody else's: each in a process of its own."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest
from endless import ENDLESS
from signal_scripts import BEGIN

if TYPE_CHECKING:
    from tests.conftest import CheckPython, RunPython, Wat


def test_signals_traps_are_traps(check_python: CheckPython, wat: Wat) -> None:
    assert check_python(BEGIN + "traps(instantiate(), 1000); print('done')", source=wat(ENDLESS)) == "done\n"


def test_signals_eight_threads_trap_at_once(check_python: CheckPython, wat: Wat) -> None:
    code = (
        BEGIN
        + """
end = time.monotonic() + 4
def work():
    guest = instantiate()
    while time.monotonic() < end:
        traps(guest, 50)
threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print('done')
"""
    )
    assert check_python(code, source=wat(ENDLESS), timeout=110) == "done\n"


OVERFLOW = """
def overflow(guest, rounds):
    for _ in range(rounds):
        try:
            guest.exports.deep(0)
        except StackExhausted as trap:
            assert trap.trap == TrapCode.STACK_EXHAUSTED
        else:
            raise AssertionError
        assert guest.exports.answer() == 42
"""


@pytest.mark.parametrize("where", ["main", "thread", "both"])
def test_signals_stack_overflow_is_a_trap(check_python: CheckPython, wat: Wat, where: str) -> None:
    code = (
        BEGIN
        + OVERFLOW
        + """
guest = instantiate()
if where != "thread":
    overflow(guest, 100)
if where != "main":
    threads = [threading.Thread(target=overflow, args=(guest, 100)) for _ in range(3)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
traps(guest)
print('done')
"""
    )
    assert check_python(code, source=wat(ENDLESS), where=where) == "done\n"


def test_signals_stack_overflow_in_host_functions(check_python: CheckPython, wat: Wat) -> None:
    """Guest, Python, guest, Python: whoever comes first to the end of the stack says so."""
    code = (
        BEGIN
        + """
sys.setrecursionlimit(100_000)
depth = 0
def callback():
    global depth
    depth += 1
    guest.exports.call_back_once()
guest = instantiate(callback)
for _ in range(3):
    depth = 0
    try:
        guest.exports.call_back_once()
    except RecursionError:
        assert depth > 50
    else:
        raise AssertionError
    assert guest.exports.answer() == 42
print('done')
"""
    )
    assert check_python(code, source=wat(ENDLESS)) == "done\n"


CRASHES = {
    "before": "faulthandler.enable(); guest = None; crash()",
    "before, with a guest": "faulthandler.enable(); guest = instantiate(); crash()",
    "after": "faulthandler.enable(); guest = instantiate(); traps(guest, 3); crash()",
    "enabled after the first call": "guest = instantiate(); traps(guest); faulthandler.enable(); crash()",
    "enabled between calls": (
        "guest = instantiate(); traps(guest); faulthandler.enable(); time.sleep(0.02); traps(guest); crash()"
    ),
    "in a host function": (
        "faulthandler.enable(); guest = instantiate(crash); traps(guest); guest.exports.call_back_once()"
    ),
    "in another thread": (
        "faulthandler.enable(); guest = instantiate(); traps(guest); "
        "thread = threading.Thread(target=crash); thread.start(); thread.join()"
    ),
    "while a guest runs": (
        "faulthandler.enable(); guest = instantiate(); traps(guest); "
        "thread = threading.Thread(target=guest.exports.spin, daemon=True); thread.start(); time.sleep(0.05); crash()"
    ),
}


@pytest.mark.parametrize("when", CRASHES)
def test_signals_faulthandler_reports_genuine_crashes(run_python: RunPython, wat: Wat, when: str) -> None:
    done = run_python(BEGIN + CRASHES[when], source=wat(ENDLESS))
    assert done.returncode == -signal.SIGSEGV
    assert done.stderr.count("Fatal Python error: Segmentation fault") == 1
    assert "in crash" in done.stderr


def test_signals_faulthandler_says_nothing_of_traps(check_python: CheckPython, wat: Wat) -> None:
    code = (
        BEGIN
        + """
faulthandler.enable()
guest = instantiate()
traps(guest, 20)
faulthandler.disable()
time.sleep(0.02)
traps(guest, 20)
faulthandler.enable()
time.sleep(0.02)
traps(guest, 20)
assert faulthandler.is_enabled()
print('done')
"""
    )
    assert check_python(code, source=wat(ENDLESS)) == "done\n"


@pytest.mark.parametrize("before", [True, False])
def test_signals_a_handler_of_the_users_is_kept(run_python: RunPython, wat: Wat, before: bool) -> None:
    """One in C, as other extensions install: it gets what is no trap."""
    code = (
        BEGIN
        + """
libc = ctypes.CDLL(None)
HANDLER = ctypes.CFUNCTYPE(None, ctypes.c_int)
@HANDLER
def handler(number):
    os.write(1, b"handled\\n")
    os._exit(9)
libc.signal.argtypes = [ctypes.c_int, HANDLER]
if before:
    libc.signal(signal.SIGSEGV, handler)
guest = instantiate()
traps(guest)
if not before:
    libc.signal(signal.SIGSEGV, handler)
    time.sleep(0.02)
traps(guest)
crash()
"""
    )
    done = run_python(code, source=wat(ENDLESS), before=before)
    assert (done.returncode, done.stdout, done.stderr) == (9, "handled\n", "")


def test_signals_without_any_handler_a_crash_is_a_crash(run_python: RunPython, wat: Wat) -> None:
    for code in ("crash()", "os.kill(os.getpid(), signal.SIGSEGV); time.sleep(5)"):
        done = run_python(BEGIN + "guest = instantiate(); traps(guest); " + code, source=wat(ENDLESS))
        assert (done.returncode, done.stderr) == (-signal.SIGSEGV, "")


def test_signals_in_children_of_forks(check_python: CheckPython, wat: Wat) -> None:
    code = (
        BEGIN
        + OVERFLOW
        + """
import multiprocessing
def child(connection):
    guest = instantiate()
    traps(guest, 5)
    overflow(guest, 3)
    connection.send(guest.exports.sum(10))

if __name__ == "__main__":
    guest = instantiate()
    traps(guest)
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    processes = [context.Process(target=child, args=(theirs,)) for _ in range(3)]
    for process in processes: process.start()
    for process in processes: process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert [ours.recv() for _ in processes] == [55, 55, 55]
    traps(guest)
    print('done')
"""
    )
    assert check_python(code, source=wat(ENDLESS)) == "done\n"
