# SPDX-License-Identifier: Apache-2.0
"""The command ``validate``."""

from __future__ import annotations

import click

import wasmedge
from wasmedge.cli import options
from wasmedge.cli.failures import Settings, report

__all__ = ["validate"]


@click.command(cls=options.Command, short_help="Check that modules are valid.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing of valid ones.")
@options.proposals
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=options.FILE)
@click.pass_obj
def validate(
    settings: Settings, files: tuple[str, ...], *, quiet: bool, standard: str, enable: tuple[wasmedge.Proposal, ...]
) -> int:
    """Check that each FILE is a valid module; the exit code is 1 if one is not."""
    configure = wasmedge.Configure(*enable, standard=options.to_standard(standard))
    loader, validator = wasmedge.Loader(configure), wasmedge.Validator(configure)
    code = 0
    for file in files:
        try:
            validator.validate(loader.load(file))
        except wasmedge.WasmEdgeError as error:
            code = report(error, settings)
        else:
            if not quiet:
                print(f"{click.format_filename(file)}: valid")
    return code
