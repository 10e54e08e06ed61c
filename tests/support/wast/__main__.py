# SPDX-License-Identifier: Apache-2.0
"""Carry out scripts of the suite in this process, and print what fails: for a debugger, or to list failures."""

from __future__ import annotations

import argparse
import faulthandler
import sys

from wast import suite
from wast.runner import MODES, Runner


def main() -> int:
    """Read the command line, and do what it says; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m wast", description=__doc__)
    parser.add_argument("release", choices=sorted(suite.releases()))
    parser.add_argument("mode", choices=MODES)
    parser.add_argument("script", nargs="*", help="such as core/call; all by default")
    options = parser.parse_args()
    faulthandler.enable()
    failed = False
    for name in options.script or suite.scripts(options.release):
        outcome = Runner(suite.scripts(options.release)[name], options.mode).run()
        print(f"{name}: {outcome.passed.total()} passed, {len(outcome.failures)} failed", flush=True)
        for failure in outcome.failures:
            print(f"  {failure.name} {failure.kind}: {failure.reason}")
        failed |= bool(outcome.failures)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
