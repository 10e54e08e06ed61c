# SPDX-License-Identifier: Apache-2.0
"""The stub of the extension, which is its reference too, says what the extension has."""

from __future__ import annotations

import ast
import enum
import inspect
import re
import types
from pathlib import Path
from typing import Any, NamedTuple

import pytest

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
IS_BASE_TYPE = 1 << 10  # Py_TPFLAGS_BASETYPE


class Parameters(NamedTuple):
    """The parameters of one signature, without self."""

    names: tuple[str, ...]  # "*", "*args", "**kwargs" and "/" included
    defaults: dict[str, str]


def _stub_functions(body: list[ast.stmt], name: str) -> list[ast.FunctionDef]:
    return [node for node in body if isinstance(node, ast.FunctionDef) and node.name == name]


def _names_in(body: list[ast.stmt]) -> dict[str, list[ast.stmt]]:
    """Give what a module or class declares: functions, classes and annotated names, overloads together."""
    found: dict[str, list[ast.stmt]] = {}
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.setdefault(node.name, []).append(node)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            if ast.unparse(node.annotation) != "TypeAlias":
                found.setdefault(node.target.id, []).append(node)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found.setdefault(node.targets[0].id, []).append(node)
    return found


NAMES = _names_in(TREE.body)
CLASSES = {name: nodes[0] for name, nodes in NAMES.items() if isinstance(nodes[0], ast.ClassDef)}
ENUMS = sorted(name for name in CLASSES if issubclass(getattr(_core, name, object), enum.Enum))
OTHERS = sorted(set(CLASSES) - set(ENUMS))
FUNCTIONS = sorted(name for name, nodes in NAMES.items() if isinstance(nodes[0], ast.FunctionDef))


def _class(name: str) -> ast.ClassDef:
    node = CLASSES[name]
    assert isinstance(node, ast.ClassDef)
    return node


def _decorators(node: ast.stmt) -> set[str]:
    assert isinstance(node, (ast.FunctionDef, ast.ClassDef))
    return {ast.unparse(decorator) for decorator in node.decorator_list}


def _is_property(nodes: list[ast.stmt]) -> bool:
    return isinstance(nodes[0], ast.FunctionDef) and "property" in _decorators(nodes[0])


def _docstring(nodes: list[ast.stmt]) -> str:
    """Return the docstring; of overloads the last has it."""
    texts = [ast.get_docstring(node) or "" for node in nodes if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
    return next(filter(None, texts), "")


def _first_line(text: str | None) -> str:
    return (text or "").strip().split("\n", 1)[0].strip()


def _evaluated(text: str) -> str:
    """Return a default's repr, which is how pybind11 writes it."""
    return "..." if text == "..." else repr(eval(text, vars(_core)))  # noqa: S307 - the stub's own text


def _stub_parameters(node: ast.FunctionDef) -> Parameters:
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    names = [argument.arg for argument in positional]
    defaults = {
        argument.arg: _evaluated(ast.unparse(default))
        for argument, default in zip(reversed(positional), reversed(arguments.defaults), strict=False)
    }
    if arguments.vararg is not None:
        names.append(f"*{arguments.vararg.arg}")
    elif arguments.kwonlyargs:
        names.append("*")
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        names.append(argument.arg)
        if default is not None:
            defaults[argument.arg] = _evaluated(ast.unparse(default))
    if arguments.kwarg is not None:
        names.append(f"**{arguments.kwarg.arg}")
    return Parameters(tuple(name for name in names if name != "self"), defaults)


def _split(text: str) -> list[str]:
    """Split at the commas that are in no brackets."""
    parts, depth = [""], 0
    for character in text:
        depth += (character in "([{<") - (character in ")]}>")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts if part.strip()]


def _told_parameters(line: str) -> Parameters:
    """Parse a signature line that pybind11 wrote: ``name(self: Class, x: type = default) -> type``."""
    found = re.fullmatch(r"(?:\d+\. )?\w+\((.*)\) -> .*", line)
    assert found, line
    names: list[str] = []
    defaults: dict[str, str] = {}
    for part in _split(found[1]):
        name, _, rest = part.partition(":")
        names.append(name.strip())
        if " = " in rest:
            defaults[name.strip()] = rest.rsplit(" = ", 1)[1].strip()
    return Parameters(tuple(name for name in names if name != "self"), defaults)


def _function(owner: Any, name: str) -> Any:
    found = vars(owner)[name]
    return found.__func__ if isinstance(found, staticmethod) else found


