# SPDX-License-Identifier: Apache-2.0
"""The stub of the extension, which is its reference too, says what the extension has."""

from __future__ import annotations

import ast
import enum
import re
import types
from pathlib import Path
from typing import Any

import pytest
from stub_parser import (
    Parameters,
    decorators,
    docstring,
    first_line,
    is_property,
    names_in,
    run_time_first_line,
    run_time_parameters,
    stub_functions,
    stub_parameters,
)

import wasmedge
from wasmedge import _core

pytestmark = pytest.mark.quick

STUB = Path(wasmedge.__file__).with_name("_core.pyi")
TREE = ast.parse(STUB.read_text(encoding="utf-8"))

# What C code parses by itself, and so says nowhere.
UNTOLD = {"Configure.__init__", "Function.__init__", "Function.__call__"}
# What each object has, told in the stub only where it is more than that.
# The last is left by copy and pickle on a class that they have seen.
OF_OBJECT = set(dir(object)) | {"__module__", "__dict__", "__weakref__", "__slotnames__"}
# pybind11's own, and slots of C.
MACHINERY = {
    "_pybind11_conduit_v1_",
    "__pybind11_native_enum__",
    "__vectorcalloffset__",
    "__weaklistoffset__",
    # The buffer protocol's, which Python shows from 3.12 on only.
    "__buffer__",
    "__release_buffer__",
}
TOLD = {"__init__", "__eq__", "__hash__"}
FINAL_BUT_FOR_THE_EXTENSION = {"Instance"}
DERIVED_IN_PYTHON = {"_AsyncState", "_HostModule"}
IS_BASE_TYPE = 1 << 10  # Py_TPFLAGS_BASETYPE


NAMES = names_in(TREE.body)
CLASSES = {name: nodes[0] for name, nodes in NAMES.items() if isinstance(nodes[0], ast.ClassDef)}
ENUMS = sorted(name for name in CLASSES if issubclass(getattr(_core, name, object), enum.Enum))
OTHERS = sorted(set(CLASSES) - set(ENUMS))
FUNCTIONS = sorted(name for name, nodes in NAMES.items() if isinstance(nodes[0], ast.FunctionDef))


def _class(name: str) -> ast.ClassDef:
    node = CLASSES[name]
    assert isinstance(node, ast.ClassDef)
    return node


def _function(owner: Any, name: str) -> Any:
    found = vars(owner)[name]
    return found.__func__ if isinstance(found, staticmethod) else found


def _check_parameters(stub: list[Parameters], told: list[Parameters]) -> None:
    if len(told) == 1:
        told = told * len(stub)  # overloads that only the stub tells apart
    assert len(stub) == len(told)
    for ours, theirs in zip(stub, told, strict=True):
        assert ours.names == theirs.names
        assert set(ours.defaults) <= set(theirs.defaults)
        assert {name: theirs.defaults[name] for name, value in ours.defaults.items() if value != "..."} == {
            name: value for name, value in ours.defaults.items() if value != "..."
        }
    told_optional = set().union(*(each.defaults for each in told))
    assert set().union(*(each.defaults for each in stub)) == told_optional


def _run_time_members(name: str) -> set[str]:
    class_ = getattr(_core, name)
    members = {member for member in vars(class_) if member not in MACHINERY}
    return {member for member in members if member not in OF_OBJECT or _is_told(class_, member)}


def _is_told(class_: type, member: str) -> bool:
    """Whether a member that each object has is this class's own, and part of what the stub tells."""
    found = vars(class_).get(member)
    if member not in TOLD or found is None:
        return False
    # pybind11 gives classes that have no constructor one that raises.
    return member != "__init__" or "self: " in (getattr(found, "__doc__", None) or "")


def _methods() -> list[str]:
    found = []
    for name in OTHERS:
        for member, nodes in names_in(_class(name).body).items():
            if member not in MACHINERY and isinstance(nodes[0], ast.FunctionDef) and not is_property(nodes):
                found.append(f"{name}.{member}")
    return found


def _properties() -> list[str]:
    return [
        f"{name}.{member}"
        for name in OTHERS
        for member, nodes in names_in(_class(name).body).items()
        if is_property(nodes)
    ]


def test_stub_has_the_module_names() -> None:
    told = {name for name in vars(_core) if not re.fullmatch(r"__\w+__", name)} | {"__version__"}
    assert set(NAMES) == told


