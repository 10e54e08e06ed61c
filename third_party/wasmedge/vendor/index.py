# SPDX-License-Identifier: Apache-2.0
"""The archive's package index, as far as choosing packages needs it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from .lock import Package

_Order = tuple[tuple[tuple[int, ...], int], ...]

_FIELDS = ("Package:", "Version:", "Architecture:", "SHA256:", "Size:", "Depends:", "Provides:")


@dataclass(frozen=True)
class Entry:
    """One package of the index: what pins it, how large it is, and its relations as the index has them."""

    package: Package
    size: int
    relations: tuple[str, str]

    @property
    def depends(self) -> tuple[str, ...]:
        """The names of what the package needs; of alternatives the first, which it was built against."""
        return _names(self.relations[0])

    @property
    def provides(self) -> tuple[str, ...]:
        """The names that the package stands for besides its own."""
        return _names(self.relations[1])


def parse(path: Path) -> Iterator[Entry]:
    """Read a Packages file; apt has verified it against the archive's signature."""
    fields: dict[str, str] = {}
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if line.startswith(_FIELDS):
                name, _, value = line.partition(":")
                fields[name] = value.strip()
            elif line == "\n" and fields:
                yield _entry(fields)
                fields = {}
    if fields:
        yield _entry(fields)


def _entry(fields: dict[str, str]) -> Entry:
    package = Package(fields["Architecture"], fields["Package"], fields["Version"], fields["SHA256"])
    relations = (fields.get("Depends", ""), fields.get("Provides", ""))
    return Entry(package, int(fields.get("Size", 0)), relations)


def _names(relation: str) -> tuple[str, ...]:
    return tuple(re.split(r"[\s(:|]", part.strip())[0] for part in relation.split(",") if part)


def newest(entries: Sequence[Entry]) -> Entry:
    """Return the entry of the highest version."""
    return max(entries, key=lambda entry: version_order(entry.package.version))


def version_order(version: str) -> tuple[int, _Order, _Order]:
    """Return what sorts versions as dpkg does: by epoch, upstream version and revision."""
    epoch, _, rest = version.rpartition(":")
    upstream, _, revision = rest.rpartition("-") if "-" in rest else (rest, "", "")
    return int(epoch or 0), _part_order(upstream), _part_order(revision)


def _part_order(text: str) -> _Order:
    """Compare runs of other characters and of digits by turns, a tilde before the end and letters before signs."""
    return tuple(
        ((*(-1 if c == "~" else ord(c) if c.isalpha() else ord(c) + 256 for c in signs), 0), int(digits or 0))
        for signs, digits in re.findall(r"(\D*)(\d*)", text)
    )
