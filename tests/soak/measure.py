# SPDX-License-Identifier: Apache-2.0
"""What the process has, and whether it has more of it as time goes on."""

from __future__ import annotations

import gc
import os
import statistics
import sys
import threading
from dataclasses import asdict, dataclass

import psutil

MIB = 1 << 20


@dataclass(frozen=True)
class Sample:
    """What the process has at one moment, when no work goes on.

    Attributes:
        resident: Memory in RAM, in MiB.
        reserved: Address space, in MiB.
        mappings: Regions of address space.
        descriptors: Open files.
        threads: Threads, those of C++ as well.
        blocks: Blocks of Python's allocator.
    """

    resident: float
    reserved: float
    mappings: int
    descriptors: int
    threads: int
    blocks: int


# By how much the middle of the last third may be above that of the second. What leaks does so with each of
# thousands of operations; what is below these is how allocators and pools of threads breathe.
LIMITS = {"resident": 24.0, "reserved": 40_000.0, "mappings": 80, "descriptors": 6, "threads": 6, "blocks": 8_000}


def take_sample() -> Sample:
    """Collect garbage, and measure."""
    for _ in range(3):
        gc.collect()
    process = psutil.Process()
    memory = process.memory_info()
    with open("/proc/self/maps", encoding="utf-8") as maps:
        mappings = sum(1 for _ in maps)
    return Sample(
        resident=memory.rss / MIB,
        reserved=memory.vms / MIB,
        mappings=mappings,
        descriptors=len(os.listdir("/proc/self/fd")),
        threads=max(process.num_threads(), threading.active_count()),
        blocks=sys.getallocatedblocks(),
    )


def growth(samples: list[Sample]) -> dict[str, float]:
    """Return by how much the middle of the last third of the samples is above that of the second, by name.

    The first third is warming up.
    """
    third = len(samples) // 3
    middle, last = ([asdict(each) for each in part] for part in (samples[third : 2 * third], samples[2 * third :]))
    return {
        name: statistics.median(each[name] for each in last) - statistics.median(each[name] for each in middle)
        for name in LIMITS
    }


def leaks(samples: list[Sample]) -> list[str]:
    """Return what has grown more than it may."""
    return [
        f"{name} grew by {by:,.0f}, of which {LIMITS[name]:,.0f} would be nothing"
        for name, by in growth(samples).items()
        if by > LIMITS[name]
    ]
