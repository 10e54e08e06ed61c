# SPDX-License-Identifier: Apache-2.0
"""Machine code is run only where it is trusted, and never instead of what was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import wasmedge
from wasmedge import Compiler, Configure, Loader, Module, OutputFormat, RunMode

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Wat

ONE = '(module (func (export "f") (result i32) (i32.const 1)))'
TWO = '(module (func (export "f") (result i32) (i32.const 2)))'
MIN = """(module (import "env" "g" (func $g (result f64)))
    (func (export "f") (param f64 f64) (result f64) (f64.min (f64.max (local.get 0) (local.get 1)) (call $g))))"""

pytestmark = pytest.mark.usefixtures("cache_directory")


def universal(source: bytes) -> bytes:
    code = Compiler(Configure(output_format=OutputFormat.WASM)).compile(source)
    assert isinstance(code, bytes)
    return code


def native(source: bytes) -> bytes:
    code = Compiler(Configure(output_format=OutputFormat.NATIVE)).compile(source)
    assert isinstance(code, bytes)
    return code


@pytest.fixture
def hostile(wat: Wat) -> bytes:
    """Return a module that says 1 and brings code that says 2."""
    section = universal(wat(TWO))[len(wat(TWO)) :]
    return wat(ONE) + section


@pytest.mark.parametrize("mode", ["interpreter", "aot", "jit", "auto"])
def test_trust_section_is_ignored_without_it(hostile: bytes, tmp_path: Path, mode: str) -> None:
    path = tmp_path / "hostile.wasm"
    path.write_bytes(hostile)
    assert wasmedge.run(hostile, "f", run_mode=mode) == 1
    assert wasmedge.run(path, "f", run_mode=mode) == 1
    assert wasmedge.VM(run_mode=mode).run(Module.from_file(path), "f") == 1


def test_trust_section_is_run_with_it(hostile: bytes) -> None:
    module = Loader().load(hostile, trusted=True)
    instance = wasmedge.instantiate(module, run_mode="auto")
    assert instance.run_mode is RunMode.AOT
    assert instance.exports.f() == 2
    # Asked for the interpreter, it is the module's own functions that run.
    assert wasmedge.run(module, "f", run_mode="interpreter") == 1


def test_trust_native_library_is_refused_without_it(wat: Wat, tmp_path: Path) -> None:
    path = tmp_path / "one.so"
    path.write_bytes(native(wat(ONE)))
    sources: list[Path | bytes] = [path, path.read_bytes()]
    for source in sources:
        with pytest.raises(wasmedge.LoadError, match="is a native library, not WebAssembly"):
            Loader(Configure(run_mode="aot")).load(source)
        assert wasmedge.run(Loader().load(source, trusted=True), "f", run_mode="auto") == 1


def test_trust_module_has_its_types_and_bytes(wat: Wat) -> None:
    module = Module.from_bytes(native(wat(ONE)), trusted=True)
    assert [export.name for export in module.exports] == ["f"]
    vm = wasmedge.VM()
    assert vm.run(module, "f") == 1
    assert vm.active_instance is not None
    assert vm.active_instance.run_mode is RunMode.AOT


def test_trust_code_of_a_module_that_was_not_validated_is_not_run(wat: Wat) -> None:
    module = Module.from_bytes(native(wat(ONE)), trusted=True)
    with pytest.raises(wasmedge.ValidationError, match="passed validation"):
        wasmedge.Executor().instantiate(wasmedge.Store(), module)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b"\x7fELF" + bytes(100), "is for another architecture"),
        (b"nonsense", "is not WebAssembly"),
        (b"\0asm\1\0\0\0", "holds no machine code"),
        (b"\0asm\1\0\0\0\0\x0b\x08wasmedge\2\1", "holds no machine code"),
    ],
)
def test_trust_needs_code_that_can_be_used(content: bytes, reason: str) -> None:
    with pytest.raises(wasmedge.LoadError, match=reason):
        Loader().load(content, trusted=True)


def test_trust_refuses_another_architecture_and_version(wat: Wat) -> None:
    library = bytearray(native(wat(ONE)))
    library[18] ^= 0xFF  # e_machine
    with pytest.raises(wasmedge.LoadError, match="is for another architecture"):
        Loader().load(bytes(library), trusted=True)
    module = bytearray(universal(wat(ONE)))
    name = module.rindex(b"\x08wasmedge")
    module[name + 9] ^= 0x40  # the binary version
    with pytest.raises(wasmedge.LoadError, match="holds no machine code"):
        Loader().load(bytes(module), trusted=True)


def test_trust_refuses_a_library_cut_short(wat: Wat) -> None:
    library = native(wat(ONE))
    for size in [4, 63, 64, 500, len(library) // 2, len(library) - 1]:
        with pytest.raises(wasmedge.LoadError, match="it ends"):
            Loader().load(library[:size], trusted=True)


def test_trust_refuses_a_library_that_is_no_module(tmp_path: Path) -> None:
    with pytest.raises(wasmedge.LoadError, match="cannot load"):
        Loader().load(wasmedge._core.__file__, trusted=True)


def test_trust_native_code_with_imports_and_float_minimum_is_native(wat: Wat) -> None:
    # As a universal module such code may lose itself: the loader counts its calls of fmin() as functions.
    module = Module.from_bytes(native(wat(MIN)), trusted=True)
    instance = wasmedge.instantiate(module, imports={"env": {"g": lambda: 3.0}}, run_mode="auto")
    assert instance.run_mode is RunMode.AOT
    assert instance.exports.f(5.0, 4.0) == 3.0
