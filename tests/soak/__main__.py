# SPDX-License-Identifier: Apache-2.0
"""Run the load for some time, and say what it came to; the exit code is 1 when something failed, was lost, or grew."""

from __future__ import annotations

import argparse
import faulthandler
import random
import secrets
import sys
import threading
import time
import traceback
from collections import Counter

from tests.soak.load import WORK
from tests.soak.measure import Sample, growth, leaks, take_sample

HANGS_AFTER = 120  # seconds that a round may take longer than it should
SHORTEST = 9  # samples, three for each third


class Load:
    """Threads that work in rounds; between them nothing goes on, so that what is there can be measured."""

    def __init__(self, seed: int, threads: int) -> None:
        self.done: Counter[str] = Counter()
        self.problems: list[str] = []
        self._dices = [random.Random(f"{seed} {number}") for number in range(threads)]
        self._lock = threading.Lock()

    def round(self, seconds: float) -> None:
        """Work for some seconds in all threads."""
        end = time.monotonic() + seconds
        faulthandler.dump_traceback_later(seconds + HANGS_AFTER, exit=True)
        threads = [threading.Thread(target=self._work, args=(dice, end)) for dice in self._dices]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        faulthandler.cancel_dump_traceback_later()

    def _work(self, dice: random.Random, end: float) -> None:
        done: Counter[str] = Counter()
        pieces, weights = list(WORK), list(WORK.values())
        while time.monotonic() < end and not self.problems:
            (piece,) = dice.choices(pieces, weights)
            try:
                piece(dice)
            except BaseException:
                with self._lock:
                    self.problems.append(f"{piece.__name__} failed:\n{traceback.format_exc()}")
                break
            done[piece.__name__] += 1
        with self._lock:
            self.done += done


def _row(minutes: float, done: int, sample: Sample) -> str:
    return (
        f"{minutes:7.1f} {done:9,} {sample.resident:9,.1f} {sample.reserved:10,.0f} {sample.mappings:8,} "
        f"{sample.descriptors:5} {sample.threads:7} {sample.blocks:9,}"
    )


def main() -> int:
    """Read the command line, and do what it says; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="what the choices follow from")
    options = parser.parse_args()
    faulthandler.enable()
    seconds = 60 * options.minutes
    rounds = max(SHORTEST, min(60, int(seconds / 20)))
    # Each once: a child of a fork would wait for good for a module that another thread is just importing.
    for piece in WORK:
        piece(random.Random(options.seed))
    load = Load(options.seed, options.threads)
    samples: list[Sample] = []
    started = time.monotonic()
    print(f"seed {options.seed}, {options.threads} threads, {rounds} rounds of {seconds / rounds:.1f} s")
    print("minutes      done  resident   reserved mappings files threads    blocks")
    while len(samples) < rounds and not load.problems:
        load.round(seconds / rounds)
        samples.append(take_sample())
        print(_row((time.monotonic() - started) / 60, load.done.total(), samples[-1]), flush=True)
    print(", ".join(f"{name} {count:,}" for name, count in sorted(load.done.items())))
    if not load.problems:
        print("growth:", ", ".join(f"{name} {by:+,.1f}" for name, by in growth(samples).items()))
        load.problems += leaks(samples)
    missing = {piece.__name__ for piece in WORK} - set(load.done)
    if not load.problems and missing:
        load.problems.append(f"too short for {', '.join(sorted(missing))}")
    print("\n".join(load.problems) or "nothing failed, was lost, or grew")
    return 1 if load.problems else 0


if __name__ == "__main__":
    sys.exit(main())
