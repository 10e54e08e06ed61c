# SPDX-License-Identifier: Apache-2.0
"""The C++ compiler that the build gives to the tool."""

import shlex
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .errors import VendorError
from .process import run

_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
_FLAGS = ("-std=c++17", "-O2", "-fPIC", "-shared", "-Wl,--as-needed", "-Wl,--build-id=none", "-Wl,-z,now")


@dataclass(frozen=True)
class Compiler:
    """A compiler command, as given in CXX, with what it says about itself."""

    command: tuple[str, ...]
    identity: str

    def library(self, output: Path, sources: Sequence[Path], version_script: Path) -> None:
        """Build a shared library whose SONAME is its file name."""
        names = (f"-Wl,-soname,{output.name}", f"-Wl,--version-script={version_script}")
        files = [str(source) for source in sources]
        run([*self.command, *_FLAGS, *names, "-o", str(output), *files], f"compiling {output.name}")

    def find(self, soname: str) -> Path | None:
        """Return where this compiler's target keeps one of its own libraries."""
        path = Path(run([*self.command, f"-print-file-name={soname}"], f"looking for {soname}").strip())
        return path.resolve() if path.is_absolute() and path.exists() else None


def choose(text: str, arch: str) -> Compiler:
    """Check that a compiler is there and makes code for the architecture and glibc."""
    command = tuple(shlex.split(text))
    if not command or shutil.which(command[0]) is None:
        raise VendorError(f"no C++ compiler: {text!r} was not found (set CXX, or install g++ or clang++)")
    version = run([*command, "--version"], "asking the compiler for its version").splitlines()
    target = run([*command, "-dumpmachine"], "asking the compiler for its target").strip()
    if "musl" in target:
        raise VendorError(f"the compiler {text!r} builds for musl ({target}), the packages are for glibc")
    if not target.startswith(_MACHINES.get(arch, arch)):
        raise VendorError(f"the compiler {text!r} builds for {target}, not for {arch}: give --cxx another")
    # GCC repeats the name that it was called by, and the same compiler has several.
    identity = version[0].removeprefix(Path(command[0]).name).strip() if version else ""
    return Compiler(command, f"{identity} {target}")
