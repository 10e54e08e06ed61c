# SPDX-License-Identifier: Apache-2.0
"""Run the tool as `python third_party/wasmedge/vendor`, which Python does not take for a package."""

import sys
from pathlib import Path


def run() -> int:
    """Make the modules importable as `vendor` and hand over to the command line."""
    sys.path[0] = str(Path(__file__).resolve().parent.parent)
    from vendor.cli import main  # noqa: PLC0415 - only now can it be found

    return main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(run())
