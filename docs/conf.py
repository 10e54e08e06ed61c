# SPDX-License-Identifier: Apache-2.0
"""How Sphinx builds the documentation: `nox -s docs`. Nothing is imported from the package, or fetched."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import TYPE_CHECKING

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from build_tools.pages import write_pages  # noqa: E402 - it is beside this file

if TYPE_CHECKING:
    from sphinx.application import Sphinx

VERSION_FILE = HERE.parent / "python" / "wasmedge" / "_version.py"

project = "wasmedge for Python"
author = "the pywasmedge authors"
project_copyright = author
release = next(
    ast.literal_eval(node.value)
    for node in ast.parse(VERSION_FILE.read_text("utf-8")).body
    if isinstance(node, ast.Assign)
)
extensions = ["myst_parser"]
exclude_patterns = ["_build", "build_tools"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = f"wasmedge {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_copy_source = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#35508c", "color-brand-content": "#35508c"},
    "dark_css_variables": {"color-brand-primary": "#9db7f5", "color-brand-content": "#9db7f5"},
    "footer_icons": [],
}
# Signatures stand on a line for each parameter where they would be wider than a page.
maximum_signature_line_length = 100
add_module_names = False
python_use_unqualified_type_names = True
default_role = "code"
# The types in signatures that are not the package's own have no page here.
nitpick_ignore_regex = [("py:class", r"(?!wasmedge\.)(?:[a-z_]\w*\.)*\w+(?:\.\w+)*")]


def setup(app: Sphinx) -> None:
    """Have the reference written before anything is read."""
    app.connect("builder-inited", write_pages)
