# SPDX-License-Identifier: Apache-2.0
"""What several commands take: files, proposals, run modes, sizes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

import click

import wasmedge

if TYPE_CHECKING:
    from collections.abc import Callable

    from wasmedge.cli.failures import Settings

__all__ = ["FILE", "MODES", "Command", "Group", "as_json", "proposals", "run_mode", "strict", "to_bytes", "to_standard"]

Decorated = TypeVar("Decorated")

FILE = click.Path()  # missing ones are told of by whoever opens them


def _note_traceback(context: click.Context, _parameter: click.Parameter, is_wanted: bool) -> None:
    if is_wanted:
        settings: Settings = context.find_root().obj
        settings.shows_traceback = True


def _traceback() -> click.Option:
    """Make the option that all commands have: it may stand before the command's name, or after it."""
    return click.Option(
        ["--traceback"],
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=_note_traceback,
        help="Show the Python traceback of a failure.",
    )


class Command(click.Command):
    """A command of the program."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.params.append(_traceback())


class Group(click.Group):
    """A command with commands of its own."""

    command_class = Command

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.params.append(_traceback())

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the commands in the order in which they were added: the most used first."""
        return list(self.commands)


_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def to_bytes(_context: click.Context, _parameter: click.Parameter, text: str) -> int:
    """Parse a size; a callback."""
    found = re.fullmatch(r"(\d+)([KMG]?)", text.upper())
    if found is None:
        raise click.BadParameter(f"'{text}' is no size: bytes, or 500K, 200M, 1G")
    return int(found[1]) * _UNITS[found[2]]


def _to_proposals(
    _context: click.Context, _parameter: click.Parameter, names: tuple[str, ...]
) -> tuple[wasmedge.Proposal, ...]:
    try:
        return tuple(wasmedge.Proposal[name.upper().replace("-", "_")] for name in names)
    except KeyError as error:
        known = ", ".join(proposal.name for proposal in wasmedge.Proposal)
        raise click.BadParameter(f"there is no proposal {error}; there are {known}") from None


def proposals(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say which WebAssembly is spoken: ``standard`` and ``enable``."""
    command = click.option(
        "--enable",
        multiple=True,
        callback=_to_proposals,
        metavar="PROPOSAL",
        help="Switch a proposal on, such as TAIL_CALL; can be repeated.",
    )(command)
    return click.option(
        "--standard",
        type=click.Choice(["1", "2", "3"]),
        default="2",
        show_default=True,
        help="The version of the WebAssembly standard. 3 is for modules that you trust.",
    )(command)


def to_standard(number: str) -> wasmedge.Standard:
    """Return the standard that the option ``standard`` names."""
    return wasmedge.Standard[f"WASM_{number}"]


MODES = click.Choice([mode.name.lower() for mode in wasmedge.RunMode], case_sensitive=False)


def run_mode(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option ``mode``."""
    return click.option(
        "--mode",
        "--run-mode",
        type=MODES,
        help="How to run it; by default what the environment variable WASMEDGE_RUN_MODE says, or auto.",
    )(command)


def strict(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option ``strict``."""
    return click.option(
        "--strict", is_flag=True, help="Refuse what cannot be compiled, instead of interpreting it with a warning."
    )(command)


def as_json(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option ``as_json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON, for other programs.")(command)
