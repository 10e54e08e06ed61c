# SPDX-License-Identifier: Apache-2.0
"""``python -m wasmedge``: the command line."""

from __future__ import annotations

import sys

from wasmedge.cli import main

if __name__ == "__main__":
    sys.exit(main())
