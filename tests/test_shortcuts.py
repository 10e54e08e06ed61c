# SPDX-License-Identifier: Apache-2.0
"""wasmedge.run and wasmedge.instantiate."""

from __future__ import annotations

import doctest
import gc
import weakref
from typing import TYPE_CHECKING, Any

import pytest

import wasmedge
from wasmedge import Configure, HostRegistration, Module, Standard
from wasmedge import shortcuts as shortcuts_module

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Wat

pytestmark = pytest.mark.quick

INNER = '(module (global $n (mut i32) (i32.const 0)) (func (export "next") (result i32) {}))'.format(
    "(global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n)"
)
OUTER = '(module (import "env" "next" (func $next (result i32))) (func (export "go") (result i32) (call $next)))'


def test_shortcuts_run_every_source(examples: Path) -> None:
    path = examples / "fibonacci.wasm"
    for source in (path, str(path), path.read_bytes(), bytearray(path.read_bytes()), Module.from_file(path)):
        assert wasmedge.run(source, "fib", 21) == 17711
        assert wasmedge.instantiate(source).exports.fib(10) == 89


def test_shortcuts_run_starts_anew_each_time(wat: Wat) -> None:
    module = Module.from_bytes(wat(INNER))
    assert [wasmedge.run(module, "next") for _ in range(3)] == [1, 1, 1]


def test_shortcuts_imports(wat: Wat) -> None:
    inner = wasmedge.instantiate(wat(INNER))
    assert wasmedge.run(wat(OUTER), "go", imports={"env": inner}) == 1
    instance = wasmedge.instantiate(wat(OUTER), imports={"env": inner, "unused": inner})
    assert [instance.exports.go(), inner.exports.next(), instance.exports.go()] == [2, 3, 4]
    gone = weakref.ref(inner)
    del inner
    gc.collect()
    assert gone() is None
    assert instance.exports.go() == 5


def test_shortcuts_imports_are_instances_or_mappings(wat: Wat) -> None:
    no_namespaces: list[Any] = [None, lambda: 1, 5, [], b""]
    for value in no_namespaces:
        with pytest.raises(TypeError):
            wasmedge.instantiate(wat(OUTER), imports={"env": value})
    with pytest.raises(wasmedge.LinkError, match=r"'env' 'next'.* but it is missing"):
        wasmedge.instantiate(wat(OUTER), imports={"env": {}})


def test_shortcuts_configure(wat: Wat) -> None:
    exit_three = wat("""
        (module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (func (export "f") (call $exit (i32.const 3)) (unreachable)))""")
    with pytest.raises(wasmedge.LinkError):
        wasmedge.run(exit_three, "f")
    configure = Configure(HostRegistration.WASI)
    assert wasmedge.run(exit_three, "f", configure=configure) is None
    assert wasmedge.instantiate(exit_three, configure=configure).exports.f() is None
    with pytest.raises(wasmedge.LoadError):
        wasmedge.run(wat("(module (memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0))))"), "f",
                     configure=Configure(standard=Standard.WASM_1))  # fmt: skip


def test_shortcuts_imports_and_wasi_do_not_fight_in_silence(wat: Wat) -> None:
    mine = wasmedge.WasiModule(args=["mine"])
    with pytest.raises(wasmedge.InstantiationError, match="'wasi_snapshot_preview1' already"):
        wasmedge.instantiate(
            wat(INNER), imports={"wasi_snapshot_preview1": mine}, configure=Configure(HostRegistration.WASI)
        )


def test_shortcuts_errors_are_those_of_the_steps(wat: Wat) -> None:
    with pytest.raises(wasmedge.LoadError):
        wasmedge.run(b"", "f")
    with pytest.raises(wasmedge.FunctionNotFoundError, match="exports no function 'none'; it exports next"):
        wasmedge.run(wat(INNER), "none")
    with pytest.raises(TypeError, match=r"^next\(\) takes 0 arguments"):
        wasmedge.run(wat(INNER), "next", 1)
    with pytest.raises(TypeError):
        wasmedge.run(wat(INNER), "next", key=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        wasmedge.run(wat(INNER))  # type: ignore[call-arg]


def test_shortcuts_docstrings_run(examples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(examples.parent)
    assert doctest.testmod(shortcuts_module) == (0, 5)
