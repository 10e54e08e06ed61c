# SPDX-License-Identifier: Apache-2.0
"""The command line: run modules and look into them, compile them, look after the cache of compiled code."""

from __future__ import annotations

from wasmedge.cli.program import enter, main

__all__ = ["enter", "main"]
