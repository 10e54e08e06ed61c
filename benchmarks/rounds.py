# SPDX-License-Identifier: Apache-2.0
"""How the benchmarks measure: everything in turn, round after round, so that what slows the machine slows all alike."""

from __future__ import annotations

import operator
import statistics
import threading
import timeit
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


class Ratio(NamedTuple):
    """What is measured against what, and the most that it may take."""

    name: str
    ours: str
    theirs: str
    most: float


def medians(works: Mapping[str, Callable[[], object]], rounds: int = 25, seconds: float = 0.01) -> dict[str, float]:
    """Return the median time in seconds of one call of each, over interleaved rounds.

    Args:
        works: What to measure, by name.
        rounds: How often each has its turn.
        seconds: About how long a turn is; a call that takes longer is a turn by itself.
    """
    return medians_of({name: timeit.Timer(work).timeit for name, work in works.items()}, rounds, seconds)


def medians_of(
    clocks: Mapping[str, Callable[[int], float]], rounds: int = 25, seconds: float = 0.01
) -> dict[str, float]:
    """Return what `medians` does, of clocks: each takes a number of calls, and gives the seconds that they took."""
    return {name: statistics.median(found) for name, found in times_of(clocks, rounds, seconds).items()}


def times_of(clocks: Mapping[str, Callable[[int], float]], rounds: int, seconds: float) -> dict[str, list[float]]:
    """Return the seconds of one call of each in each round."""
    counts = {name: _calls_for(clock, seconds) for name, clock in clocks.items()}
    times: dict[str, list[float]] = {name: [] for name in clocks}
    for _ in range(rounds):
        for name, clock in clocks.items():
            times[name].append(clock(counts[name]) / counts[name])
    return times


def median_ratio(ones: Iterable[float], others: Iterable[float]) -> float:
    """Return the median of the ratios of each round, as a machine may be slower in one than in the next."""
    return float(statistics.median(map(operator.truediv, ones, others)))


def _calls_for(clock: Callable[[int], float], seconds: float) -> int:
    count = 1
    while (elapsed := clock(count)) < seconds / 4:
        count *= 2
    return max(1, int(count * seconds / elapsed))


def run_together(works: Iterable[Callable[[], object]]) -> None:
    """Do each work in a thread of its own, and wait for all of them."""
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def report(times: Mapping[str, float], ratios: list[Ratio]) -> int:
    """Print the times and the ratios; return 1 if one is above what it may be, else 0."""
    for name, seconds in times.items():
        print(f"{name:44} {_scaled(seconds)}")
    print()
    late = 0
    for ratio in ratios:
        found = times[ratio.ours] / times[ratio.theirs]
        late += found > ratio.most
        verdict = "ok" if found <= ratio.most else "TOO SLOW"
        print(f"{ratio.name:44} {found:6.2f} x (at most {ratio.most:g})  {verdict}")
    return int(late > 0)


def _scaled(seconds: float) -> str:
    for unit, factor in (("ns", 1e9), ("µs", 1e6), ("ms", 1e3)):
        if seconds * factor < 1000:
            return f"{seconds * factor:8.1f} {unit}"
    return f"{seconds:8.2f} s "
