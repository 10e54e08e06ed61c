# SPDX-License-Identifier: Apache-2.0
"""Run the state machine in this process, for a while or for some examples; or repeat the steps of a run."""

from __future__ import annotations

import argparse
import ast
import contextlib
import faulthandler
import gc
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import hypothesis
from hypothesis.stateful import run_state_machine_as_test
from tests.state_machine.base import MissingError
from tests.state_machine.machine import Machine

HANGS_AFTER = 60  # seconds
SHRINKS_FOR = 300  # seconds


class Watched(Machine):
    """Ends the process when a run hangs; keeps the steps of the last run only."""

    def __init__(self) -> None:
        faulthandler.dump_traceback_later(HANGS_AFTER, exit=True)
        super().__init__()
        if self.log is not None:
            os.ftruncate(self.log, 0)
            os.lseek(self.log, 0, os.SEEK_SET)


def run(seed: int, examples: int, steps: int) -> None:
    """Run a batch of examples, all of which follow from the seed."""
    settings = hypothesis.settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=[hypothesis.Phase.generate],  # shrink() leaves out more, and does so for crashes too
        suppress_health_check=list(hypothesis.HealthCheck),  # pyright: ignore[reportArgumentType] - its metaclass iterates
    )
    gc.unfreeze()
    run_state_machine_as_test(hypothesis.seed(seed)(Watched), settings=settings)


def repeat(lines: list[str]) -> None:
    """Do what the lines of a log say."""
    machine = Watched()
    for line in lines:
        number, name, arguments = ast.literal_eval(line)
        machine.number = number - 1  # variables are named after the number of the step
        with contextlib.suppress(MissingError):
            getattr(machine, name)(**arguments)
        machine.everything_is_as_in_the_model()
    machine.teardown()


def fails(lines: list[str]) -> bool:
    """Tell whether a process that repeats some lines ends badly."""
    with tempfile.NamedTemporaryFile("w", suffix=".steps") as file:
        file.writelines(lines)
        file.flush()
        command = [sys.executable, "-m", "tests.state_machine", "--repeat", file.name]
        return subprocess.run(command, check=False, capture_output=True).returncode != 0


def shrink(lines: list[str]) -> list[str]:
    """Leave out whatever is not needed for the failure, as far as there is time for it."""
    end = time.monotonic() + SHRINKS_FOR
    size = len(lines) // 2
    while size:
        start = 0
        while start < len(lines) and time.monotonic() < end:
            fewer = lines[:start] + lines[start + size :]
            if fails(fewer):
                lines = fewer
            else:
                start += size
        size //= 2
    return lines


def main() -> None:
    """Read the command line, and do what it says."""
    parser = argparse.ArgumentParser(prog="python -m tests.state_machine", description=__doc__)
    parser.add_argument("--minutes", type=float, default=0, help="run for so long, with one seed after the other")
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--examples", type=int, default=100, help="how many examples come of one seed")
    parser.add_argument("--steps", type=int, default=60, help="how many steps an example has at most")
    parser.add_argument("--log", type=Path, help="where the steps of the current example are written")
    parser.add_argument("--repeat", type=Path, metavar="LOG", help="repeat these steps")
    parser.add_argument("--shrink", type=Path, metavar="LOG", help="print as few of these steps as still fail")
    options = parser.parse_args()
    faulthandler.enable()
    if options.shrink:
        print("".join(shrink(options.shrink.read_text("utf-8").splitlines(keepends=True))), end="")
        return
    if options.repeat:
        repeat(options.repeat.read_text("utf-8").splitlines())
        return
    if options.log:
        Watched.log = os.open(options.log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    end = time.monotonic() + 60 * options.minutes
    seed = options.seed
    while True:
        print(f"seed {seed}", flush=True)
        run(seed, options.examples, options.steps)
        if time.monotonic() >= end:
            return
        seed += 1


if __name__ == "__main__":
    main()
