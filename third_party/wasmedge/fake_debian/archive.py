# SPDX-License-Identifier: Apache-2.0
"""The archive itself: packages made with dpkg-deb, and suites that list them."""

import hashlib
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .libraries import Workshop

TRIPLET = "usr/lib/fake-linux-gnu"


@dataclass(frozen=True)
class Deb:
    """A package of the archive."""

    name: str
    version: str
    arch: str
    path: Path
    depends: str
    provides: str

    @property
    def line(self) -> str:
        """The line of a lock file that pins the package."""
        return f"{self.arch} {self.name} {self.version} {self.sha256}"

    @property
    def sha256(self) -> str:
        """The hash of the package file."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()

    def stanza(self, root: Path) -> str:
        """Return the package's entry in an index."""
        return (
            f"Package: {self.name}\nVersion: {self.version}\nArchitecture: {self.arch}\n"
            f"Depends: {self.depends}\nProvides: {self.provides}\nDescription: of no use\n and none here\n"
            f"Filename: {self.path.relative_to(root)}\nSize: {self.path.stat().st_size}\nSHA256: {self.sha256}\n"
        )


@dataclass
class Archive:
    """A directory of packages and suites, to which tests add what they need."""

    root: Path
    arch: str
    workshop: Workshop
    debs: dict[tuple[str, str], Deb] = field(default_factory=dict)

    def add(
        self, name: str, version: str, files: Mapping[str, Path | str], depends: str = "", provides: str = ""
    ) -> Deb:
        """Build a package of the given files and its copyright."""
        tree = self.root / "trees" / f"{name}_{version}"
        (tree / "DEBIAN").mkdir(parents=True)
        control = f"Package: {name}\nVersion: {version}\nArchitecture: {self.arch}\nMaintainer: none <none@invalid>\n"
        (tree / "DEBIAN/control").write_text(f"{control}Description: fake\n", encoding="utf-8")
        files = {f"usr/share/doc/{name}/copyright": f"The licence of {name}.\n", **files}
        for place, content in files.items():
            (tree / place).parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, Path):
                shutil.copyfile(content, tree / place)
            else:
                (tree / place).write_text(content, encoding="utf-8")
        path = self.root / "pool" / f"{name}_{version.replace(':', '%3a')}_{self.arch}.deb"
        path.parent.mkdir(exist_ok=True)
        command = ["dpkg-deb", "-Znone", "--root-owner-group", "--build", str(tree), str(path)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
        deb = Deb(name, version, self.arch, path, depends, provides)
        self.debs[name, version] = deb
        return deb

    def add_wasmedge(
        self, version: str, fmt: str = "11", *, says: str = "0.17.1", impossible: bool = False
    ) -> tuple[Deb, Deb]:
        """Build the library's package and its headers' one."""
        library = self.workshop.wasmedge(says, f"libfmt.so.{fmt}", impossible=impossible)
        depends = f"libc6 (>= 2.99), libfmt{fmt}, libllvm-virtual | libllvm99"
        headers = {"usr/include/wasmedge/wasmedge.h": "// fake\n"}
        return (
            self.add("libwasmedge0", version, {f"{TRIPLET}/libwasmedge.so.0.1.1": library}, depends),
            self.add("libwasmedge-dev", version, headers, f"libwasmedge0 (= {version})"),
        )

    def add_fmt(self, soversion: str, version: str) -> Deb:
        """Build the package of the library whose soname changes."""
        library = self.workshop.fmt(f"libfmt.so.{soversion}")
        return self.add(f"libfmt{soversion}", version, {f"{TRIPLET}/libfmt.so.{soversion}.0": library})

    def add_llvm(self, version: str) -> Deb:
        """Build the package of the library with parts that are left out."""
        files: dict[str, Path | str] = {f"{TRIPLET}/libLLVM.so.21.1": self.workshop.llvm()}
        return self.add("libllvm21", version, files, "libxml2-16, libz3-4", "libllvm-virtual (= 21)")

    def list_in(self, suite: str, *debs: Deb, sha256: str = "") -> None:
        """Make a suite that lists exactly these packages, with a wrong hash if one is given."""
        index = self.root / "dists" / suite / f"Packages-{self.arch}"
        index.parent.mkdir(parents=True, exist_ok=True)
        text = "\n".join(deb.stanza(self.root) for deb in debs)
        for deb in debs if sha256 else ():
            text = text.replace(deb.sha256, sha256)
        index.write_text(text, encoding="utf-8")

    def calls(self) -> list[str]:
        """Return what apt-get was asked for."""
        path = self.root / "calls"
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []
