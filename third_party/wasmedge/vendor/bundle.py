# SPDX-License-Identifier: Apache-2.0
"""Making the libraries of the packages into a set that stands on its own on every system of the baseline."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from . import baseline, repoint, stubs
from .compiler import Compiler
from .elf import Elf, Symbol
from .errors import VendorError
from .process import run
from .system import System

MAIN = "libwasmedge.so.0"
COMPAT = "libwasmedge-compat.so"

# A version of its own keeps other libraries of the process from taking these functions for the C library's.
_COMPAT_MAP = "WASMEDGE_COMPAT { global: *; };\n"


@dataclass
class Bundle:
    """The libraries of a prefix while they are made; `notes` tells which symbols were re-pointed, by file."""

    directory: Path
    work: Path
    compiler: Compiler
    patchelf: str
    notes: dict[str, dict[str, str]] = field(default_factory=dict)

    def make(self, extracted: Path, compat_sources: Path) -> list[str]:
        """Move, complete and re-point the libraries; return the names of the files that belong together."""
        libraries = self._collect(extracted)
        system = System(self.compiler, libraries[MAIN].machine)
        compat = self._compile_compat(compat_sources)
        libraries |= self._compile_stubs(libraries, system, compat)
        libraries[COMPAT] = compat
        users = {name for name, elf in libraries.items() if self._repoint(elf, system, compat.definitions)}
        for name, elf in libraries.items():
            uses_compat = name in users and name != COMPAT
            if uses_compat or name not in (COMPAT, stubs.NAME):
                self._relink(elf, uses_compat=uses_compat)
            left = repoint.too_new(Elf(elf.path))
            if left:
                raise VendorError(f"{name} still needs {left[0].version} of {left[0].library}")
        if not users:
            libraries.pop(COMPAT).path.unlink()
        return sorted(libraries)

    def _collect(self, extracted: Path) -> dict[str, Elf]:
        """Move what libwasmedge needs, directly or not, into the bundle, each file under its soname."""
        available = _by_soname(extracted)
        collected: dict[str, Elf] = {}
        waiting = [MAIN]
        while waiting:
            name = waiting.pop()
            from_elsewhere = baseline.SYSTEM_LIBRARIES.fullmatch(name) or stubs.REPLACED.fullmatch(name)
            if name in collected or from_elsewhere:
                continue
            if name not in available:
                raise VendorError(f"none of the packages has {name}, which WasmEdge needs")
            path = available[name].rename(self.directory / name)
            path.chmod(0o755)
            collected[name] = Elf(path)
            waiting += collected[name].needed
        return collected

    def _compile_compat(self, sources: Path) -> Elf:
        script = self.work / "compat.map"
        script.write_text(_COMPAT_MAP, encoding="utf-8")
        library = self.directory / COMPAT
        self.compiler.library(library, sorted(sources.glob("*.cpp")), script)
        return Elf(library)

    def _compile_stubs(self, libraries: Mapping[str, Elf], system: System, compat: Elf) -> dict[str, Elf]:
        """Compile the stubs for what the replaced libraries would define, if anything asks for it."""
        needed = sorted({name for elf in libraries.values() for name in elf.needed})
        own = [system.library(name) for name in needed if baseline.SYSTEM_LIBRARIES.fullmatch(name)]
        symbols: dict[Symbol, str] = {}
        for elf in libraries.values():
            missing = stubs.missing(elf, [*libraries.values(), *own, compat])
            if missing and not stubs.replaced(elf):
                names = ", ".join(sorted(symbol.name for symbol in missing)[:5])
                raise VendorError(f"no library defines what {elf.path.name} needs: {names}")
            symbols.update(missing)
        if not symbols:
            return {}
        stubs.build(self.compiler, self.directory / stubs.NAME, self.work, symbols)
        return {stubs.NAME: Elf(self.directory / stubs.NAME)}

    def _repoint(self, elf: Elf, system: System, supply: Iterable[str]) -> bool:
        """Bring one file down to the baseline; say whether it uses the compat library."""
        changes = repoint.plan(elf, system, supply)
        repoint.write(elf.path, elf, changes)
        if changes.notes:
            self.notes[elf.path.name] = dict(sorted(changes.notes.items()))
        return bool(changes.supplied)

    def _relink(self, elf: Elf, *, uses_compat: bool) -> None:
        """Have a library look for the others beside itself, and for the stubs, not what they replace."""
        options = ["--set-rpath", "$ORIGIN"]
        versioned = {need.library for need in elf.needs}
        for position, name in enumerate(stubs.replaced(elf)):
            # An entry that symbol versions hang on is renamed, for they would stay behind without it.
            if position == 0 or name in versioned:
                options += ["--replace-needed", name, stubs.NAME]
            else:
                options += ["--remove-needed", name]
        if uses_compat:
            options += ["--add-needed", COMPAT]
        run([self.patchelf, *options, str(elf.path)], f"re-linking {elf.path.name}")


def _by_soname(extracted: Path) -> dict[str, Path]:
    found = {}
    for path in sorted(extracted.glob("usr/lib/**/*.so*")):
        if path.is_symlink() or not path.is_file():
            continue
        with path.open("rb") as file:
            if file.read(4) != b"\x7fELF":
                continue
        soname = Elf(path).soname
        if soname:
            found[soname] = path
    return found
