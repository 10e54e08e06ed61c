# SPDX-License-Identifier: Apache-2.0
"""The examples in the docstrings of the package and of its stub run as they are written."""

from __future__ import annotations

import ast
import doctest
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import wasmedge

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.quick

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = Path(wasmedge.__file__).parent
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def _docstrings(node: ast.AST, name: str) -> Iterator[tuple[str, str, int]]:
    """Give the name, text and line of each docstring, without importing anything."""
    if isinstance(node, DOCUMENTED) and (text := ast.get_docstring(node)):
        yield name, text, getattr(node, "lineno", 1)
    for child in ast.iter_child_nodes(node):
        if isinstance(child, DOCUMENTED):
            yield from _docstrings(child, f"{name}.{getattr(child, 'name', '')}")


def _examples() -> Iterator[doctest.DocTest]:
    parser = doctest.DocTestParser()
    for path in sorted([*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.pyi")]):
        for name, text, line in _docstrings(ast.parse(path.read_text(encoding="utf-8")), path.name):
            test = parser.get_doctest(text, {}, name, str(path), line)
            if test.examples:
                yield test


EXAMPLES = list(_examples())


@pytest.mark.parametrize("test", EXAMPLES, ids=[test.name for test in EXAMPLES])
def test_docstrings_examples_run(test: doctest.DocTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    report: list[str] = []
    result = doctest.DocTestRunner(verbose=False).run(test, out=report.append)
    assert result.attempted == len(test.examples)
    assert result.failed == 0, "".join(report)


def test_docstrings_have_examples() -> None:
    """So that nothing is passed over in silence, of the stub above all."""
    names = {test.name for test in EXAMPLES}
    assert {"_core.pyi.VM", "_core.pyi.Function", "host.py.host_function", "shortcuts.py.run"} <= names
