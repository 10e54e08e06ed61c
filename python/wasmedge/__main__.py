# SPDX-License-Identifier: Apache-2.0
"""``python -m wasmedge``: the command line."""

from __future__ import annotations

from wasmedge.cli import enter

if __name__ == "__main__":
    enter()
