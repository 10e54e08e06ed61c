# SPDX-License-Identifier: Apache-2.0
"""A machine that uses the archive: apt's configuration, a PATH, a cache, a place for the prefix."""

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from .archive import Archive, Deb

HERE = Path(__file__).resolve().parent
TOOL = HERE.parent / "vendor"


@dataclass
class Site:
    """The surroundings of a run of the tool, all under one directory."""

    root: Path
    archive: Archive
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the directories, the fake apt-get and the configuration."""
        programs, apt = self.root / "bin", self.root / "apt"
        for directory in (programs, apt / "parts", self.root / "place"):
            directory.mkdir(parents=True)
        script = programs / "apt-get"
        script.write_text(f"#!/bin/sh\nexec '{sys.executable}' -IS '{HERE / 'apt_get.py'}' \"$@\"\n", encoding="utf-8")
        script.chmod(0o755)
        configuration = f'Dir::Etc::SourceList "{apt}/none.list";\nDir::Etc::SourceParts "{apt}/parts";\n'
        (apt / "apt.conf").write_text(configuration, encoding="utf-8")
        self.sources("Types: deb\nURIs: fake:/debian\nSuites: stable\nComponents: main\n")
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("WASMEDGE", "CXX"))},
            "PATH": f"{programs}:{os.environ['PATH']}",
            "APT_CONFIG": str(apt / "apt.conf"),
            "PYWASMEDGE_DOWNLOAD_CACHE": str(self.root / "cache"),
            "TMPDIR": str(self.root / "place"),
            "FAKE_ARCHIVE": str(self.archive.root),
        }

    @property
    def prefix(self) -> Path:
        """Where the tool is told to lay the prefix."""
        return self.root / "place" / "prefix"

    def sources(self, text: str) -> None:
        """Write the machine's apt sources."""
        (self.root / "apt/parts/debian.sources").write_text(text, encoding="utf-8")

    def lock(self, *debs: Deb | str, suites: str = "forky unstable") -> None:
        """Write the lock file."""
        lines = [deb if isinstance(deb, str) else deb.line for deb in debs]
        (self.root / "test.lock").write_text("\n".join([f"suites {suites}", *lines, ""]), encoding="utf-8")

    def without(self, *programs: str) -> None:
        """Take programs off the PATH, and the fake apt-get with them."""
        kept = self.root / "kept"
        kept.mkdir()
        found = {path.name: path for directory in ("/bin", "/usr/bin") for path in Path(directory).iterdir()}
        for name in found.keys() - set(programs):
            (kept / name).symlink_to(found[name])
        own = [] if "apt-get" in programs else [str(self.root / "bin")]
        self.environment["PATH"] = ":".join([*own, str(kept)])

    def command(self, *arguments: str) -> list[str]:
        """Return the command line of the tool."""
        lock = str(self.root / "test.lock")
        return [sys.executable, str(TOOL), "--prefix", str(self.prefix), "--lock-file", lock, *arguments]

    def run(self, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        """Run the tool to its end."""
        return subprocess.run(  # noqa: S603
            self.command(*arguments),
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def left(self) -> list[str]:
        """Return what lies beside the prefix and in the temporary directory."""
        return sorted(path.name for path in (self.root / "place").iterdir())
