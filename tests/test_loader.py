# SPDX-License-Identifier: Apache-2.0
"""What the loader takes, and what it says about everything else."""

from __future__ import annotations

import array
import errno
import gzip
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import wasmedge
from wasmedge import Configure, ErrCode, Loader, Module, Proposal, Standard

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Wat

pytestmark = pytest.mark.quick

HEADER = b"\0asm\1\0\0\0"

FOREIGN: dict[str, tuple[bytes, ErrCode, str]] = {
    "empty": (b"", ErrCode.UNEXPECTED_END, "it is empty"),
    "text format": (b"(module)", ErrCode.MALFORMED_MAGIC, "it is WebAssembly text, not binary"),
    "commented text format": (
        b" ;; why\n\t;; and\r\n (module)",
        ErrCode.MALFORMED_MAGIC,
        "it is WebAssembly text, not binary",
    ),
    "prose": (b"Call me Ishmael.\n", ErrCode.MALFORMED_MAGIC, r'it does not begin with "\0asm"'),
    "comment without an end": (b";; only this", ErrCode.MALFORMED_MAGIC, r'it does not begin with "\0asm"'),
    "ELF": (b"\x7fELF\2\1\1\0" + bytes(56), ErrCode.MALFORMED_MAGIC, "it is a native library"),
    "gzip": (gzip.compress(HEADER), ErrCode.MALFORMED_MAGIC, "it is a compressed file"),
    "zip": (b"PK\3\4" + bytes(26), ErrCode.MALFORMED_MAGIC, "it is a compressed file"),
    "component": (b"\0asm\x0d\0\1\0", ErrCode.COMPONENT_NOT_IMPL_LOADER, "it is a component"),
    "another version": (b"\0asm\2\0\0\0", ErrCode.MALFORMED_VERSION, "unknown binary version"),
    "half of the magic": (b"\0as", ErrCode.UNEXPECTED_END, "unexpected end"),
    "header only to the version": (b"\0asm\1\0", ErrCode.UNEXPECTED_END, "unexpected end"),
    "malformed section": (HEADER + b"\x7f\0", ErrCode.MALFORMED_SECTION, "malformed section id"),
    "section beyond the end": (HEADER + b"\1\7\0", ErrCode.LENGTH_OUT_OF_BOUNDS, "length out of bounds"),
    "section longer than its content": (
        HEADER + b"\1\5\1\x60\0\0\0",
        ErrCode.SECTION_SIZE_MISMATCH,
        "section size mismatch",
    ),
    "sections out of order": (HEADER + b"\3\1\0\1\1\0", ErrCode.JUNK_SECTION, "unexpected content after last section"),
    "malformed UTF-8": (HEADER + b"\0\2\1\xff", ErrCode.MALFORMED_UTF8, "malformed UTF-8 encoding"),
    "functions without bodies": (
        HEADER + b"\1\4\1\x60\0\0\3\2\1\0",
        ErrCode.INCOMPATIBLE_FUNC_CODE,
        "function and code section have inconsistent lengths",
    ),
}


@pytest.mark.parametrize("as_file", [False, True], ids=["bytes", "file"])
@pytest.mark.parametrize("name", FOREIGN)
def test_loader_says_what_is_no_module(tmp_path: Path, name: str, as_file: bool) -> None:
    data, code, reason = FOREIGN[name]
    path = tmp_path / "thing.wasm"
    path.write_bytes(data)
    loader = Loader()
    with pytest.raises(wasmedge.LoadError) as caught:
        loader.load(path if as_file else data)
    assert not isinstance(caught.value, OSError)
    label = repr(str(path)) if as_file else "<bytes>"
    assert str(caught.value).startswith(f"cannot load {label}: ")
    assert reason in str(caught.value)
    assert caught.value.code is code
    assert isinstance(loader.load(HEADER), Module)


def test_loader_tells_where_it_stopped(wat: Wat) -> None:
    module = bytearray(wat('(module (func (export "f")))'))
    module[module.index(b"\x0b")] = 0xFF
    with pytest.raises(wasmedge.LoadError, match="illegal opcode") as caught:
        Loader().load(module)
    assert f"    Bytecode offset: {module.index(0xFF):#010x}" in caught.value.details
    assert "    At AST node: code section" in caught.value.details


def section_ends(module: bytes) -> dict[int, int]:
    """Find where each section ends, and the header as a section -1; the sizes are all of one byte."""
    ends = {-1: len(HEADER)}
    end = len(HEADER)
    while end < len(module):
        ends[module[end]] = end = end + 2 + module[end + 1]
    return ends


