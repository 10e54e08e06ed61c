# SPDX-License-Identifier: Apache-2.0
"""Check what a finished wheel holds: python tools/check_wheel.py WHEEL..."""

from __future__ import annotations

import re
import sys
import zipfile
from pathlib import Path, PurePosixPath

BUDGET = 52e6  # bytes; libLLVM takes nearly all of them
NEWEST = (2, 34)  # of glibc: Debian 12, Ubuntu 22.04, RHEL 9 and later
OURS = {"libwasmedge-compat.so", "libwasmedge-stubs.so"}
LIBRARIES = PurePosixPath("wasmedge/lib")
LICENSES = LIBRARIES / "licenses"


def _tag_problems(wheel: Path) -> list[str]:
    versions = [(int(major), int(minor)) for major, minor in re.findall(r"manylinux_(\d+)_(\d+)_", wheel.name)]
    if not versions:
        return ["is tagged for no manylinux"]
    return [f"needs glibc {min(versions)}, newer than {NEWEST}"] if min(versions) > NEWEST else []


def _abi_problems(wheel: Path, names: list[PurePosixPath]) -> list[str]:
    """The extension is for the interpreter that the wheel's name says: cp313-cp313t has _core.cpython-313t-*.so."""
    _, python, abi, _ = wheel.stem.rsplit("-", 3)
    wanted = f"wasmedge/_core.cpython-{abi.removeprefix('cp')}-*.so"
    if not abi.startswith(python):
        return [f"is for the interpreter {python}, but for the ABI {abi}"]
    return [] if any(name.match(wanted) for name in names) else [f"has no {wanted}"]


def _license_problems(names: list[PurePosixPath]) -> list[str]:
    """Every library that we did not write has its licence beside it: libffi.so.8 has licenses/libffi8.txt."""
    licenses = [name.name.lower() for name in names if name.parent == LICENSES]
    libraries = [name.name for name in names if name.parent == LIBRARIES and name.name not in OURS]
    missing = [
        f"has no licence of {library}"
        for library in libraries
        if not any(license_.startswith(library.lower().split(".so")[0]) for license_ in licenses)
    ]
    stated = {name.parts[-2:] for name in names if ".dist-info" in name.parts[0] and "licenses" in name.parts}
    wanted = {("licenses", "LICENSE"), ("pybind11", "LICENSE")}
    return missing + [f"has no licence {'/'.join(parts)}" for parts in sorted(wanted - stated)]


def _content_problems(names: list[PurePosixPath]) -> list[str]:
    tops = {name.parts[0] for name in names}
    strange = {top for top in tops if top != "wasmedge" and not top.endswith(".dist-info")}
    problems = [f"holds {top}/, which is no part of the package" for top in sorted(strange)]
    extensions = [name for name in names if name.match("wasmedge/_core.cpython-*.so")]
    if len(extensions) != 1:
        problems.append(f"holds {len(extensions)} extension modules")
    wanted = ("wasmedge/py.typed", "wasmedge/_core.pyi", "wasmedge/lib/libwasmedge.so.0")
    return problems + [f"lacks {name}" for name in wanted if PurePosixPath(name) not in names]


def main(arguments: list[str]) -> int:
    """Print each wheel's size and problems; return the exit code."""
    failed = not arguments
    for wheel in map(Path, arguments):
        with zipfile.ZipFile(wheel) as archive:
            names = [PurePosixPath(name) for name in archive.namelist() if not name.endswith("/")]
            unpacked = sum(info.file_size for info in archive.infolist())
            largest = sorted(archive.infolist(), key=lambda info: -info.compress_size)[:4]
        problems = [
            *_tag_problems(wheel),
            *_abi_problems(wheel, names),
            *_license_problems(names),
            *_content_problems(names),
        ]
        size = wheel.stat().st_size
        if size > BUDGET:
            problems.append(f"is larger than {BUDGET / 1e6:.0f} MB")
        print(f"{wheel.name}: {size / 1e6:.1f} MB, unpacked {unpacked / 1e6:.1f} MB, {len(names)} files")
        print("".join(f"  {info.compress_size / 1e6:5.1f} MB {info.filename}\n" for info in largest), end="")
        print("".join(f"  {problem}\n" for problem in problems), end="")
        failed = failed or bool(problems)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
