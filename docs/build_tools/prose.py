# SPDX-License-Identifier: Apache-2.0
"""Docstrings in Google's style, written anew as reStructuredText."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

from build_tools.names import members, public

if TYPE_CHECKING:
    from collections.abc import Iterator

import ast

SECTION = re.compile(r"(Args|Attributes|Returns|Yields|Raises|Example):$")
TITLES = {"Args": "Parameters", "Attributes": "Attributes", "Raises": "Raises"}
CODE = re.compile(r"(?<![`:])`([^`\s][^`]*)`(?!`)")
# Its columns are counted in characters, so that nothing in it is written anew.
TABLE = re.compile(r"^(=+ [= ]+)\n.*?\n\1\n.*?\n\1$", re.MULTILINE | re.DOTALL)
ENTRY = re.compile(r"(\*{0,2}\w+(?:, \w+)*): (.*)", re.DOTALL)


def _known() -> set[str]:
    names = set(public())
    for name, definition in public().items():
        if isinstance(definition.node, ast.ClassDef):
            names |= {f"{name}.{member}" for member in members(definition.node.body) if member[0] != "_"}
    return names


KNOWN = _known()


def link(text: str, owner: str = "") -> str:
    """Make references of the names in single backquotes that are public, and code of the others."""

    def replace(match: re.Match[str]) -> str:
        name = match[1].removeprefix("wasmedge.").removesuffix("()")
        for full in (f"{owner}.{name}", name):
            if full in KNOWN:
                return f":py:obj:`{match[1]} <wasmedge.{full}>`"
        return f"``{match[1]}``"

    linked, at = "", 0
    for table in TABLE.finditer(text):
        linked += CODE.sub(replace, text[at : table.start()]) + table[0]
        at = table.end()
    return linked + CODE.sub(replace, text[at:])


def to_rst(doc: str, owner: str = "") -> list[str]:
    """Return the lines of a docstring: prose, then a list for each section."""
    lines: list[str] = []
    for title, text in _sections(doc):
        if title == "":
            lines += [*link(text, owner).splitlines(), ""]
        elif title == "Example":
            lines += [".. rubric:: Example", "", *link(text, owner).splitlines(), ""]
        elif title in ("Returns", "Yields"):
            lines += [f"**{title}**: " + " ".join(link(text, owner).split()), ""]
        else:
            lines += [f"**{TITLES[title]}**", ""]
            lines += [f"- {entry}" for entry in _entries(text, title, owner)] + [""]
    return lines


def _sections(doc: str) -> Iterator[tuple[str, str]]:
    title, body = "", list[str]()
    for line in doc.splitlines():
        if match := SECTION.fullmatch(line):
            yield title, textwrap.dedent("\n".join(body)).strip("\n")
            title, body = match[1], []
        else:
            body.append(line)
    yield title, textwrap.dedent("\n".join(body)).strip("\n")


def _entries(text: str, title: str, owner: str) -> Iterator[str]:
    for entry in re.split(r"\n(?=\S)", text):
        match = ENTRY.fullmatch(entry)
        if match is None:
            yield " ".join(link(entry, owner).split())
            continue
        names = match[1].split(", ")
        heads = [link(f"`{name}`") if title == "Raises" else f"``{name}``" for name in names]
        yield f"{', '.join(heads)}: " + " ".join(link(match[2], owner).split())
