# SPDX-License-Identifier: Apache-2.0
"""The command ``stubs``."""

from __future__ import annotations

from pathlib import Path

import click

from wasmedge.cli import options

__all__ = ["stubs"]


@click.command(cls=options.Command, short_help="Write a stub file for type checkers.")
@click.option(
    "-o", "--output", type=options.FILE, metavar="OUT", help="The file to write, such as name.pyi; by default stdout."
)
@click.argument("file", type=options.FILE)
def stubs(file: str, *, output: str | None) -> None:
    """Write what `import name` gives of name.wasm, after `import wasmedge.loader`, as a stub for type checkers."""
    from wasmedge import loader  # noqa: PLC0415 - it installs the import hook

    text = loader.stubs(file)
    if output is None:
        print(text, end="")
    else:
        Path(output).write_text(text, encoding="utf-8")
