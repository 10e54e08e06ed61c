# SPDX-License-Identifier: Apache-2.0
"""A stand-in for libraries that LLVM links and WasmEdge never reaches: SMT solver, line editing and XML."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from .compiler import Compiler
from .elf import GLOBAL, Elf, Symbol

NAME = "libwasmedge-stubs.so"

# The real ones would add 40 MB and more symbols that are newer than the baseline.
REPLACED = re.compile(r"lib(?:z3|edit|xml2)\.so\.\d+")

_OWN_VERSION = "WASMEDGE_STUBS"
_HEAD = """\
#include <unistd.h>

extern "C" {

[[noreturn]] void abort() noexcept;

[[noreturn]] static void stop(const char *name, unsigned long size) {
  static const char text[] = " was called, which the vendored WasmEdge leaves out\\n";
  (void)!write(2, name, size);
  (void)!write(2, text, sizeof text - 1);
  abort();
}

static void stop_by_pointer() { stop("a function of libz3, libedit or libxml2", 39); }

"""


def replaced(elf: Elf) -> list[str]:
    """Return which of a file's needed libraries the stubs stand in for."""
    return [name for name in elf.needed if REPLACED.fullmatch(name)]


def missing(elf: Elf, providers: Iterable[Elf]) -> dict[Symbol, str]:
    """Return the symbols that only the replaced libraries define, with the version asked for or none."""
    names = set(replaced(elf))
    asked = {need.number: need.version for need in elf.needs if need.library in names}
    defined = {name for provider in providers for name in provider.definitions}
    found = {}
    for symbol in elf.symbols:
        if symbol.defined or symbol.weak:
            continue
        if symbol.version in asked or (symbol.version <= GLOBAL and symbol.name not in defined):
            found[symbol] = asked.get(symbol.version, "")
    return found


def build(compiler: Compiler, library: Path, work: Path, symbols: Mapping[Symbol, str]) -> None:
    """Compile the library: functions that stop the process, and data that points to such a function."""
    source, script = work / "stubs.cpp", work / "stubs.map"
    source.write_text(_HEAD + "".join(map(_definition, symbols)) + "\n}\n", encoding="utf-8")
    script.write_text(_version_script(symbols), encoding="utf-8")
    compiler.library(library, [source], script)


def _definition(symbol: Symbol) -> str:
    if symbol.is_data:
        # Whether LLVM reads a function pointer (xmlFree) or a structure, it finds what stops the process.
        array = f"void (*const {symbol.name}[8])()"
        return f"extern {array};\n{array} = {{{', '.join(['stop_by_pointer'] * 8)}}};\n"
    return f'void {symbol.name}() {{ stop("{symbol.name}", {len(symbol.name)}); }}\n'


def _version_script(symbols: Mapping[Symbol, str]) -> str:
    """Give each symbol the version asked for, else one of the stubs' own, which a plain reference accepts."""
    versions: dict[str, list[str]] = {}
    for symbol, version in symbols.items():
        versions.setdefault(version or _OWN_VERSION, []).append(f"{symbol.name};")
    blocks = [f"{version} {{ global: {' '.join(names)} }};\n" for version, names in sorted(versions.items())]
    return "".join(blocks) + "WASMEDGE_LOCAL { local: *; };\n"
