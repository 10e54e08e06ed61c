# SPDX-License-Identifier: Apache-2.0
"""The machine's own Debian entry among apt's sources, in either format, as the pattern for a private one."""

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from .errors import VendorError
from .process import run

_OPTIONS = ("Signed-By", "Trusted", "Check-Valid-Until", "Check-Date")
_GENERIC_SUITES = frozenset({"stable", "testing", "unstable", "sid"})
_ONE_LINE = re.compile(r"deb\s+(?:\[(?P<options>[^]]*)\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)\s+(?P<components>.+)")


@dataclass(frozen=True)
class Source:
    """Where an archive is and how it is verified; the suite is the machine's own."""

    uri: str
    suite: str
    options: tuple[tuple[str, str], ...]

    def stanza(self, suite: str) -> str:
        """Return a deb822 entry for another suite of the same archive; only its package index is fetched."""
        fields = {
            "Types": "deb",
            "URIs": self.uri,
            "Suites": suite,
            "Components": "main",
            "Targets": "Packages",
        }
        return "".join(f"{name}: {value}\n" for name, value in [*fields.items(), *self.options])


def find() -> Source:
    """Return the machine's Debian entry; raise if there is none."""
    if shutil.which("apt-get") is None:
        raise VendorError("apt-get was not found on PATH: it is needed to download WasmEdge's packages")
    main, parts = _locations()
    found = [source for path in [main, *sorted(parts.glob("*"))] for source in _read(path)]
    if not found:
        raise VendorError(f"not a Debian machine: no entry for its main archive in {main} or {parts}")
    # Other publishers use Debian's suite names too; the archive itself is signed by, or named after, Debian.
    return min(found, key=lambda source: not _looks_like_debian(source))


def _looks_like_debian(source: Source) -> bool:
    signed_by = dict(source.options).get("Signed-By", "")
    return "debian-archive-keyring" in signed_by or source.uri.rstrip("/").endswith("/debian")


def _locations() -> tuple[Path, Path]:
    """Ask apt where it reads its sources, for it can be configured."""
    main, parts = Path("/etc/apt/sources.list"), Path("/etc/apt/sources.list.d")
    if shutil.which("apt-config"):
        answer = run(
            ["apt-config", "shell", "MAIN", "Dir::Etc::sourcelist/f", "PARTS", "Dir::Etc::sourceparts/d"],
            "asking apt for its sources",
        )
        values = dict(re.findall(r"^(\w+)='(.*)'$", answer, re.MULTILINE))
        main, parts = Path(values.get("MAIN", main)), Path(values.get("PARTS", parts))
    return main, parts


def _read(path: Path) -> Iterator[Source]:
    if path.suffix not in {".list", ".sources"} or not path.is_file():
        return
    text = path.read_text(encoding="utf-8", errors="replace")
    for entry in _deb822(text) if path.suffix == ".sources" else _one_line(text):
        if entry.get("enabled", "yes").lower() in {"no", "false", "without", "off", "disable"}:
            continue
        if "deb" not in entry["types"].split() or "main" not in entry["components"].split():
            continue
        own = [suite for suite in entry["suites"].split() if suite in _GENERIC_SUITES | {_codename()}]
        if own and entry["uris"].split():
            options = tuple((name, entry[name.lower()]) for name in _OPTIONS if name.lower() in entry)
            yield Source(entry["uris"].split()[0], own[0], options)


def _codename() -> str:
    """Return the release's name in os-release; testing and unstable have one too."""
    path = Path("/etc/os-release")
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    match = re.search(r"^VERSION_CODENAME=\"?([\w-]+)", text, re.MULTILINE)
    return match[1] if match else "stable"


def _deb822(text: str) -> Iterator[Mapping[str, str]]:
    """Read stanzas of `Name: value`; an indented line goes on, as in an inline key."""
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for stanza in re.split(r"\n\s*\n", lines):
        entry = dict.fromkeys(("types", "uris", "suites", "components"), "")
        for name, value in re.findall(r"^([\w-]+):[ \t]*(.*(?:\n[ \t].*)*)", stanza, re.MULTILINE):
            entry[name.lower()] = value.rstrip()
        yield entry


def _one_line(text: str) -> Iterator[Mapping[str, str]]:
    for line in text.splitlines():
        match = _ONE_LINE.match(line.partition("#")[0].strip())
        if match is None:
            continue
        options = dict(word.split("=", 1) for word in (match["options"] or "").split() if "=" in word)
        yield {
            "types": "deb",
            "uris": match["uri"],
            "suites": match["suite"],
            "components": match["components"],
            **{name.lower(): value for name, value in options.items()},
        }
