# SPDX-License-Identifier: Apache-2.0
"""The command ``cache``."""

from __future__ import annotations

import click

import wasmedge
from wasmedge.cli import options

__all__ = ["cache"]


@click.group(cls=options.Group, invoke_without_command=True, short_help="Look after the cache of compiled code.")
@click.pass_context
def cache(context: click.Context) -> None:
    """Show where the cache of compiled code is and how large, or make it smaller."""
    if context.invoked_subcommand is None:
        context.invoke(show)


@cache.command()
def show() -> None:
    """Show the directory and the size."""
    print(f"{wasmedge.cache.directory}: {wasmedge.cache.size()} bytes")


@cache.command()
def clear() -> None:
    """Remove everything."""
    _prune(0)


@cache.command()
@click.argument("max_bytes", metavar="SIZE", callback=options.to_bytes)
def prune(max_bytes: int) -> None:
    """Remove what was not used for longest, until SIZE is left: bytes, or 500K, 200M, 1G."""
    _prune(max_bytes)


def _prune(max_bytes: int) -> None:
    print(f"{wasmedge.cache.directory}: {wasmedge.cache.prune(max_bytes)} bytes removed")
