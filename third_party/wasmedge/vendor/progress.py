# SPDX-License-Identifier: Apache-2.0
"""What the tool says while it works: plain lines, at once."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """Print lines on standard output; `quiet` keeps only what the user must not miss."""

    quiet: bool = False

    def say(self, text: str) -> None:
        """Print one line of ordinary progress."""
        if not self.quiet:
            self.warn(text)

    def warn(self, text: str) -> None:
        """Print lines that are shown even when quiet."""
        for line in text.splitlines():
            print(f"wasmedge: {line}", flush=True)
