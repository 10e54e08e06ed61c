# SPDX-License-Identifier: Apache-2.0
"""An `apt-get` that serves FAKE_ARCHIVE: the two subcommands that the tool uses, and failures on demand."""

import os
import re
import shutil
import sys
import time
from pathlib import Path

ARCHIVE = Path(os.environ["FAKE_ARCHIVE"])
MODE = os.environ.get("FAKE_MODE", "")


def fail(text: str) -> None:
    """End as apt-get does."""
    print(f"E: {text}", file=sys.stderr)
    sys.exit(100)


def setting(name: str) -> str:
    """Read a value of the configuration file that the tool passes."""
    text = Path(sys.argv[sys.argv.index("-c") + 1]).read_text(encoding="utf-8")
    match = re.search(rf'^{name} "(.*)";', text, re.MULTILINE)
    if match is None:
        raise KeyError(name)
    return match[1]


def update() -> None:
    """Copy the package index of every suite that the sources name."""
    if MODE == "unreachable":
        fail("Failed to fetch fake:/InRelease  Could not resolve 'archive.invalid'")
    for source in Path(setting("Dir::Etc::SourceParts")).glob("*.sources"):
        suite = source.stem
        index = ARCHIVE / "dists" / suite / f"Packages-{setting('APT::Architecture')}"
        if not index.exists():
            fail(f"The repository 'fake: {suite} Release' does not have a Release file.")
        shutil.copyfile(index, Path(setting("Dir::State::Lists")) / f"fake_dists_{suite}_main_Packages")


def download(wanted: list[str]) -> None:
    """Put packages into the current directory, whole or as the mode asks for."""
    if MODE == "hang":
        Path("started").touch()
        time.sleep(60)
    text = "\n".join(path.read_text() for path in Path(setting("Dir::State::Lists")).glob("*_Packages"))
    for name, version in (item.split("=") for item in wanted):
        pattern = rf"^Package: {re.escape(name)}\nVersion: {re.escape(version)}\n(?:.+\n)*?Filename: (.+)$"
        match = re.search(pattern, text, re.MULTILINE)
        if match is None:
            fail(f"Version '{version}' for '{name}' was not found")
            return
        content = (ARCHIVE / match[1]).read_bytes()
        Path(Path(match[1]).name).write_bytes(content[: len(content) // 2] if MODE == "truncate" else content)


def main() -> None:
    """Note the call, and do as asked."""
    arguments = [word for word in sys.argv[1:] if word != "-c" and not word.endswith("apt.conf")]
    with (ARCHIVE / "calls").open("a", encoding="utf-8") as calls:
        calls.write(" ".join(arguments) + "\n")
    try:
        if arguments[0] == "update":
            update()
        else:
            download(arguments[1:])
    except OSError as error:
        fail(f"Write error - write ({error.errno}: {error.strerror})")


if __name__ == "__main__":
    main()
