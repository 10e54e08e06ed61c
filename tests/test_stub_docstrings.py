# SPDX-License-Identifier: Apache-2.0
"""The docstrings of the stub tell of each parameter, and of no other."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from stub_parser import docstring, is_property, names_in

import wasmedge

pytestmark = pytest.mark.quick

TREE = ast.parse(Path(wasmedge.__file__).with_name("_core.pyi").read_text(encoding="utf-8"))
SECTION = re.compile(r"^Args:\n((?: {4}.*\n|\n)+)", re.MULTILINE)
ENTRY = re.compile(r"^ {4}\*{0,2}(\w+): \S", re.MULTILINE)


def _functions() -> dict[str, list[ast.stmt]]:
    """Give the public functions and methods that have a docstring, their overloads together."""
    owners = {"": TREE.body} | {
        f"{name}.": nodes[0].body for name, nodes in names_in(TREE.body).items() if isinstance(nodes[0], ast.ClassDef)
    }
    return {
        f"{owner}{name}": nodes
        for owner, body in owners.items()
        for name, nodes in names_in(body).items()
        if not re.match("_[a-zA-Z]", name) and not owner.startswith("_")
        if isinstance(nodes[0], ast.FunctionDef) and docstring(nodes) and not is_property(nodes)
    }


def _parameters(nodes: list[ast.stmt]) -> set[str]:
    names: set[str] = set()
    for node in nodes:
        assert isinstance(node, ast.FunctionDef)
        arguments = node.args
        several = [each for each in (arguments.vararg, arguments.kwarg) if each is not None]
        names |= {each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *several)}
    return names - {"self"}


FUNCTIONS = _functions()


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_stub_docstrings_tell_of_each_parameter(name: str) -> None:
    section = SECTION.search(docstring(FUNCTIONS[name]) + "\n")
    told = ENTRY.findall(section[1]) if section else []
    assert len(told) == len(set(told))
    assert set(told) == _parameters(FUNCTIONS[name])


def test_stub_docstrings_are_found() -> None:
    """So that nothing is passed over in silence."""
    assert {"build_info", "VM.run", "Memory.view", "Function.__init__", "Store.get"} <= set(FUNCTIONS)
