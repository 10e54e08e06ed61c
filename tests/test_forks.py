# SPDX-License-Identifier: Apache-2.0
"""Children of a fork: what threads of the parent were at does not keep them from anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from forking import FORKING, many

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import CheckPython, Wat

pytestmark = [
    pytest.mark.quick,
    pytest.mark.usefixtures("cache_directory"),
]
MODULE = '(module (func (export "one") (result i32) (i32.const 1)))'


def test_forks_compile_as_their_parent_did(check_python: CheckPython, wat: Wat) -> None:
    code = (
        FORKING
        + """
def work():
    assert compiler.compile(module)
    assert wasmedge.instantiate(module, run_mode="jit", strict=True).exports.one() == 1

work()
in_child(work)
in_child(lambda: in_child(work))
work()
"""
    )
    assert check_python(code, module=wat(MODULE), timeout=60) == ""


def test_forks_compile_while_their_parent_does(check_python: CheckPython, wat: Wat) -> None:
    code = (
        FORKING
        + """
forked(lambda: compiler.compile(large), 15, lambda: compiler.compile(module))
"""
    )
    assert check_python(code, module=wat(MODULE), large=wat(many(40)), timeout=120) == ""


def test_forks_have_code_of_a_module_that_their_parent_compiles(check_python: CheckPython, wat: Wat) -> None:
    code = (
        FORKING
        + """
for i in range(5):
    shared = Module.from_bytes(large)
    thread = threading.Thread(target=wasmedge.instantiate, args=(shared,), kwargs={"run_mode": "jit"})
    thread.start()
    time.sleep(0.005 * i)
    in_child(lambda: wasmedge.instantiate(shared, run_mode="jit", strict=True).exports.f1(1))
    thread.join()
"""
    )
    assert check_python(code, large=wat(many(40)), timeout=120) == ""


def test_forks_name_temporary_files_as_their_parent_does(check_python: CheckPython, wat: Wat) -> None:
    code = (
        FORKING
        + """
import tempfile

tempfile.gettempdir()

class Slowly(tempfile._RandomNameSequence):  # which tempfile makes when it first names something, under a lock
    def __init__(self):
        naming.set()
        time.sleep(0.5)

naming = threading.Event()
tempfile._RandomNameSequence = Slowly
thread = threading.Thread(target=compiler.compile, args=(module,))
thread.start()
naming.wait()
in_child(lambda: compiler.compile(module))
thread.join()
"""
    )
    assert check_python(code, module=wat(MODULE), timeout=60) == ""


def test_forks_validate_what_their_parent_does(check_python: CheckPython, wat: Wat, tmp_path: Path) -> None:
    path = tmp_path / "large.wasm"
    path.write_bytes(wat(many(5000)))
    code = (
        FORKING
        + """
shared, validator = Module.from_file(path), Validator()
forked(lambda: validator.validate(shared), 40, lambda: validator.validate(shared))
"""
    )
    assert check_python(code, path=str(path), timeout=120) == ""


@pytest.mark.parametrize("caches", [True, False])
def test_forks_do_not_wait_for_the_background_of_their_parent(
    check_python: CheckPython, wat: Wat, *, caches: bool
) -> None:
    code = (
        FORKING
        + """
from wasmedge import native

native.LARGE_MODULE = 300
shared = Module.from_bytes(large)
configure = Configure(cache=caches)
wasmedge.instantiate(shared, configure=configure, run_mode="auto")

def work():
    assert shared.ready()
    assert shared.wait()
    assert wasmedge.instantiate(shared, configure=configure, run_mode="auto").exports.f1(1) == 2

in_child(work)
if not caches:  # otherwise the background is a process that lets all others go first
    assert shared.wait()
"""
    )
    assert check_python(code, large=wat(many(100)), caches=caches, timeout=120) == ""


@pytest.mark.parametrize("mode", ["interpreter", "jit"])
def test_forks_log_as_their_parent_does(check_python: CheckPython, wat: Wat, mode: str) -> None:
    code = (
        FORKING
        + """
def make():
    return wasmedge.instantiate(module, run_mode=mode, strict=True, configure=Configure(cache=False)).exports.fail

def trap(fail):
    try:
        fail()
    except wasmedge.Trap as error:
        assert error.details
    else:
        raise AssertionError

mine = make()

def child():
    for i in range(3):
        trap(mine)
    trap(make())

with contextlib.ExitStack() as stack:
    for i in range(3):
        stack.enter_context(beside(functools.partial(trap, make())))
    for i in range(60):
        in_child(child)
"""
    )
    module = wat('(module (func (export "fail") unreachable))')
    assert check_python(code, module=module, mode=mode, timeout=120) == ""


def test_forks_leave_the_streams_of_their_parent(check_python: CheckPython, wat: Wat) -> None:
    code = (
        FORKING
        + """
def write():
    assert wasmedge.run_wasi(module, capture_output=True, run_mode="interpreter").stdout == b"hello"

with contextlib.ExitStack() as stack:
    for i in range(3):
        stack.enter_context(beside(write))
    for i in range(80):
        in_child(lambda: None)
    in_child(write)
"""
    )
    module = wat(
        """
        (module
          (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
          (memory (export "memory") 1)
          (data (i32.const 0) "\\10\\00\\00\\00\\05\\00\\00\\00") (data (i32.const 16) "hello")
          (func (export "_start")
            (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
        """
    )
    assert check_python(code, module=module, timeout=120) == ""


def test_forks_leave_the_files_of_their_parent(check_python: CheckPython, tmp_path: Path) -> None:
    code = (
        FORKING
        + """
from wasmedge.unfinished import make_file, remove_unfinished, remove_with, work_directory

class Owner:
    pass

def hold():
    with work_directory(parent=place):
        held.set()
        released.wait()

owner = Owner()
descriptor, path = make_file(parent=place)
remove_with(owner, path)
held, released = threading.Event(), threading.Event()
thread = threading.Thread(target=hold)
thread.start()
held.wait()
child = os.fork()
if child == 0:
    remove_unfinished()
    del owner
    raise SystemExit(7)  # with all that Python does at its end
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
assert len(os.listdir(place)) == 2
released.set()
thread.join()
assert os.listdir(place) == [path.name]
del owner
assert os.listdir(place) == []
"""
    )
    assert check_python(code, place=str(tmp_path), timeout=60) == ""
