# SPDX-License-Identifier: Apache-2.0
"""The end of a process: with whatever is alive or still running then, exit code 0 and nothing on stderr."""

from __future__ import annotations

import signal
import sys
import textwrap
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import CheckPython, RunPython, Wat

MODULE = """
(module
  (memory (export "memory") 1)
  (table (export "table") 1 funcref)
  (func (export "one") (result i32) (i32.const 1))
  (func (export "fail") unreachable)
  (func (export "take") (param i32))
  (func (export "spin") (loop $again (br_if $again (i32.eqz (i32.load (i32.const 0)))))))
"""
BORROWER = '(module (import "env" "table" (table 1 funcref)) (func $f (export "f")) (elem (i32.const 0) $f))'

ENDINGS = {
    "globals": """
        vm = VM(Configure(HostRegistration.WASI))
        vm.run(module, "one")
        instance = vm.active_instance
        everything = [instance.exports, instance.exports.one, instance.exports.memory, instance.functions, vm.store]
        wasi = vm.import_instance(HostRegistration.WASI)
    """,
    "a cycle of Python's": """
        class Holder:
            pass

        holder = Holder()
        holder.vm, holder.self = VM(), holder
        holder.vm.run(module, "one")
        holder.exports = holder.vm.active_instance.exports
    """,
    "a cycle of instances": """
        exporter = wasmedge.instantiate(module)
        importer = wasmedge.instantiate(borrower, imports={"env": exporter})
        wasmedge.instantiate(borrower, imports={"env": exporter}).exports.f()
    """,
    "attributes of modules": """
        import json, sys

        json.vm = VM()
        json.vm.run(module, "one")
        sys.modules["wasmedge"].mine = json.vm
        wasmedge.errors.function = json.vm.active_instance.exports.one
    """,
    "an exception": """
        import sys

        try:
            wasmedge.run(module, "fail")
        except Trap as error:
            sys.last_value = kept = error
    """,
    "a finaliser that calls": """
        class Finaliser:
            def __init__(self):
                self.function = wasmedge.instantiate(module).exports.one

            def __del__(self):
                assert self.function() == 1

        kept = Finaliser()
    """,
    "atexit": """
        import atexit

        vm = VM()
        vm.run(module, "one")
        atexit.register(lambda: vm.execute("one"))
        atexit.register(lambda: wasmedge.run(module, "one"))
    """,
    "a thread that has ended": """
        import threading

        kept = []
        thread = threading.Thread(target=lambda: kept.append(wasmedge.instantiate(module)))
        thread.start()
        thread.join()
        kept[0].exports.one()
    """,
    "a thread that ends later": """
        import threading, time

        instance = wasmedge.instantiate(module)

        def late():
            time.sleep(0.2)
            assert instance.exports.one() == 1
            assert wasmedge.run(module, "one") == 1

        threading.Thread(target=late).start()
    """,
    "a thread-local": """
        import threading

        local = threading.local()
        local.vm = VM()
        local.vm.run(module, "one")
    """,
    "a daemon thread in an endless loop": """
        import threading, time

        instance = wasmedge.instantiate(module)
        for _ in range(3):
            threading.Thread(target=instance.exports.spin, daemon=True).start()
        time.sleep(0.1)
    """,
    "daemon threads that call all the time": """
        import threading, time

        instance = wasmedge.instantiate(module)

        def calling():
            while True:
                instance.exports.one()
                wasmedge.run(module, "one")

        for _ in range(4):
            threading.Thread(target=calling, daemon=True).start()
        time.sleep(0.1)
    """,
    "a daemon thread whose call ends after the interpreter": """
        import threading, time

        instance = wasmedge.instantiate(module)
        threading.Thread(target=instance.exports.spin, daemon=True).start()
        time.sleep(0.1)

        class Stopping:
            def __init__(self, memory):
                self.memory = memory

            def __del__(self):
                self.memory.write(0, b"\\1")

        kept = Stopping(instance.exports.memory)
    """,
    "garbage collection switched off": """
        import gc

        gc.disable()
        vm = VM()
        vm.run(module, "one")
    """,
}
BEGINNING = "import wasmedge\nfrom wasmedge import *\nimport wasmedge.errors\n"


@pytest.mark.parametrize("ending", ENDINGS)
def test_shutdown_is_clean(check_python: CheckPython, wat: Wat, ending: str) -> None:
    code = BEGINNING + textwrap.dedent(ENDINGS[ending])
    assert check_python(code, module=wat(MODULE), borrower=wat(BORROWER), timeout=30) == ""


FAILURES = {
    "traps": "instance.exports.fail()",
    "traps in a VM": "VM().run(module, 'fail')",
    "modules that do not load": "wasmedge.Loader().load(b'nonsense')",
    "links that fail": "wasmedge.instantiate(borrower)",
    "files that are missing": "wasmedge.Loader().load('none.wasm')",
    "wrong arguments": "instance.exports.one(1)",
    "arguments that run Python": "instance.exports.take(Index())",
    "functions that are missing": "VM().execute_registered('none', 'none')",
}


@pytest.mark.parametrize("failure", FAILURES)
def test_shutdown_is_clean_while_daemon_threads_fail(check_python: CheckPython, wat: Wat, failure: str) -> None:
    """The interpreter ends such threads where they next want the GIL, also in Python code that the extension calls."""
    code = f"""
        import sys, threading, time

        instance = wasmedge.instantiate(module)

        class Index:
            def __index__(self):
                return sum(range(100))

        def failing():
            while True:
                try:
                    {FAILURES[failure]}
                except (WasmEdgeError, TypeError):
                    pass

        sys.setswitchinterval(1e-5)
        for _ in range(4):
            threading.Thread(target=failing, daemon=True).start()
        time.sleep(0.1)
    """
    for _ in range(3):
        assert check_python(BEGINNING + textwrap.dedent(code), module=wat(MODULE), borrower=wat(BORROWER)) == ""


def test_shutdown_right_after_the_import(check_python: CheckPython) -> None:
    assert check_python("import wasmedge") == ""


def test_shutdown_by_an_exception_is_no_crash(run_python: RunPython, wat: Wat) -> None:
    code = BEGINNING + "vm = VM()\nvm.run(module, 'fail')\n"
    done = run_python(code, module=wat(MODULE))
    assert (done.returncode, done.stdout) == (1, "")
    assert "wasmedge.errors.Trap: fail(): unreachable" in done.stderr
    if sys.version_info >= (3, 11):
        assert "Code: 0x40a" in done.stderr


def test_shutdown_by_a_signal_in_a_call(run_python: RunPython, wat: Wat) -> None:
    """An unhandled signal ends a process also while it is in WebAssembly."""
    code = """
        import os, signal, threading
        import wasmedge

        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGTERM)).start()
        wasmedge.instantiate(module).exports.spin()
    """
    done = run_python(code, module=wat(MODULE), timeout=30)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGTERM, "", "")
