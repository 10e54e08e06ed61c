# SPDX-License-Identifier: Apache-2.0
"""Fuzz for some time, in one process after the other; keep what is new, and what does harm. The exit code is 1 then."""

from __future__ import annotations

import argparse
import faulthandler
import random
import secrets
import subprocess
import sys
import time
from pathlib import Path

from tests.fuzz.arguments import try_arguments
from tests.fuzz.corpus import ROOT, Corpus
from tests.fuzz.modules import try_module
from tests.fuzz.mutation import mutate

from wasmedge import Standard

BATCH = 60.0  # seconds of one process
HANGS_AFTER = 60  # seconds of one input
STANDARDS = {"2": Standard.WASM_2, "3": Standard.WASM_3}


def run_batch(options: argparse.Namespace) -> None:
    """Try inputs in this process, and write each down before: the next process may have to tell of it."""
    dice = random.Random(options.seed)
    corpus = Corpus(options.corpus)
    # What is known when a session begins shows nothing new.
    for data in list(corpus.inputs):
        corpus.add(data, try_module(data, random.Random(0), STANDARDS[options.standard]))
    modules = arguments = new = 0
    end = time.monotonic() + options.seconds
    while time.monotonic() < end:
        faulthandler.dump_traceback_later(HANGS_AFTER, exit=True)
        if dice.random() < 0.1:
            seed = dice.getrandbits(64)
            options.current.write_text(f"arguments {seed}", "utf-8")
            try_arguments(random.Random(seed))
            arguments += 1
            continue
        data = mutate(corpus.choose(dice), corpus.choose(dice), dice)
        options.current.write_bytes(data)
        new += corpus.add(data, try_module(data, dice, STANDARDS[options.standard]))
        modules += 1
    faulthandler.cancel_dump_traceback_later()
    print(f"{modules:,} modules, {new:,} of them new; {arguments:,} sets of arguments; {len(corpus.inputs):,} inputs")


def supervise(options: argparse.Namespace) -> int:
    """Start processes until the time is over; return the exit code."""
    end = time.monotonic() + 60 * options.minutes
    harm, seed = 0, options.seed
    options.corpus.mkdir(parents=True, exist_ok=True)
    current = options.corpus / "current"
    while (left := end - time.monotonic()) > 0:
        command = [sys.executable, "-m", "tests.fuzz", "--batch", "--seed", seed, "--seconds", min(BATCH, left)]
        command += ["--corpus", options.corpus, "--current", current, "--standard", options.standard]
        done = subprocess.run(list(map(str, command)), check=False, cwd=ROOT, capture_output=True, encoding="utf-8")
        print(f"seed {seed}: {done.stdout.strip() or done.returncode}", flush=True)
        if done.returncode != 0:
            harm += 1
            saved = options.corpus / f"harm-{seed}"
            if current.exists():
                saved.write_bytes(current.read_bytes())
            print(f"the process ended with {done.returncode}; its input is {saved}\n{done.stderr[-3000:]}", flush=True)
        seed += 1
    print(f"{harm} processes came to harm" if harm else "no process came to harm")
    return 1 if harm else 0


def repeat(path: Path, standard: Standard, tries: int) -> None:
    """Try one input again: some faults are of compiled code, some of certain arguments."""
    data = path.read_bytes()
    if data.startswith(b"arguments "):
        try_arguments(random.Random(int(data.split()[1])))
    else:
        for seed in range(tries):
            print(try_module(data, random.Random(seed), standard))


def main() -> int:
    """Read the command line, and do what it says; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**9), help="of the first process")
    parser.add_argument("--corpus", type=Path, default=ROOT / "build" / "fuzz", help="kept between sessions")
    parser.add_argument("--standard", choices=STANDARDS, default="2", help="of WebAssembly; 3 has known faults")
    parser.add_argument("--repeat", type=Path, metavar="INPUT", help="try what did harm again")
    parser.add_argument("--tries", type=int, default=50, help="how often, with other arguments each time")
    parser.add_argument("--batch", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=float, default=BATCH, help=argparse.SUPPRESS)
    parser.add_argument("--current", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    faulthandler.enable()
    if options.repeat:
        repeat(options.repeat, STANDARDS[options.standard], options.tries)
    elif options.batch:
        run_batch(options)
    else:
        return supervise(options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
