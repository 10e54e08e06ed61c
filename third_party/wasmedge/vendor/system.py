# SPDX-License-Identifier: Apache-2.0
"""The build machine's own C, C++ and support libraries, as the compiler finds them."""

from .compiler import Compiler
from .elf import Elf
from .errors import VendorError


class System:
    """Reads the libraries that a bundled one expects of the system, each once."""

    def __init__(self, compiler: Compiler, elf_machine: str) -> None:
        """Read nothing yet; `elf_machine` is what a library has to be built for."""
        self._compiler = compiler
        self._elf_machine = elf_machine
        self._known: dict[str, Elf] = {}

    def library(self, name: str) -> Elf:
        """Return a system library by its soname; raise if the machine has none for the target."""
        if name not in self._known:
            path = self._compiler.find(name)
            elf = Elf(path) if path else None
            if elf is None or elf.machine != self._elf_machine:
                raise VendorError(f"the compiler finds no {name} for its target to read symbol versions from")
            self._known[name] = elf
        return self._known[name]

    def versions(self, library: str, symbol: str) -> list[str]:
        """Return the versions in which a system library defines a symbol."""
        return self.library(library).definitions.get(symbol, [])

    def all_versions(self, library: str) -> list[str]:
        """Return every version that a system library defines, by their order in the file."""
        return list(self.library(library).versions.values())
