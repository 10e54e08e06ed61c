# SPDX-License-Identifier: Apache-2.0
"""The command ``bench``."""

from __future__ import annotations

import json
import os
import statistics
import timeit
from typing import TYPE_CHECKING, Any

import click

from wasmedge.cli import options
from wasmedge.cli.calls import find_function, parse_args
from wasmedge.cli.guests import Guest, instantiate
from wasmedge.cli.tables import print_table

if TYPE_CHECKING:
    import wasmedge

__all__ = ["bench"]

_UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))


@click.command(
    cls=options.Command,
    short_help="Time an exported function.",
    context_settings={"allow_interspersed_args": False},
)
@click.option(
    "--mode",
    "modes",
    multiple=True,
    type=options.MODES,
    default=["aot"],
    show_default=True,
    help="How to run it; can be repeated, to compare.",
)
@click.option("--rounds", type=click.IntRange(1), default=7, show_default=True, help="How often to measure.")
@options.strict
@options.proposals
@options.as_json
@click.argument("file", type=options.FILE)
@click.argument("function")
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
def bench(  # noqa: PLR0913 - one for each option
    file: str,
    function: str,
    args: tuple[str, ...],
    *,
    modes: tuple[str, ...],
    rounds: int,
    strict: bool,
    standard: str,
    enable: tuple[wasmedge.Proposal, ...],
    as_json: bool,
) -> None:
    """Call FUNCTION with ARGS again and again, and tell how long a call takes: the best, the median and the mean.

    In each round there are as many calls as take a fifth of a second. The time includes the way from Python to the
    function and back, and leaves out compiling. A library that wants to be initialised is. Whatever the function
    changes stays changed for the next call.
    """
    args = args[1:] if args[:1] == ("--",) else args
    results = []
    for mode in dict.fromkeys(modes):
        guest = Guest(
            file=file,
            args=(os.path.basename(file),),
            mode=mode,
            strict=strict,
            standard=options.to_standard(standard),
            proposals=enable,
        )
        results.append({"mode": mode, **_measure(guest, function, args, rounds)})
    if as_json:
        print(json.dumps({"file": click.format_filename(file), "function": function, "results": results}, indent=2))
        return
    columns = ("Mode", "Runs as", "Best", "Median", "Mean", "Deviation", "Calls")
    rows = [
        (
            result["mode"],
            result["runs_as"],
            *(_time(result[key]) for key in ("best", "median", "mean", "deviation")),
            result["calls"],
        )
        for result in results
    ]
    print_table(f"{function}({', '.join(args)})", columns, rows)


def _measure(guest: Guest, name: str, texts: tuple[str, ...], rounds: int) -> dict[str, Any]:
    """Measure in seconds for each call."""
    vm, _ = instantiate(guest)
    name = find_function(vm, guest.file, name)
    numbers = parse_args(name, vm.functions[name], texts)
    if "_initialize" in vm.functions:
        vm.execute("_initialize")
    instance = vm.active_instance
    assert instance is not None, "it has just been made"
    timer = timeit.Timer("function(*numbers)", globals={"function": instance.exports[name], "numbers": numbers})
    calls, _ = timer.autorange()
    times = [seconds / calls for seconds in timer.repeat(rounds, calls)]
    return {
        "runs_as": instance.run_mode.name.lower(),
        "best": min(times),
        "median": statistics.median(times),
        "mean": statistics.fmean(times),
        "deviation": statistics.stdev(times) if len(times) > 1 else 0.0,
        "calls": calls * rounds,
        "rounds": rounds,
    }


def _time(seconds: float) -> str:
    factor, unit = next((entry for entry in _UNITS if seconds >= entry[0]), _UNITS[-1])
    return f"{seconds / factor:.3g} {unit}"
