# SPDX-License-Identifier: Apache-2.0
"""The command ``compile``."""

from __future__ import annotations

from pathlib import Path

import click

import wasmedge
from wasmedge.cli import options
from wasmedge.cli.progress import CompilationProgress
from wasmedge.cli.waiting import interruptibly

__all__ = ["compile_"]


@click.command("compile", cls=options.Command, short_help="Compile a module to machine code.")
@click.option(
    "-o", "--output", type=options.FILE, metavar="OUT", help="The file to write; by default IN with the suffix .so."
)
@click.option(
    "-O",
    "level",
    type=click.Choice(["0", "1", "2", "3", "s", "z"]),
    default="3",
    show_default=True,
    help="How much to optimise.",
)
@click.option("--universal", is_flag=True, help="Write a module that carries the code, and can be interpreted as well.")
@click.option("--generic", is_flag=True, help="For any processor of the architecture.")
@click.option("--interruptible", is_flag=True, help="Code that looks for being stopped, and is slower.")
@click.option("--measure-cost", is_flag=True, help="Code that fuel and cost limits work for.")
@click.option("--count-instructions", is_flag=True, help="Code that counts its instructions.")
@click.option("--dump-ir", type=options.FILE, metavar="DIRECTORY", help="Write LLVM's intermediate code there.")
@options.proposals
@click.argument("file", metavar="IN", type=options.FILE)
def compile_(  # noqa: PLR0913 - one for each option
    file: str,
    *,
    output: str | None,
    level: str,
    universal: bool,
    generic: bool,
    interruptible: bool,
    measure_cost: bool,
    count_instructions: bool,
    dump_ir: str | None,
    standard: str,
    enable: tuple[wasmedge.Proposal, ...],
) -> None:
    """Compile a module for this processor and this version of WasmEdge, to a native library.

    Python loads it with trusted=True. Nothing has to be compiled by hand to run fast: modules are compiled, and the
    code cached, when they run.
    """
    configure = wasmedge.Configure(
        *enable,
        standard=options.to_standard(standard),
        optimization_level=wasmedge.OptimizationLevel["O" + level.upper()],
        output_format=wasmedge.OutputFormat.WASM if universal else wasmedge.OutputFormat.NATIVE,
        generic_binary=generic,
        interruptible=interruptible,
        measure_cost=measure_cost,
        count_instructions=count_instructions,
    )
    target = Path(output) if output is not None else Path(file).with_suffix(".aot.wasm" if universal else ".so")
    with CompilationProgress(file) as progress:
        progress("compile")
        compiler = wasmedge.Compiler(configure)
        interruptibly(lambda: compiler.compile(Path(file), target, dump_ir=dump_ir))
    print(f"{click.format_filename(target)}: {target.stat().st_size} bytes")