def test_loader_refuses_every_truncation(wat: Wat) -> None:
    module = wat("""
        (module
          (import "env" "log" (func $log (param i32)))
          (memory (export "memory") 1 2)
          (table $table 2 2 funcref)
          (global $count (mut i64) (i64.const -5))
          (func $main (export "main") (param $n i32) (result f64) (local $x f64)
            (call $log (local.get $n))
            (block (loop (br_if 1 (local.get $n))))
            (f64.const 1.5))
          (elem (i32.const 0) $main $log)
          (data (i32.const 8) "some data"))""")
    ends = section_ends(module)
    vm = wasmedge.VM()
    accepted = set()
    for length in range(len(module)):
        try:
            vm.load(module[:length])
            vm.validate()
            accepted.add(length)
        except wasmedge.LoadError as error:
            assert str(error).startswith("cannot load <bytes>: ")  # noqa: PT017 - in some of the rounds
        except wasmedge.ValidationError as error:
            assert length in ends.values(), error  # noqa: PT017
    # A module may well end after a section, but not between the function section and that of their bodies.
    assert accepted < set(ends.values())
    assert accepted.isdisjoint(range(ends[3], ends[10]))
    vm.load(module)
    vm.validate()


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("none.wasm", errno.ENOENT),
        ("", errno.ENOENT),
        ("file.wasm/inner.wasm", errno.ENOTDIR),
        (".", errno.EISDIR),
        ("x" * 300, errno.ENAMETOOLONG),
        ("/proc/self/mem", errno.EIO),
        ("loop", errno.ELOOP),
    ],
    ids=lambda value: errno.errorcode[value] if isinstance(value, int) else "",
)
def test_loader_raises_os_errors_for_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, code: int
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file.wasm").write_bytes(HEADER)
    Path("loop").symlink_to("loop")
    with pytest.raises(wasmedge.ModuleFileError) as caught:
        Loader().load(path)
    error = caught.value
    assert (error.errno, error.strerror, error.filename) == (code, os.strerror(code), path)
    assert error.code is ErrCode.ILLEGAL_PATH
    assert str(error) == f"cannot load {path!r}: {os.strerror(code)}"
    assert isinstance(error, FileNotFoundError) == (code == errno.ENOENT)


def test_loader_raises_os_errors_for_unreadable_files(tmp_path: Path) -> None:
    path = tmp_path / "secret.wasm"
    path.write_bytes(HEADER)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read every file")
    with pytest.raises(OSError, match="Permission denied") as caught:
        Loader().load(path)
    assert isinstance(caught.value, wasmedge.ModuleFileError)


class Located:
    """A path-like object that is no pathlib.Path."""

    def __init__(self, path: Path) -> None:
        """Stand for `path`."""
        self.path = path

    def __fspath__(self) -> str:
        """Return the path."""
        return str(self.path)


@pytest.mark.parametrize("kind", [str, Path, Located])
@pytest.mark.parametrize("name", ["module.wasm", "módulo ☃.wasm", os.fsdecode(b"latin-\xe9.wasm"), "it's \n.wasm"])
def test_loader_takes_paths(tmp_path: Path, kind: Callable[[Any], Any], name: str) -> None:
    path = tmp_path / name
    path.write_bytes(HEADER)
    module = Loader().load(kind(path))
    assert repr(module) == f"<Module {str(path)!r}>"


@pytest.mark.parametrize(
    "source",
    [HEADER, bytearray(HEADER), memoryview(HEADER), memoryview(HEADER + b"\0")[:8], array.array("I", HEADER)],
    ids=lambda source: type(source).__name__,
)
def test_loader_takes_bytes(source: Any) -> None:
    assert repr(Loader().load(source)) == "<Module <bytes>>"
    assert isinstance(wasmedge.instantiate(source), wasmedge.Instance)


def test_loader_does_not_keep_the_bytes(wat: Wat) -> None:
    data = bytearray(wat('(module (func (export "seven") (result i32) (i32.const 7)))'))
    module = Loader().load(data)
    data[:] = bytes(len(data))
    data.clear()  # a BufferError if the buffer were still locked
    assert wasmedge.run(module, "seven") == 7


def test_loader_gives_modules_back() -> None:
    module = Module.from_bytes(HEADER)
    assert Loader().load(module) is module


@pytest.mark.parametrize("source", [None, 3, 1.5, ["m.wasm"], object(), open], ids=lambda source: type(source).__name__)
def test_loader_refuses_other_types(source: Any) -> None:
    with pytest.raises(TypeError, match=f"a module comes from a path, bytes or a Module, not {type(source).__name__}"):
        Loader().load(source)


def test_loader_refuses_paths_with_nul() -> None:
    with pytest.raises(ValueError, match="null byte"):
        Loader().load("module\0.wasm")


def test_loader_refuses_buffers_with_gaps() -> None:
    with pytest.raises(BufferError, match="contiguous"):
        Loader().load(memoryview(HEADER * 2)[::2])


def test_loader_takes_a_path_from_bytes_as_data() -> None:
    with pytest.raises(wasmedge.LoadError, match=r"cannot load <bytes>: it is not WebAssembly"):
        Loader().load(b"examples/fibonacci.wasm")


def test_loader_passes_exceptions_of_a_path_through() -> None:
    class Failing:
        def __fspath__(self) -> str:
            raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        Loader().load(Failing())


def test_loader_heeds_its_configuration(wat: Wat) -> None:
    module = wat('(module (func (export "f") (param i32) (result i32) (i32.extend8_s (local.get 0))))')
    with pytest.raises(wasmedge.LoadError, match="illegal opcode"):
        Loader(Configure(standard=Standard.WASM_1)).load(module)
    with pytest.raises(wasmedge.LoadError, match="requires enabling Sign-extension"):
        Module.from_bytes(module, configure=Configure(standard=Standard.WASM_1))
    assert Loader(Configure(Proposal.SIGN_EXTENSION_OPERATORS, standard=Standard.WASM_1)).load(module)


def test_loader_reads_files_without_the_gil(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(HEADER,))
    writer.start()
    module = Loader().load(pipe)  # would wait for ever for a writer that cannot run
    writer.join()
    assert wasmedge.instantiate(module).exports is not None
