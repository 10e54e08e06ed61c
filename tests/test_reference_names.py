# SPDX-License-Identifier: Apache-2.0
"""The table of WasmEdge-Go's names misses none of the reference document, and names what the package has."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import wasmedge

pytestmark = pytest.mark.quick

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "docs" / "wasmedge-go.md"
REFERENCE = ROOT.parent / "shared" / "wasmedge-go-0.11.2-reference.md"

# The types of the document's variables; what is no object of WasmEdge has none.
VARIABLES = {
    "ast": "AST",
    "async": "Async",
    "callframe": "CallingFrame",
    "conf": "Configure",
    "err": "Result",
    "executor": "Executor",
    "export": "ExportType",
    "exptype": "ExportType",
    "externref": "ExternRef",
    "ftype": "FunctionType",
    "func_add": "Function",
    "funcobj": "Function",
    "functype": "FunctionType",
    "globinst": "Global",
    "globtype": "GlobalType",
    "gotglobtype": "GlobalType",
    "gottabtype": "TableType",
    "impmod": "Module",
    "import": "ImportType",
    "imptype": "ImportType",
    "lim1": "Limit",
    "lim2": "Limit",
    "lim3": "Limit",
    "lim4": "Limit",
    "loader": "Loader",
    "mem": "Memory",
    "meminst": "Memory",
    "memtype": "MemoryType",
    "mod": "Module",
    "numref": "ExternRef",  # of the reference that it came from: what it points to has no methods
    "procmodule": "Module",
    "procobj": "Module",
    "result": "Result",
    "stat": "Statistics",
    "store": "Store",
    "tabinst": "Table",
    "tabtype": "TableType",
    "userdef_err": "Result",
    "val": "V128",
    "validator": "Validator",
    "vm": "VM",
    "wasimodule": "Module",
    "wasiobj": "Module",
}
BLOCK = re.compile(r"^#+ ([^\n]*)$|^ *```(\w+)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
OTHERS = {"C", "binary", "fmt", "os", "wasmedge"}


class Row(NamedTuple):
    """A row of the table."""

    section: str
    go: list[str]
    python: list[str]
    remark: str


class Block(NamedTuple):
    """A block of code of the document."""

    section: str
    language: str
    text: str


def spans(cell: str) -> list[str]:
    """Return what stands as code in a cell."""
    return re.findall(r"`([^`]+)`", cell)


def rows() -> list[Row]:
    """Return all rows of the table."""
    found: list[Row] = []
    section = ""
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            section = line.removeprefix("## ")
        elif line.startswith("| `"):
            go, python, remark = (cell.strip() for cell in line.strip("|").split(" | "))
            found.append(Row(section, spans(go), spans(python), remark))
    return found


ROWS = rows()
PLANNED = [name for row in ROWS if row.remark.startswith("planned") for name in row.python]
PRESENT = [name for row in ROWS if not row.remark.startswith("planned") for name in row.python]


def exists(name: str) -> bool:
    """Tell whether the package has a name, or an object of its class has."""
    found: Any = wasmedge
    for part in name.split("."):
        if isinstance(found, type) and issubclass(found, BaseException):
            found = found("")
        if not hasattr(found, part):
            return False
        found = getattr(found, part)
    return True


@pytest.fixture(scope="module")
def document() -> str:
    """Return the text of the reference document."""
    if not REFERENCE.exists():
        pytest.skip("the WasmEdge-Go reference is no part of the repository, and is not beside it")
    return REFERENCE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def blocks(document: str) -> list[Block]:
    """Return the document's blocks of code but for shell commands, in order."""
    found: list[Block] = []
    section = ""
    for heading, language, text in BLOCK.findall(document):
        section = heading or section
        if language and language != "bash":
            found.append(Block(section, language, text))
    return found


def names_in(document: str, blocks: list[Block]) -> set[str]:
    """Return every name of the document, methods as (*Type).Method."""
    code = "".join(block.text for block in blocks if block.language in ("go", "c"))
    states = "".join(block.text for block in blocks if block.language == "text")
    found = set(re.findall(r"\bwasmedge\.([A-Z]\w+)", document))
    found |= set(re.findall(r"^ *(\w+) += \w+\(C\.", code, re.MULTILINE))
    found |= set(re.findall(r"^ *\w+ += (\w+)\(C\.", code, re.MULTILINE))
    found |= set(re.findall(r"^ *// \* ([A-Z]\w+)$", code, re.MULTILINE))
    found |= set(re.findall(r"\b(WasmEdge_\w+)\(", code))
    found |= set(re.findall(r"^ *type (\w+) func", code, re.MULTILINE))
    for kind, method in re.findall(r"\(\*(\w+)\)\.(\w+)", document):
        found.add(f"(*{VARIABLES.get(kind, kind)}).{method}")
    for variable, method in re.findall(r"\b(\w+)\.([A-Z]\w+)", code):
        if variable not in OTHERS:
            found.add(f"(*{VARIABLES[variable]}).{method}")
    for method in re.findall(r"\b(LoadWasm|Validate|Instantiate|Execute\w*|RegisterModule|Cleanup)\b", states):
        found.add(f"(*VM).{method}")
    return found


def test_reference_names_are_all_in_the_table(document: str, blocks: list[Block]) -> None:
    names = names_in(document, blocks)
    assert len(names) > 190
    assert sorted(names - {name for row in ROWS for name in row.go}) == []


def test_reference_names_stand_in_sections_of_the_document(document: str) -> None:
    headings = re.findall(r"^#+ (.*)$", document, re.MULTILINE)
    sections = [section for section, after in pairwise([*(row.section for row in ROWS), ""]) if section != after]
    assert sections == [heading for heading in headings if heading in sections]


def test_reference_examples_are_all_tested(blocks: list[Block]) -> None:
    tested: dict[int, str] = {}
    for path in sorted((ROOT / "tests" / "reference").glob("test_*.py")):
        for number, section in re.findall(r'"""Example (\d+), of "(.*?)"', path.read_text(encoding="utf-8")):
            tested[int(number)] = section
    assert tested == {number: block.section for number, block in enumerate(blocks, 1)}


@pytest.mark.parametrize("name", sorted(set(PRESENT)))
def test_reference_names_of_python_exist(name: str) -> None:
    assert exists(name)


@pytest.mark.parametrize("name", sorted(set(PLANNED)))
def test_reference_names_that_are_planned_do_not_exist(name: str) -> None:
    assert not exists(name), f"{name} exists: its row of {TABLE.name} is no longer planned"


def test_reference_names_stand_once() -> None:
    go = [name for row in ROWS for name in row.go]
    assert len(go) > 200
    assert sorted({name for name in go if go.count(name) > 1}) == []
    assert [row.go for row in ROWS if not row.python and not row.remark] == []
