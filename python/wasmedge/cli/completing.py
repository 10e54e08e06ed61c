# SPDX-License-Identifier: Apache-2.0
"""The command ``completion``: what lets a shell complete the command line."""

from __future__ import annotations

import os

import click
from click.shell_completion import get_completion_class

from wasmedge.cli import options
from wasmedge.cli.failures import UsageError

__all__ = ["completion"]

_SHELLS = ["bash", "zsh", "fish"]
_EPILOG = """\b
To have it in each shell:
  bash: eval "$(pywasmedge completion bash)"    in ~/.bashrc
  zsh:  eval "$(pywasmedge completion zsh)"     in ~/.zshrc
  fish: pywasmedge completion fish | source     in ~/.config/fish/config.fish"""
_NAME = "pywasmedge"  # the script's: `python -m wasmedge` is Python's to complete


@click.command(cls=options.Command, epilog=_EPILOG, short_help="Print what lets the shell complete the command line.")
@click.argument("shell", type=click.Choice(_SHELLS), required=False)
@click.pass_context
def completion(context: click.Context, shell: str | None) -> None:
    """Print a script for the shell, that of $SHELL by default, which then completes what is typed."""
    name = shell or os.path.basename(os.environ.get("SHELL", ""))
    found = get_completion_class(name) if name in _SHELLS else None
    if found is None:
        raise UsageError(f"which shell? There are {', '.join(_SHELLS)}")
    program = context.find_root().command
    print(found(program, {}, _NAME, f"_{_NAME.upper()}_COMPLETE").source())
