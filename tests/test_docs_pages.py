# SPDX-License-Identifier: Apache-2.0
"""The pages of the documentation: each is reached from the first, and the reference has each public name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import wasmedge
from build_tools.names import public
from build_tools.pages import pages

pytestmark = pytest.mark.quick

DOCS = Path(__file__).resolve().parent.parent / "docs"
TOCTREE = re.compile(r"```\{toctree\}\n(.*?)```", re.DOTALL)


def test_docs_pages_are_reached() -> None:
    entries = [line for tree in TOCTREE.findall((DOCS / "index.md").read_text("utf-8")) for line in tree.splitlines()]
    named = {line for line in entries if line and not line.startswith(":")}
    assert named == {path.stem for path in DOCS.glob("*.md")} - {"index"} | {"reference/index"}


def test_docs_reference_has_each_public_name() -> None:
    assert {name for name in public() if "." not in name} == set(wasmedge.__all__)
    text = "\n".join(pages().values())
    for name in wasmedge.__all__:
        assert re.search(rf"^\.\. py:\w+:: (wasmedge\.)?{name}\b", text, re.MULTILINE), name
