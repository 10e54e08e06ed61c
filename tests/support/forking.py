# SPDX-License-Identifier: Apache-2.0
"""What programs that fork begin with, for the tests of forks; and a module that takes a while."""

from __future__ import annotations

FORKING = """
import contextlib, functools, os, signal, threading, time, warnings
import wasmedge
from wasmedge import Compiler, Configure, OutputFormat, OptimizationLevel, Module, Validator

warnings.simplefilter("ignore", DeprecationWarning)  # of fork with threads, since Python 3.12
compiler = Compiler(Configure(optimization_level=OptimizationLevel.O0, output_format=OutputFormat.NATIVE))

def in_child(work):
    child = os.fork()
    if child == 0:
        signal.alarm(40)  # which ends it, if it waits for good
        try:
            work()
        except BaseException:
            import traceback
            traceback.print_exc()
            os._exit(1)
        os._exit(7)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7

@contextlib.contextmanager
def beside(work):
    # For a while another thread does work again and again.
    ended = threading.Event()
    done = []
    def again():
        while not ended.is_set():
            done.append(work())
    thread = threading.Thread(target=again)
    thread.start()
    try:
        while not done:
            time.sleep(0.001)
        yield
    finally:
        ended.set()
        thread.join()

def forked(work, times, child_work):
    with beside(work):
        for i in range(times):
            time.sleep(0.0007 * i)
            in_child(child_work)
"""


def many(count: int) -> str:
    """Return a module of some size."""
    functions = (
        f'(func (export "f{i}") (param i32) (result i32) (i32.add (local.get 0) (i32.const {i})))' for i in range(count)
    )
    return f"(module {' '.join(functions)})"
