# SPDX-License-Identifier: Apache-2.0
"""Re-pointing symbol versions newer than the baseline at older ones, in place."""

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from . import baseline
from .elf import GLOBAL, Elf, Need, Symbol, name_hash
from .errors import VendorError


class Machine(Protocol):
    """The build machine's own libraries, which tell the older versions of a symbol."""

    def versions(self, library: str, symbol: str) -> list[str]:
        """Return the versions in which a system library defines a symbol."""
        ...

    def all_versions(self, library: str) -> list[str]:
        """Return every version that a system library defines."""
        ...


@dataclass
class Changes:
    """What becomes of one file.

    `symbols` maps positions of the symbol table to version numbers, `entries` maps offsets of version entries
    to their new names, `supplied` names the symbols that the compat library gives, `notes` is for people.
    """

    symbols: dict[int, int] = field(default_factory=dict)
    entries: dict[int, str] = field(default_factory=dict)
    supplied: set[str] = field(default_factory=set)
    notes: dict[str, str] = field(default_factory=dict)


def too_new(elf: Elf) -> list[Need]:
    """Return the versions of system libraries that a file needs and the baseline lacks."""
    system = (need for need in elf.needs if baseline.SYSTEM_LIBRARIES.fullmatch(need.library))
    return [need for need in system if not baseline.has(need.version)]


def plan(elf: Elf, machine: Machine, supply: Iterable[str]) -> Changes:
    """Work out the changes to one file; raise naming library and symbol if a symbol has nowhere to go."""
    planner = _Planner(elf, machine, frozenset(supply))
    for need in too_new(elf):
        planner.move(need)
    return planner.changes


def write(path: Path, elf: Elf, changes: Changes) -> None:
    """Make the changes in the file itself."""
    versions = elf.section(".gnu.version").offset
    with path.open("r+b") as file:
        for position, number in changes.symbols.items():
            file.seek(versions + 2 * position)
            file.write(struct.pack("<H", number))
        for offset, version in changes.entries.items():
            file.seek(offset)
            file.write(struct.pack("<I", name_hash(version)))
            file.seek(offset + 8)
            file.write(struct.pack("<I", elf.string(version)))


class _Planner:
    def __init__(self, elf: Elf, machine: Machine, supply: frozenset[str]) -> None:
        self.changes = Changes()
        self._elf = elf
        self._machine = machine
        self._supply = supply

    def move(self, need: Need) -> None:
        """Find a place for every symbol of one too-new version, and another name for the version's entry."""
        elf = self._elf
        symbols = [symbol for symbol in elf.symbols if symbol.version == need.number and not symbol.defined]
        if not symbols:
            # Versions such as GLIBC_ABI_DT_RELR stand for an ability of the loader, which nothing can supply.
            raise VendorError(f"{elf.path.name} needs {need.version} of {need.library} itself, not its symbols")
        targets = {symbol: self._target(need, symbol) for symbol in symbols}
        siblings = self._siblings(need.library)
        name = self._entry_name(need, targets.values(), siblings)
        self.changes.entries[need.offset] = name
        for symbol, version in targets.items():
            # The loader gives a symbol of no version the oldest definition, or the only one not hidden.
            fallback = need.number if version == name else GLOBAL
            self.changes.symbols[symbol.position] = siblings.get(version, fallback)

    def _siblings(self, library: str) -> dict[str, int]:
        needs = (need for need in self._elf.needs if need.library == library)
        return {need.version: need.number for need in needs if baseline.has(need.version)}

    def _target(self, need: Need, symbol: Symbol) -> str:
        """Return the older version for a symbol, or the empty one if the compat library gives it."""
        older = filter(baseline.has, self._machine.versions(need.library, symbol.name))
        target = max(older, key=lambda version: baseline.number(version) or (), default="")
        if target:
            self.changes.notes[symbol.name] = f"{need.version} -> {target}"
        elif symbol.name in self._supply:
            self.changes.supplied.add(symbol.name)
            self.changes.notes[symbol.name] = f"{need.version} -> compat"
        elif symbol.weak:
            self.changes.notes[symbol.name] = f"{need.version} -> absent on older systems, as a weak symbol may be"
        else:
            raise VendorError(
                f"{self._elf.path.name} needs {symbol.name} in version {need.version} of {need.library}:\n"
                "  that library has no older version of it, and the compat sources do not supply it"
            )
        return target

    def _entry_name(self, need: Need, targets: Iterable[str], siblings: Mapping[str, int]) -> str:
        """Return an older version for the entry itself, which the loader checks even if no symbol uses it.

        The name has to be in the file's string table already, for the table cannot grow in place.
        """
        own = [version for version in targets if version and version not in siblings]
        for version in [*own, *siblings, *self._machine.all_versions(need.library)]:
            if baseline.has(version) and self._elf.string(version) is not None:
                return version
        raise VendorError(f"{self._elf.path.name} has no name to put in the place of {need.version}")
