# SPDX-License-Identifier: Apache-2.0
"""The suite's files: scripts in the JSON of ``wasm-tools json-from-wast``, and the modules that they name."""

from __future__ import annotations

import functools
import json
import os
import re
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[3]
RELEASE = re.compile(r"wg-(\d+\.\d+)-[\w-]+(\.tar\.xz)?$")


@dataclass(frozen=True)
class Script:
    """One file of the suite.

    Attributes:
        release: The version of the standard, such as ``"2.0"``.
        name: The file's path in the suite, without its suffix.
        files: What is beside it, by name.
    """

    release: str
    name: str
    files: Mapping[str, bytes]

    def commands(self) -> list[dict[str, Any]]:
        """Return what the script does, in order."""
        (source,) = (data for name, data in self.files.items() if name.endswith(".json"))
        commands: list[dict[str, Any]] = json.loads(source)["commands"]
        return commands


def directory() -> Path:
    """Return where the suite is looked for: ``WASM_SPEC_DIR``, or ``shared/spec`` beside the repository."""
    return Path(os.environ.get("WASM_SPEC_DIR") or ROOT.parent / "shared" / "spec")


@functools.cache
def releases() -> dict[str, Path]:
    """Return the releases that are there, as archives or unpacked."""
    place = directory()
    found = sorted(place.iterdir()) if place.is_dir() else []
    return {match[1]: path for path in found if (match := RELEASE.fullmatch(path.name))}


@functools.cache
def scripts(release: str) -> dict[str, Script]:
    """Return a release's scripts by name.

    They stay in memory: the archives are small, and unpacked they are twenty megabytes in thousands of files.
    """
    path = releases()[release]
    folders: dict[str, dict[str, bytes]] = {}
    for name, data in (_unpacked(path) if path.is_dir() else _packed(path)).items():
        folder, _, file = name.rpartition("/")
        folders.setdefault(folder, {})[file] = data
    named = {_name(folder): Script(release, _name(folder), files) for folder, files in sorted(folders.items())}
    return {name: script for name, script in named.items() if any(file.endswith(".json") for file in script.files)}


def _name(folder: str) -> str:
    """Return a script's name: most have a folder of their own name, beside others of the same kind."""
    parts = folder.split("/")
    return "/".join(parts[:-1] if parts[-2:-1] == parts[-1:] else parts)


def _packed(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as archive:
        members = [member for member in archive if member.isfile()]
        return {member.name.partition("/")[2]: _read(archive, member) for member in members}


def _read(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member)
    assert file is not None
    return file.read()


def _unpacked(path: Path) -> dict[str, bytes]:
    return {str(file.relative_to(path)): file.read_bytes() for file in path.rglob("*") if file.is_file()}
