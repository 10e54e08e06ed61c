# SPDX-License-Identifier: Apache-2.0
"""Reading a shared library: what it needs, what it defines, and in which symbol versions."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from elftools.common.exceptions import ELFError
from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile

from .errors import VendorError

# In `.gnu.version`: the number of no version at all, and the bit that hides an old version from the linker.
GLOBAL = 1
_HIDDEN = 0x8000

_SYMBOL = struct.Struct("<IBBHQQ")
_NEED = struct.Struct("<HHIII")
_NEED_VERSION = struct.Struct("<IHHII")
_DEFINITION = struct.Struct("<HHHHIII")
_WEAK = 2
_OBJECT = 1
_LOCAL = 0


class Symbol(NamedTuple):
    """A dynamic symbol at a position of the table; `version` is a number of the file's version tables."""

    position: int
    name: str
    version: int
    defined: bool
    weak: bool
    is_data: bool


class Need(NamedTuple):
    """A symbol version that the file needs of a library; `offset` is where the file keeps this entry."""

    library: str
    version: str
    number: int
    offset: int


@dataclass(frozen=True)
class Section:
    """Where a section is and what it holds."""

    offset: int
    data: bytes


class Elf:
    """The dynamic side of one 64-bit little-endian shared library, read once."""

    def __init__(self, path: Path) -> None:
        """Read the file; raise if it is no such library."""
        self.path = path
        self.soname = ""
        self.runpath = ""
        self.needed: list[str] = []
        self._sections: dict[str, Section] = {}
        try:
            with path.open("rb") as file:
                self._read(ELFFile(file))
        except ELFError as error:
            raise VendorError(f"{path.name} is not a readable ELF file: {error}") from error

    def _read(self, elf: ELFFile) -> None:
        if elf.header["e_ident"]["EI_CLASS"] != "ELFCLASS64" or not elf.little_endian:
            raise VendorError(f"{self.path.name} is not a 64-bit little-endian library")
        self.machine = str(elf.header["e_machine"])
        for name in (".dynsym", ".dynstr", ".gnu.version", ".gnu.version_r", ".gnu.version_d"):
            section = elf.get_section_by_name(name)
            if section is not None:
                self._sections[name] = Section(section["sh_offset"], section.data())
        dynamic = elf.get_section_by_name(".dynamic")
        if not isinstance(dynamic, DynamicSection):
            raise VendorError(f"{self.path.name} is not a shared library")
        for tag in dynamic.iter_tags():
            if tag.entry.d_tag == "DT_NEEDED":
                self.needed.append(self.text(tag.entry.d_val))
            elif tag.entry.d_tag == "DT_SONAME":
                self.soname = self.text(tag.entry.d_val)
            elif tag.entry.d_tag == "DT_RUNPATH":
                self.runpath = self.text(tag.entry.d_val)

    def section(self, name: str) -> Section:
        """Return a section; an absent one is empty."""
        return self._sections.get(name, Section(0, b""))

    def text(self, offset: int) -> str:
        """Return a string of the dynamic string table."""
        data = self.section(".dynstr").data
        return data[offset : data.index(b"\0", offset)].decode()

    def string(self, text: str) -> int | None:
        """Return where the dynamic string table has a string, whole or as the end of a longer one."""
        offset = self.section(".dynstr").data.find(text.encode() + b"\0")
        return offset if offset >= 0 else None

    @cached_property
    def symbols(self) -> list[Symbol]:
        """The dynamic symbols other than local ones."""
        versions = [item[0] for item in struct.iter_unpack("<H", self.section(".gnu.version").data)]
        symbols = []
        for position, fields in enumerate(_SYMBOL.iter_unpack(self.section(".dynsym").data)):
            name, info, _, section, _, _ = fields
            if info >> 4 != _LOCAL:
                version = versions[position] & ~_HIDDEN if versions else GLOBAL
                weak, is_data = info >> 4 == _WEAK, info & 0xF == _OBJECT
                symbols.append(Symbol(position, self.text(name), version, section != 0, weak, is_data))
        return symbols

    @cached_property
    def needs(self) -> list[Need]:
        """The symbol versions that the file needs, in the order it lists them."""
        return list(self._needs())

    def _needs(self) -> Iterator[Need]:
        section = self.section(".gnu.version_r")
        offset, more = 0, bool(section.data)
        while more:
            _, count, file, first, step = _NEED.unpack_from(section.data, offset)
            entry = offset + first
            for _ in range(count):
                _, _, number, name, following = _NEED_VERSION.unpack_from(section.data, entry)
                yield Need(self.text(file), self.text(name), number, section.offset + entry)
                entry += following
            offset += step
            more = step != 0

    @cached_property
    def versions(self) -> dict[int, str]:
        """The versions that the file defines, by their number."""
        section = self.section(".gnu.version_d")
        versions = {}
        offset, more = 0, bool(section.data)
        while more:
            _, _, number, _, _, first, step = _DEFINITION.unpack_from(section.data, offset)
            (name,) = struct.unpack_from("<I", section.data, offset + first)
            versions[number] = self.text(name)
            offset += step
            more = step != 0
        return versions

    @cached_property
    def definitions(self) -> dict[str, list[str]]:
        """The versions in which the file defines each symbol; the empty version for a symbol without one."""
        found: dict[str, list[str]] = {}
        for symbol in self.symbols:
            if symbol.defined:
                version = self.versions.get(symbol.version, "") if symbol.version > GLOBAL else ""
                found.setdefault(symbol.name, []).append(version)
        return found


def name_hash(name: str) -> int:
    """Return the ELF hash of a version's name."""
    value = 0
    for byte in name.encode():
        value = (value << 4) + byte
        high = value & 0xF0000000
        value = (value ^ (high >> 24)) & ~high & 0xFFFFFFFF
    return value
