# SPDX-License-Identifier: Apache-2.0
"""Check that the installed package, and no other, does what the README's first command promises."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

import wasmedge

EXAMPLE = ["examples/fibonacci.wasm", "fib", "21"]


def main() -> int:
    """Print what was found; return the exit code."""
    place = Path(wasmedge.__file__)
    installed = Path(sysconfig.get_path("platlib"))
    if installed not in place.parents:
        print(f"wasmedge was imported from {place}, not from {installed}")
        return 1
    command = [sys.executable, "-m", "wasmedge", "run", *EXAMPLE]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if (done.returncode, done.stdout, done.stderr) != (0, "17711\n", ""):
        print(f"{command} gave exit code {done.returncode}, {done.stdout!r} and {done.stderr!r}")
        return 1
    print(wasmedge.build_info())
    return 0


if __name__ == "__main__":
    sys.exit(main())