def _run_time_parameters(function: Any) -> list[Parameters]:
    if isinstance(function, types.MethodDescriptorType):
        parameters = list(inspect.signature(function).parameters.values())[1:]
        given = {each.name: repr(each.default) for each in parameters if each.default is not each.empty}
        return [Parameters(tuple(each.name for each in parameters), given)]
    lines = (function.__doc__ or "").splitlines()
    if "Overloaded function." in lines:
        return [_told_parameters(line) for line in lines if re.match(r"\d+\. ", line)]
    return [_told_parameters(lines[0])]


def _run_time_first_line(function: Any) -> str:
    """Return the first line after the signature."""
    if isinstance(function, types.MethodDescriptorType):  # Python takes the signature out
        return _first_line(function.__doc__)
    _, _, rest = (function.__doc__ or "").partition("\n")
    return _first_line(rest)


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
        for member, nodes in _names_in(_class(name).body).items():
            if member not in MACHINERY and isinstance(nodes[0], ast.FunctionDef) and not _is_property(nodes):
                found.append(f"{name}.{member}")
    return found


def _properties() -> list[str]:
    return [
        f"{name}.{member}"
        for name in OTHERS
        for member, nodes in _names_in(_class(name).body).items()
        if _is_property(nodes)
    ]


def test_stub_has_the_module_names() -> None:
    told = {name for name in vars(_core) if not re.fullmatch(r"__\w+__", name)} | {"__version__"}
    assert set(NAMES) == told


def test_stub_public_names_are_exported_by_the_package() -> None:
    assert {name for name in NAMES if not name.startswith("_")} <= set(wasmedge.__all__)


@pytest.mark.parametrize("name", OTHERS)
def test_stub_has_the_members_of_a_class(name: str) -> None:
    stub = set(_names_in(_class(name).body)) - MACHINERY
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
    assert _first_line(getattr(_core, name).__doc__) == _first_line(_docstring([_class(name)])) != ""


@pytest.mark.parametrize("name", OTHERS)
def test_stub_says_which_classes_are_final(name: str) -> None:
    assert not getattr(_core, name).__flags__ & IS_BASE_TYPE
    assert ("final" in _decorators(_class(name))) == (name not in FINAL_BUT_FOR_THE_EXTENSION)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_stub_functions_are_those_at_run_time(name: str) -> None:
    function = getattr(_core, name)
    _check_parameters(
        [_stub_parameters(node) for node in _stub_functions(TREE.body, name)], _run_time_parameters(function)
    )
    assert _run_time_first_line(function) == _first_line(_docstring(NAMES[name])) != ""


@pytest.mark.parametrize("name", _methods())
def test_stub_methods_are_those_at_run_time(name: str) -> None:
    class_name, method = name.split(".")
    if name in UNTOLD or method == "__exit__" or class_name == "Function":
        return  # a context manager takes whatever it is given
    function = _function(getattr(_core, class_name), method)
    if isinstance(function, types.WrapperDescriptorType):
        return  # a slot of C, whose parameters are Python's own
    nodes = _stub_functions(_class(class_name).body, method)
    assert isinstance(vars(getattr(_core, class_name))[method], staticmethod) == (
        "staticmethod" in _decorators(nodes[0])
    )
    _check_parameters([_stub_parameters(node) for node in nodes], _run_time_parameters(function))
    if not method.startswith("__"):
        assert _run_time_first_line(function) == _first_line(_docstring([*nodes])) != ""


@pytest.mark.parametrize("name", _properties())
def test_stub_properties_are_those_at_run_time(name: str) -> None:
    class_name, member = name.split(".")
    nodes = _names_in(_class(class_name).body)[member]
    found = vars(getattr(_core, class_name))[member]
    assert _first_line(found.__doc__) == _first_line(_docstring(nodes)) != ""
    if isinstance(found, property):
        assert (found.fset is not None) == (f"{member}.setter" in _decorators(nodes[-1]))


def test_stub_settings_of_configure_are_taken_at_run_time() -> None:
    node = _stub_functions(_class("Configure").body, "__init__")[0]
    pairs = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    settings = {each.arg: eval(ast.unparse(default), vars(_core)) for each, default in pairs if default}  # noqa: S307
    configure = wasmedge.Configure(**settings)
    assert {name: getattr(configure, name) for name in settings if name != "standard"} == {
        name: value for name, value in settings.items() if name != "standard"
    }
    with pytest.raises(TypeError, match="no setting"):
        wasmedge.Configure(another=True)  # type: ignore[call-arg]


def test_stub_parameters_of_function_are_taken_at_run_time() -> None:
    node = _stub_functions(_class("Function").body, "__init__")[0]
    assert _stub_parameters(node).names == ("type", "callable", "*", "data", "cost")
    assert wasmedge.Function(type="() -> i32", callable=lambda: 3, data=None, cost=0)() == 3
    with pytest.raises(TypeError):
        wasmedge.Function("() -> i32", lambda: 3, None)  # type: ignore[call-arg]
