# SPDX-License-Identifier: Apache-2.0
"""Reads what a stub says of functions and classes, and what pybind11 tells of them at run time."""

from __future__ import annotations

import ast
import inspect
import re
import types
from typing import Any, NamedTuple

from wasmedge import _core


class Parameters(NamedTuple):
    """The parameters of one signature, without self."""

    names: tuple[str, ...]  # "*", "*args", "**kwargs" and "/" included
    defaults: dict[str, str]


def stub_functions(body: list[ast.stmt], name: str) -> list[ast.FunctionDef]:
    return [node for node in body if isinstance(node, ast.FunctionDef) and node.name == name]


def names_in(body: list[ast.stmt]) -> dict[str, list[ast.stmt]]:
    """Give what a module or class declares: functions, classes and annotated names, overloads together."""
    found: dict[str, list[ast.stmt]] = {}
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.setdefault(node.name, []).append(node)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            if ast.unparse(node.annotation) != "TypeAlias":
                found.setdefault(node.target.id, []).append(node)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            if ast.unparse(node.value).startswith("TypeVar("):
                continue
            found.setdefault(node.targets[0].id, []).append(node)
    return found


def decorators(node: ast.stmt) -> set[str]:
    assert isinstance(node, (ast.FunctionDef, ast.ClassDef))
    return {ast.unparse(decorator) for decorator in node.decorator_list}


def is_property(nodes: list[ast.stmt]) -> bool:
    return isinstance(nodes[0], ast.FunctionDef) and "property" in decorators(nodes[0])


def docstring(nodes: list[ast.stmt]) -> str:
    """Return the docstring; of overloads the last has it."""
    texts = [ast.get_docstring(node) or "" for node in nodes if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
    return next(filter(None, texts), "")


def first_line(text: str | None) -> str:
    return (text or "").strip().split("\n", 1)[0].strip()


def _evaluated(text: str) -> str:
    """Return a default's repr, which is how pybind11 writes it."""
    return "..." if text == "..." else repr(eval(text, dict(vars(_core))))  # noqa: S307 - the stub's own text


def stub_parameters(node: ast.FunctionDef) -> Parameters:
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


def run_time_parameters(function: Any) -> list[Parameters]:
    if isinstance(function, types.MethodDescriptorType):
        parameters = list(inspect.signature(function).parameters.values())[1:]
        given = {each.name: repr(each.default) for each in parameters if each.default is not each.empty}
        return [Parameters(tuple(each.name for each in parameters), given)]
    lines = (function.__doc__ or "").splitlines()
    if "Overloaded function." in lines:
        return [_told_parameters(line) for line in lines if re.match(r"\d+\. ", line)]
    return [_told_parameters(lines[0])]


def run_time_first_line(function: Any) -> str:
    """Return the first line after the signature."""
    if isinstance(function, types.MethodDescriptorType):  # Python takes the signature out
        return first_line(function.__doc__)
    _, _, rest = (function.__doc__ or "").partition("\n")
    return first_line(rest)