def test_stub_public_names_are_exported_by_the_package() -> None:
    assert {name for name in NAMES if not name.startswith("_")} <= set(wasmedge.__all__)


@pytest.mark.parametrize("name", OTHERS)
def test_stub_has_the_members_of_a_class(name: str) -> None:
    stub = set(names_in(_class(name).body)) - MACHINERY
    if name == "Function":  # its type parses arguments in __new__
        stub.remove("__init__")
    assert stub <= set(vars(getattr(_core, name)))
    assert {member for member in stub if member not in OF_OBJECT or member in TOLD} == _run_time_members(name)


@pytest.mark.parametrize("name", ENUMS)
def test_stub_has_the_members_of_an_enumeration(name: str) -> None:
    stub = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in _class(name).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    assert stub == {member: item.value for member, item in getattr(_core, name).__members__.items()}
    assert [base.__name__ for base in getattr(_core, name).__bases__] == [
        ast.unparse(base).removeprefix("enum.") for base in _class(name).bases
    ]


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_stub_first_lines_of_classes_are_those_at_run_time(name: str) -> None:
    assert first_line(getattr(_core, name).__doc__) == first_line(docstring([_class(name)])) != ""


@pytest.mark.parametrize("name", OTHERS)
def test_stub_says_which_classes_are_final(name: str) -> None:
    assert bool(getattr(_core, name).__flags__ & IS_BASE_TYPE) == (name in DERIVED_IN_PYTHON)
    not_final = FINAL_BUT_FOR_THE_EXTENSION | DERIVED_IN_PYTHON
    assert ("final" in decorators(_class(name))) == (name not in not_final)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_stub_functions_are_those_at_run_time(name: str) -> None:
    function = getattr(_core, name)
    _check_parameters(
        [stub_parameters(node) for node in stub_functions(TREE.body, name)], run_time_parameters(function)
    )
    assert run_time_first_line(function) == first_line(docstring(NAMES[name])) != ""


@pytest.mark.parametrize("name", _methods())
def test_stub_methods_are_those_at_run_time(name: str) -> None:
    class_name, method = name.split(".")
    if name in UNTOLD or method == "__exit__" or class_name == "Function":
        return  # a context manager takes whatever it is given
    function = _function(getattr(_core, class_name), method)
    if isinstance(function, types.WrapperDescriptorType):
        return  # a slot of C, whose parameters are Python's own
    nodes = stub_functions(_class(class_name).body, method)
    assert isinstance(vars(getattr(_core, class_name))[method], staticmethod) == (
        "staticmethod" in decorators(nodes[0])
    )
    _check_parameters([stub_parameters(node) for node in nodes], run_time_parameters(function))
    if not method.startswith("__"):
        assert run_time_first_line(function) == first_line(docstring([*nodes])) != ""


@pytest.mark.parametrize("name", _properties())
def test_stub_properties_are_those_at_run_time(name: str) -> None:
    class_name, member = name.split(".")
    nodes = names_in(_class(class_name).body)[member]
    found = vars(getattr(_core, class_name))[member]
    assert first_line(found.__doc__) == first_line(docstring(nodes)) != ""
    if isinstance(found, property):
        assert (found.fset is not None) == (f"{member}.setter" in decorators(nodes[-1]))


def test_stub_settings_of_configure_are_taken_at_run_time() -> None:
    node = stub_functions(_class("Configure").body, "__init__")[0]
    pairs = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    settings = {each.arg: eval(ast.unparse(default), dict(vars(_core))) for each, default in pairs if default}  # noqa: S307
    configure = wasmedge.Configure(**settings)
    assert {name: getattr(configure, name) for name in settings if name != "standard"} == {
        name: value for name, value in settings.items() if name != "standard"
    }
    with pytest.raises(TypeError, match="no setting"):
        wasmedge.Configure(another=True)  # type: ignore[call-arg]


def test_stub_parameters_of_function_are_taken_at_run_time() -> None:
    node = stub_functions(_class("Function").body, "__init__")[0]
    assert stub_parameters(node).names == ("type", "callable", "*", "data", "cost")
    assert wasmedge.Function(type="() -> i32", callable=lambda: 3, data=None, cost=0)() == 3
    with pytest.raises(TypeError):
        wasmedge.Function("() -> i32", lambda: 3, None)  # type: ignore[call-arg]
