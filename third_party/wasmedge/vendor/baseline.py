# SPDX-License-Identifier: Apache-2.0
"""The oldest system that the prefix runs on: manylinux_2_34, which is glibc 2.34 and GCC 11's libraries."""

import re

# The newest symbol version of each family that such a system has.
NEWEST = {
    "GLIBC": (2, 34),
    "GLIBCXX": (3, 4, 29),
    "CXXABI": (1, 3, 13),
    "GCC": (11, 0),
    "ZLIB": (1, 2, 9),
}
GLIBC = NEWEST["GLIBC"]

# Versions without a number that have been there for longer than the baseline.
UNNUMBERED = frozenset({"CXXABI_TM_1", "CXXABI_FLOAT128"})

# Libraries that manylinux lets a wheel expect of the system; everything else is bundled or stubbed.
SYSTEM_LIBRARIES = re.compile(r"(?:lib(?:c|m|dl|rt|pthread|stdc\+\+|gcc_s|z)\.so\.\d+|ld-linux-.*\.so\.\d+)")

_NUMBERED = re.compile(r"([A-Z]+)_(\d+(?:\.\d+)*)")


def number(version: str) -> tuple[int, ...] | None:
    """Return the numbers of a system library's symbol version, or None for any other version name."""
    match = _NUMBERED.fullmatch(version)
    if match is None or match[1] not in NEWEST:
        return None
    return tuple(int(part) for part in match[2].split("."))


def has(version: str) -> bool:
    """Say whether the baseline has this version of a system library's symbols."""
    numbers = number(version)
    if numbers is None:
        return version in UNNUMBERED
    return numbers <= NEWEST[version.partition("_")[0]]
