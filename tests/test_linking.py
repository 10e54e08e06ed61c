# SPDX-License-Identifier: Apache-2.0
"""Imports that cannot be met: each of them is named, with what was wanted and what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import wasmedge
from wasmedge import ErrCode, VMState

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Wat

pytestmark = pytest.mark.quick

PROVIDER = """
(module
  (func (export "function") (param i32) (result i64) (i64.const 1))
  (table (export "table") 1 5 funcref)
  (memory (export "memory") 1 5)
  (global (export "global") i32 (i32.const 1))
  (global (export "variable") (mut i32) (i32.const 1)))
"""


def fail_to_link(module: bytes, **imports: wasmedge.Instance) -> wasmedge.LinkError:
    """Instantiate a module that cannot be linked, and return the exception."""
    with pytest.raises(wasmedge.LinkError) as caught:
        wasmedge.instantiate(module, imports=imports)
    assert str(caught.value).startswith("cannot instantiate <bytes>: ")
    return caught.value


def test_linking_names_every_missing_import(wat: Wat) -> None:
    module = wat("""
        (module
          (import "env" "print" (func (param i32 f64) (result i64 f32)))
          (import "env" "memory" (memory 1))
          (import "a module" "table" (table 1 funcref))
          (import "" "" (global i32)))""")
    error = fail_to_link(module)
    assert error.code is ErrCode.UNKNOWN_IMPORT
    assert str(error) == (
        "cannot instantiate <bytes>: unknown import: "
        "'env' 'print': wanted function (i32, f64) -> (i64, f32), but there is no module of that name; "
        "'env' 'memory': wanted memory 1, but there is no module of that name; "
        "'a module' 'table': wanted table funcref 1, but there is no module of that name; "
        "'' '': wanted global const i32, but there is no module of that name"
    )
    assert any("print" in line for line in error.details)


def test_linking_names_only_what_is_missing(wat: Wat) -> None:
    provider = wasmedge.instantiate(wat(PROVIDER))
    module = wat("""
        (module
          (import "env" "function" (func (param i32) (result i64)))
          (import "env" "memory" (memory 1))
          (import "env" "absent" (func)))""")
    error = fail_to_link(module, env=provider)
    assert str(error) == (
        "cannot instantiate <bytes>: unknown import: 'env' 'absent': wanted function () -> (), but it is missing"
    )


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ('"function" (func (param i64) (result i64))', "wanted function (i64) -> i64, but found function (i32) -> i64"),
        ('"function" (memory 1)', "wanted memory 1, but found function (i32) -> i64"),
        ('"memory" (func)', "wanted function () -> (), but found memory 1..5"),
        ('"table" (global i32)', "wanted global const i32, but found table funcref 1..5"),
        ('"global" (table 1 funcref)', "wanted table funcref 1, but found global const i32"),
    ],
)
def test_linking_tells_wanted_from_found(wat: Wat, wanted: str, message: str) -> None:
    error = fail_to_link(wat(f'(module (import "env" {wanted}))'), env=wasmedge.instantiate(wat(PROVIDER)))
    assert error.code is ErrCode.INCOMPATIBLE_IMPORT_TYPE
    assert str(error).endswith(message)


@pytest.mark.parametrize(
    ("name", "wanted", "details"),
    [
        ("memory", "(memory 2)", "Limit{2}} , Got: MemoryType {Limit{1 , 5}}"),
        ("memory", "(memory 1 4)", "Limit{1 , 4}} , Got: MemoryType {Limit{1 , 5}}"),
        ("table", "(table 1 externref)", "RefType{ref_null extern} Limit{1}} , Got: TableType {RefType{ref_null func}"),
        ("table", "(table 2 funcref)", "Limit{2}} , Got: TableType {RefType{ref_null func} Limit{1 , 5}}"),
        (
            "global",
            "(global (mut i32))",
            "Mutation{var} ValType{i32}} , Got: GlobalType {Mutation{const} ValType{i32}}",
        ),
        ("variable", "(global i32)", "Mutation{const} ValType{i32}} , Got: GlobalType {Mutation{var} ValType{i32}}"),
        ("global", "(global i64)", "ValType{i64}} , Got: GlobalType {Mutation{const} ValType{i32}}"),
    ],
)
def test_linking_refuses_other_limits_and_types(wat: Wat, name: str, wanted: str, details: str) -> None:
    error = fail_to_link(wat(f'(module (import "env" "{name}" {wanted}))'), env=wasmedge.instantiate(wat(PROVIDER)))
    assert error.code is ErrCode.INCOMPATIBLE_IMPORT_TYPE
    assert any(details in line for line in error.details), error.details
    assert f"'env' '{name}'" in str(error)


def test_linking_names_the_file(tmp_path: Path, wat: Wat) -> None:
    path = tmp_path / "needy.wasm"
    path.write_bytes(wat('(module (import "env" "f" (func)))'))
    with pytest.raises(wasmedge.LinkError) as caught:
        wasmedge.run(path, "f")
    assert str(caught.value).startswith(f"cannot instantiate {str(path)!r}: unknown import: 'env' 'f': ")


def test_linking_failure_leaves_the_vm_usable(wat: Wat) -> None:
    vm = wasmedge.VM()
    vm.load(wat('(module (import "env" "function" (func (param i32) (result i64))) (export "again" (func 0)))'))
    vm.validate()
    for _ in range(2):
        with pytest.raises(wasmedge.LinkError):
            vm.instantiate()
        assert vm.state is VMState.VALIDATED
    vm.register(wat(PROVIDER), "env")
    vm.instantiate()
    assert vm.execute("again", 5) == 1


def test_linking_failure_keeps_the_instance_before(wat: Wat) -> None:
    vm = wasmedge.VM()
    assert vm.run(wat('(module (func (export "one") (result i32) (i32.const 1)))'), "one") == 1
    before = vm.active_instance
    with pytest.raises(wasmedge.LinkError):
        vm.run(wat('(module (import "env" "f" (func)))'), "f")
    assert vm.active_instance == before
    assert vm.state is VMState.INSTANTIATED
    assert vm.execute("one") == 1


def test_linking_passes_objects_through(wat: Wat) -> None:
    provider = wasmedge.instantiate(wat(PROVIDER))
    middle = wasmedge.instantiate(
        wat("""
        (module
          (import "env" "memory" (memory 1))
          (import "env" "function" (func (param i32) (result i64)))
          (export "memory" (memory 0)) (export "function" (func 0)))"""),
        imports={"env": provider},
    )
    assert middle.exports.function == provider.exports.function
    middle.exports.memory.write(9, b"shared")
    assert provider.exports.memory.read(9, 6) == b"shared"


def test_linking_takes_a_grown_memory(wat: Wat) -> None:
    provider = wasmedge.instantiate(
        wat('(module (memory (export "memory") 1 3) (func (export "grow") (drop (memory.grow (i32.const 1)))))')
    )
    needy = wat('(module (import "env" "memory" (memory 2 3)) (func (export "size") (result i32) (memory.size)))')
    fail_to_link(needy, env=provider)
    provider.exports.grow()
    assert wasmedge.instantiate(needy, imports={"env": provider}).exports.size() == 2


def test_linking_many_problems_are_all_told(wat: Wat) -> None:
    imports = "".join(f'(import "env" "f{i}" (func))' for i in range(200))
    error = fail_to_link(wat(f"(module {imports})"))
    assert all(f"'f{i}'" in str(error) for i in range(200))
