# SPDX-License-Identifier: Apache-2.0
"""Processes and interpreters that come from one where the package is in use."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import CheckPython, RunPython, Wat

MODULE = """
(module
  (memory (export "memory") 1)
  (func (export "one") (result i32) (i32.const 1))
  (func (export "fail") unreachable)
  (func (export "spin") (loop $again (br_if $again (i32.eqz (i32.load (i32.const 0)))))))
"""


def test_processes_forked(check_python: CheckPython, wat: Wat) -> None:
    code = """
        import os, sys
        import wasmedge

        vm = wasmedge.VM(wasmedge.Configure(wasmedge.HostRegistration.WASI))
        vm.run(module, "one")
        instance = vm.active_instance
        instance.exports.memory.write(8, b"parent")
        child = os.fork()
        if child == 0:
            assert vm.execute("one") == 1
            assert instance.exports.memory.read(8, 6) == b"parent"
            instance.exports.memory.write(8, b"child!")
            assert wasmedge.run(module, "one") == 1
            try:
                vm.execute("fail")
            except wasmedge.Trap as error:
                assert error.details
            sys.exit(7)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
        assert instance.exports.memory.read(8, 6) == b"parent"
        assert vm.execute("one") == 1
    """
    assert check_python(code, module=wat(MODULE)) == ""


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_processes_of_a_pool(check_python: CheckPython, wat: Wat, examples: Path, method: str) -> None:
    code = """
        import functools
        import multiprocessing
        import wasmedge

        context = multiprocessing.get_context(method)
        with context.Pool(2) as pool:
            work = functools.partial(wasmedge.run, path, "fib")
            print(pool.map(work, range(10)))
            try:
                pool.apply(wasmedge.run, (module, "fail"))
            except wasmedge.Trap as error:
                print(error, error.trap.name, len(error.details))
    """
    expected = "[1, 1, 2, 3, 5, 8, 13, 21, 34, 55]\nfail(): unreachable UNREACHABLE 3\n"
    assert check_python(code, module=wat(MODULE), path=f"{examples}/fibonacci.wasm", method=method) == expected


def test_processes_forked_beside_a_running_thread(check_python: CheckPython, wat: Wat) -> None:
    code = """
        import os, threading, time, warnings
        import wasmedge

        warnings.simplefilter("ignore", DeprecationWarning)  # of fork with threads, since Python 3.12
        instance = wasmedge.instantiate(module)
        threading.Thread(target=instance.exports.spin, daemon=True).start()
        time.sleep(0.1)
        child = os.fork()
        if child == 0:
            assert instance.exports.one() == 1
            assert wasmedge.run(module, "one") == 1
            raise SystemExit(3)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 3
        instance.exports.memory.write(0, b"\\1")
    """
    assert check_python(code, module=wat(MODULE), timeout=30) == ""


@pytest.mark.skipif(sys.version_info < (3, 12), reason="without own locks, older interpreters share their state")
def test_processes_with_a_second_interpreter_do_not_crash(run_python: RunPython) -> None:
    code = """
        import _interpreters as interpreters

        interpreter = interpreters.create()
        interpreters.exec(interpreter, "import wasmedge\\nwasmedge.VM()")
        print("done")
    """
    if sys.version_info < (3, 13):
        code = code.replace("_interpreters as", "_xxsubinterpreters as").replace(".exec(", ".run_string(")
    done = run_python(code)
    assert done.returncode in {0, 1}, done.stderr
