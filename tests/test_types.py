# SPDX-License-Identifier: Apache-2.0
"""Value types and function types as values, and the enumerations."""

from __future__ import annotations

import copy
import itertools
import pickle
from typing import TYPE_CHECKING, Any

import pytest

import wasmedge
from wasmedge import FunctionType, ValType

if TYPE_CHECKING:
    from tests.conftest import Wat

pytestmark = pytest.mark.quick

NAMES = ["i32", "i64", "f32", "f64", "v128", "funcref", "externref"]
ENUMERATIONS = ["ErrCategory", "ErrCode", "HostRegistration", "LogLevel", "Proposal", "Standard", "TrapCode", "VMState"]


@pytest.mark.parametrize("name", NAMES)
def test_types_by_name(name: str) -> None:
    type_ = ValType(name)
    assert type_ == getattr(ValType, name.upper())
    assert hash(type_) == hash(getattr(ValType, name.upper()))
    assert (str(type_), repr(type_)) == (name, f"<ValType {name}>")


def test_types_differ() -> None:
    types = [ValType(name) for name in NAMES]
    for left, right in itertools.combinations(types, 2):
        assert left != right
    assert len({*types, *map(ValType, NAMES)}) == len(NAMES)
    assert ValType.I32 != "i32"
    assert ValType.I32 != 0


@pytest.mark.parametrize("name", ["", "I32", "i8", "i32 ", "anyref", "\ud800", "i32\0"])
def test_types_unknown_names(name: str) -> None:
    with pytest.raises((ValueError, TypeError)):
        ValType(name)
    with pytest.raises((ValueError, TypeError)):
        FunctionType([name], [])


@pytest.mark.parametrize(
    ("params", "results", "text"),
    [
        ([], [], "() -> ()"),
        (["i32"], ["i64"], "(i32) -> i64"),
        (["i32", ValType.F64], [], "(i32, f64) -> ()"),
        ([], ["f32", ValType("externref")], "() -> (f32, externref)"),
        (NAMES, NAMES, f"({', '.join(NAMES)}) -> ({', '.join(NAMES)})"),
    ],
)
def test_types_of_functions(params: list[Any], results: list[Any], text: str) -> None:
    type_ = FunctionType(params, results)
    assert (str(type_), repr(type_)) == (text, f"<FunctionType {text}>")
    assert [str(param) for param in type_.params] == [str(param) for param in params]
    assert [str(result) for result in type_.results] == [str(result) for result in results]
    assert isinstance(type_.params, tuple)
    assert type_ == FunctionType(tuple(params), iter(results))
    assert hash(type_) == hash(FunctionType(params, results))


def test_types_of_functions_differ() -> None:
    types = [
        FunctionType(),
        FunctionType(["i32"]),
        FunctionType((), ["i32"]),
        FunctionType(["i32"], ["i32"]),
        FunctionType(["i32", "i32"]),
        FunctionType(["i64"]),
    ]
    for left, right in itertools.combinations(types, 2):
        assert left != right
    assert len({*types, FunctionType(params=["i32"], results=[])}) == len(types)
    assert FunctionType() != "() -> ()"


@pytest.mark.parametrize("params", ["i32", [None], [3], [b"i32"], 5, None, [["i32"]]])
def test_types_of_functions_refuse_other_things(params: Any) -> None:
    with pytest.raises(TypeError):
        FunctionType(params, [])
    with pytest.raises(TypeError):
        FunctionType([], params)


def test_types_of_functions_pass_exceptions_through() -> None:
    def failing() -> Any:
        yield "i32"
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        FunctionType(failing(), [])


def test_types_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        FunctionType().params = ()  # type: ignore[misc]


def test_types_come_out_of_modules(wat: Wat) -> None:
    text = f'(module (func (export "f") (param {" ".join(NAMES)}) (result i64 v128) unreachable))'
    function = wasmedge.instantiate(wat(text)).exports.f
    assert function.type == FunctionType(NAMES, ["i64", "v128"])
    assert hash(function.type) == hash(FunctionType(NAMES, ["i64", "v128"]))


def test_types_outlive_what_they_came_from(wat: Wat) -> None:
    vm = wasmedge.VM()
    vm.run(wat('(module (func (export "f") (param f32)))'), "f", 1)
    types = dict(vm.functions)
    vm.close()
    assert str(types["f"]) == "(f32) -> ()"


@pytest.mark.parametrize("name", ENUMERATIONS)
def test_types_enumerations_copy_and_pickle(name: str) -> None:
    for member in getattr(wasmedge, name):
        assert pickle.loads(pickle.dumps(member)) is member  # noqa: S301
        assert copy.deepcopy(member) is member


def test_types_versions() -> None:
    assert wasmedge.runtime_version_info == tuple(map(int, wasmedge.runtime_version.split(".")))
    assert wasmedge.runtime_version_info >= (0, 17, 1)
    info = wasmedge.build_info()
    assert info["version"] == wasmedge.__version__
    assert info["wasmedge"] == wasmedge.runtime_version
    assert {type(value) for value in info.values()} == {str}
    assert all(info.values())
    info.clear()
    assert wasmedge.build_info()


def test_types_of_the_package_are_exported() -> None:
    assert all(hasattr(wasmedge, name) for name in wasmedge.__all__)
    assert sorted(wasmedge.__all__) == sorted(set(wasmedge.__all__))
    public = {name for name in vars(wasmedge._core) if not name.startswith("_")}
    assert public <= set(wasmedge.__all__)
