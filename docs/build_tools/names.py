# SPDX-License-Identifier: Apache-2.0
"""The package's public names and where each is defined, read from the sources: nothing is imported."""

from __future__ import annotations

import ast
import functools
from dataclasses import dataclass
from pathlib import Path

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
    path = PACKAGE / ("_core.pyi" if module == "_core" else f"{module}.py")
    return ast.parse(path.read_text(encoding="utf-8"))


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
    """Return everything in ``wasmedge.__all__``, and what is in the ``__all__`` of its public modules."""
    found: dict[str, Definition] = {}
    for statement in _tree("__init__").body:
        if isinstance(statement, ast.ImportFrom) and statement.module == "wasmedge":
            for module in (alias.name for alias in statement.names):
                tree = _tree(module)
                found[module] = Definition(module, (tree,), ast.get_docstring(tree) or "")
                inside = members(tree.body, f"{module}.")
                found.update({f"{module}.{name}": inside[name] for name in exported(tree)})
        elif isinstance(statement, ast.ImportFrom) and (statement.module or "").startswith("wasmedge."):
            inside = members(_tree((statement.module or "").partition(".")[2]).body)
            found.update({alias.name: inside[alias.name] for alias in statement.names})
    top = set(exported(_tree("__init__")))
    return {name: each for name, each in found.items() if name.partition(".")[0] in top}


def exported(tree: ast.Module) -> list[str]:
    """Return a module's ``__all__``."""
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and _name_of(statement) == "__all__":
            names: list[str] = ast.literal_eval(statement.value)
            return names
    return []
