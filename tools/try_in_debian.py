# SPDX-License-Identifier: Apache-2.0
"""Run the quick tests with a wheel in another release of Debian: python tools/try_in_debian.py SUITE WHEELHOUSE.

The release is a minimal one with its own Python and no compiler, in a directory under build/, which stays for the next
time. Needs root, debootstrap, and a Debian-family machine, whose archive is taken.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "third_party" / "wasmedge"))

from vendor import sources  # noqa: E402 - the tool that knows where the machine's archive is

VERSION = "import sys; print('%d.%d' % sys.version_info[:2])"
# Mounts are in a namespace of their own, and go with it.
INSIDE = """
set -e
mount -t proc proc "$1/proc"
mkdir -p "$1/dev/shm"
mount -t tmpfs tmpfs "$1/dev/shm"
exec chroot "$1" /usr/bin/env -i PATH=/usr/bin:/bin LANG=C.UTF-8 HOME=/root sh -ec "$2"
"""
TRY = """
cd /project
rm -rf /venv
python3 -m venv /venv
/venv/bin/pip install --quiet --no-index --find-links /wheels 'pywasmedge[test]'
. /etc/os-release
echo "$PRETTY_NAME"
/venv/bin/python tools/try_package.py
/venv/bin/python -m pytest -m quick
"""


def run(*command: str | Path) -> None:
    """Run a command; end with its exit code when it fails."""
    code = subprocess.run(command, check=False).returncode
    if code != 0:
        sys.exit(code)


def lay(suite: str) -> Path:
    """Return the directory of a release; made, if it is not there."""
    home = ROOT / "build" / "releases" / suite
    if not home.exists():
        new = home.with_name(f"{suite}.new")
        shutil.rmtree(new, ignore_errors=True)
        new.parent.mkdir(parents=True, exist_ok=True)
        run("debootstrap", "--variant=minbase", "--include=python3-venv", suite, new, sources.find().uri)
        new.rename(home)
    return home


def main(suite: str, wheelhouse: Path) -> None:
    """Try the wheel that is for the Python of a release."""
    if os.geteuid() != 0 or not shutil.which("debootstrap"):
        sys.exit("only root can, with debootstrap installed")
    home = lay(suite)
    done = subprocess.run(["chroot", home, "python3", "-c", VERSION], check=True, capture_output=True, text=True)
    version = done.stdout.strip()
    found = sorted(wheelhouse.glob(f"*-cp{version.replace('.', '')}-*.whl"))
    if not found:
        sys.exit(f"{wheelhouse} has no wheel for Python {version}, which {suite} has: nox -s wheels -- {version}")
    wheels, project = home / "wheels", home / "project"
    for directory in (wheels, project):
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir()
    # What is to be installed is fetched outside: the release needs no network.
    fetch = ["download", "--quiet", "--only-binary", ":all:", "--python-version", version, "--dest", str(wheels)]
    run(sys.executable, "-m", "pip", *fetch, f"{found[0]}[test]")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, project / name)
    run("unshare", "--mount", "--pid", "--fork", "sh", "-c", INSIDE, "sh", home, TRY)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
