# SPDX-License-Identifier: Apache-2.0
"""The package's public names and where each is defined, read from the sources: nothing is imported."""

from __future__ import annotations

import ast
import functools
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).resolve().parents[2] / "python" / "wasmedge"
Function = (ast.FunctionDef, ast.AsyncFunctionDef)
Node = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | ast.Assign | ast.AnnAssign | ast.Module


@dataclass(frozen=True)
class Definition:
    """A public name.

    Attributes:
        name: The name, as it follows ``wasmedge.``.
        nodes: What defines it: several for overloads and for properties that can be set.
        doc: Its docstring.
    """

    name: str
    nodes: tuple[Node, ...]
    doc: str

    @property
    def node(self) -> Node:
        """The first of what defines it."""
        return self.nodes[0]


@functools.cache
def _tree(module: str) -> ast.Module:
    """Return the syntax tree of a module of the package; of its stub, where it is the extension."""
    path = PACKAGE.joinpath(*module.split(".")) if module else PACKAGE
    files = (path.with_suffix(".pyi"), path.with_suffix(".py"), path / "__init__.py")
    return ast.parse(next(file for file in files if file.is_file()).read_text(encoding="utf-8"))


def members(body: list[ast.stmt], owner: str = "") -> dict[str, Definition]:
    """Return the public definitions of a module's or a class's body by their short names, in order."""
    nodes: dict[str, list[Node]] = {}
    docs: dict[str, str] = {}
    for statement, following in zip(body, [*body[1:], None], strict=True):
        name = _name_of(statement)
        if name is None or (name.startswith("_") and name not in ("__init__", "__call__", "__version__")):
            continue
        assert isinstance(statement, Node)
        nodes.setdefault(name, []).append(statement)
        docs[name] = docs.get(name) or _docstring(statement, following)
    return {name: Definition(f"{owner}{name}", tuple(found), docs[name]) for name, found in nodes.items()}


def _name_of(statement: ast.stmt) -> str | None:
    if isinstance(statement, (ast.ClassDef, *Function)):
        return statement.name
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return statement.target.id
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        return statement.targets[0].id
    return None


def _docstring(statement: Node, following: ast.stmt | None) -> str:
    if isinstance(statement, (ast.ClassDef, *Function)):
        return ast.get_docstring(statement) or ""
    if isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
        return ast.get_docstring(ast.Module([following], [])) or ""
    return ""


@functools.cache
def public() -> dict[str, Definition]:
    """Return everything in ``wasmedge.__all__``, and what only its public modules have in their ``__all__``."""
    found: dict[str, Definition] = {}
    for name in exported(_tree("")):
        definition = _find("", name)
        found[name] = definition
        if isinstance(definition.node, ast.Module):
            for inside in exported(definition.node):
                found[f"{name}.{inside}"] = replace(_find(name, inside), name=f"{name}.{inside}")
    return {name: each for name, each in found.items() if "." not in name or name.partition(".")[2] not in found}


def _find(module: str, name: str) -> Definition:
    """Return the definition of a name that a module has, or that it imports from the package."""
    tree = _tree(module)
    if name in (own := members(tree.body)):
        return own[name]
    for source, imported in _imports(tree.body):
        if name == imported and source == "wasmedge":
            inside = _tree(name)
            return Definition(name, (inside,), ast.get_docstring(inside) or "")
        if name == imported:
            return _find(source.removeprefix("wasmedge."), name)
    raise ValueError(f"wasmedge.{module} does not say where {name} comes from")


def _imports(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    """Give the modules of the package and the names that are imported from them, for type checkers too."""
    for statement in body:
        if isinstance(statement, ast.If):
            yield from _imports(statement.body)
        elif isinstance(statement, ast.ImportFrom) and re.match(r"wasmedge\b", statement.module or ""):
            yield from ((statement.module or "", alias.name) for alias in statement.names)


def exported(tree: ast.Module) -> list[str]:
    """Return a module's ``__all__``."""
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and _name_of(statement) == "__all__":
            names: list[str] = ast.literal_eval(statement.value)
            return names
    return []
