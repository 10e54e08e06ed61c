# SPDX-License-Identifier: Apache-2.0
"""Host modules at the end of the process, after a fork, and when they are interrupted."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import CheckPython, Wat

pytestmark = pytest.mark.quick

SLEEPER = """(module
  (import "wasmedge_process" "wasmedge_process_set_prog_name" (func $name (param i32 i32)))
  (import "wasmedge_process" "wasmedge_process_add_arg" (func $arg (param i32 i32)))
  (import "wasmedge_process" "wasmedge_process_run" (func $run (result i32)))
  (memory 1) (data (i32.const 0) "sleep60")
  (func (export "run") (result i32)
    (call $name (i32.const 0) (i32.const 5)) (call $arg (i32.const 5) (i32.const 2)) (call $run)))"""

LIVE = """
import time
from wasmedge import *

vm = VM(Configure(HostRegistration.WASMEDGE_PROCESS, HostRegistration.WASI))
vm.import_instance(HostRegistration.WASMEDGE_PROCESS).init(["sleep"])
modules = [LoggingModule(), ProcessModule(["sleep"])]
running = vm.run_async(guest, "run")
time.sleep(0.5)
print("ends")
"""


def test_hosts_at_the_end_of_the_process(check_python: CheckPython, wat: Wat) -> None:
    start = time.monotonic()
    assert check_python(LIVE, guest=wat(SLEEPER)) == "ends\n"
    assert time.monotonic() - start < 30  # nothing waits for the command


INTERRUPTED = """
import os, signal, threading, time
import psutil
import wasmedge

module = wasmedge.ProcessModule(["sleep"])
app = wasmedge.instantiate(guest, imports={module.name: module})
threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
start = time.monotonic()
try:
    app.exports.run()
except KeyboardInterrupt:
    print("interrupted", time.monotonic() - start < 8)
print([child.name() for child in psutil.Process().children()])
module.init(["true"])
print(app.exports.run())
"""


def test_hosts_command_is_interrupted_by_the_keyboard(check_python: CheckPython, wat: Wat) -> None:
    assert check_python(INTERRUPTED, guest=wat(SLEEPER)) == "interrupted True\n[]\n-1\n"


FORKED = """
import os
import wasmedge

module = wasmedge.ProcessModule(["true"])
app = wasmedge.instantiate(guest, imports={module.name: module})
print(app.exports.run(), flush=True)
child = os.fork()
if child == 0:
    os._exit(app.exports.run() & 0x7f)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_hosts_after_a_fork(check_python: CheckPython, wat: Wat) -> None:
    assert check_python(FORKED, guest=wat(SLEEPER)) == "-1\n127\n"
