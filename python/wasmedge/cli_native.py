# SPDX-License-Identifier: Apache-2.0
"""The commands about compiled code: compile, and cache."""

from __future__ import annotations

import argparse
import contextlib
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import wasmedge
from wasmedge import cache

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["add_cache", "add_compile"]

_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def add_compile(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command ``compile``."""
    command = commands.add_parser(
        "compile",
        help="compile a module to machine code",
        description="Compile a module for this processor and this version of WasmEdge, to a native library. It is "
        "loaded with trusted=True. Nothing has to be compiled by hand to run fast: modules are compiled, and the code "
        "cached, when they run.",
    )
    command.add_argument("file", metavar="IN", help="the module, in the binary format")
    command.add_argument("-o", "--output", metavar="OUT", help="the file to write; IN with the suffix .so by default")
    command.add_argument(
        "-O",
        dest="level",
        default="3",
        choices=["0", "1", "2", "3", "s", "z"],
        help="how much to optimise; 3 by default",
    )
    command.add_argument(
        "--universal", action="store_true", help="write a module that carries the code, and can be interpreted as well"
    )
    command.add_argument("--generic", action="store_true", help="for any processor of the architecture")
    command.add_argument(
        "--interruptible", action="store_true", help="code that looks for being stopped, and is slower"
    )
    command.add_argument("--measure-cost", action="store_true", help="code that fuel and cost limits work for")
    command.add_argument("--count-instructions", action="store_true", help="code that counts its instructions")
    command.add_argument("--dump-ir", metavar="DIRECTORY", help="write LLVM's intermediate code there")
    command.add_argument(
        "--enable", action="append", default=[], metavar="PROPOSAL", help="switch a proposal on, such as TAIL_CALL"
    )
    command.set_defaults(command=_compile)


def _compile(options: argparse.Namespace) -> int:
    native = not options.universal
    configure = wasmedge.Configure(
        *(_proposal(name) for name in options.enable),
        optimization_level=wasmedge.OptimizationLevel["O" + options.level.upper()],
        output_format=wasmedge.OutputFormat.NATIVE if native else wasmedge.OutputFormat.WASM,
        generic_binary=options.generic,
        interruptible=options.interruptible,
        measure_cost=options.measure_cost,
        count_instructions=options.count_instructions,
    )
    source = Path(options.file)
    target = Path(options.output) if options.output else source.with_suffix(".so" if native else ".aot.wasm")
    with _showing_progress(f"compiling {source.name}"):
        wasmedge.Compiler(configure).compile(source, target, dump_ir=options.dump_ir)
    print(f"{target}: {target.stat().st_size} bytes")
    return 0


def _proposal(name: str) -> wasmedge.Proposal:
    try:
        return wasmedge.Proposal[name.upper().replace("-", "_")]
    except KeyError:
        known = ", ".join(proposal.name for proposal in wasmedge.Proposal)
        raise ValueError(f"there is no proposal '{name}'; there are {known}") from None


@contextlib.contextmanager
def _showing_progress(text: str) -> Iterator[None]:
    """Show on a terminal that something goes on; how far it has come the compiler does not tell."""
    try:
        from rich.console import Console  # noqa: PLC0415 - an extra
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415
    except ImportError:
        yield
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as progress:
        progress.add_task(text, total=None)
        yield


def add_cache(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command ``cache``."""
    command = commands.add_parser(
        "cache",
        help="the cache of compiled code",
        description="Show where the cache of compiled code is and how large, or make it smaller.",
    )
    actions = command.add_subparsers(metavar="ACTION")
    command.set_defaults(command=_show_cache)
    actions.add_parser("show", help="show the directory and the size").set_defaults(command=_show_cache)
    actions.add_parser("clear", help="remove everything").set_defaults(command=_clear_cache)
    prune = actions.add_parser("prune", help="remove what was not used for longest")
    prune.add_argument(
        "max_bytes", metavar="SIZE", type=_parse_size, help="how much may stay: bytes, or 500K, 200M, 1G"
    )
    prune.set_defaults(command=_prune_cache)


def _parse_size(text: str) -> int:
    found = re.fullmatch(r"(\d+)([KMG]?)", text.upper())
    if found is None:
        raise argparse.ArgumentTypeError(f"'{text}' is no size")
    return int(found[1]) * _UNITS[found[2]]


def _show_cache(_: argparse.Namespace) -> int:
    print(f"{cache.directory}: {cache.size()} bytes")
    return 0


def _clear_cache(_: argparse.Namespace) -> int:
    print(f"{cache.directory}: {cache.prune(0)} bytes removed")
    return 0


def _prune_cache(options: argparse.Namespace) -> int:
    print(f"{cache.directory}: {cache.prune(options.max_bytes)} bytes removed")
    return 0
