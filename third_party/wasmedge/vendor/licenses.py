# SPDX-License-Identifier: Apache-2.0
"""The licences of what is bundled, which have to travel with it."""

import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from .errors import VendorError
from .lock import HEADERS, Package

_COMMON = re.compile(r"/usr/share/common-licenses/([A-Za-z0-9.+-]*[A-Za-z0-9])")


def copy(packages: Iterable[Package], extracted: Path, target: Path) -> None:
    """Copy each package's copyright file, and the common licences that these name in place of their text."""
    target.mkdir()
    for package in packages:
        source = extracted / "usr/share/doc" / package.name / "copyright"
        if not source.is_file():
            raise VendorError(f"{package.name} {package.version} has no copyright file to bundle")
        # The headers are of the same source as the library.
        if package.name != HEADERS:
            shutil.copyfile(source, target / f"{package.name}.txt")
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in target.iterdir()]
    for name in sorted({name for text in texts for name in _COMMON.findall(text)}):
        common = Path("/usr/share/common-licenses") / name
        if common.is_file():
            shutil.copyfile(common, target / f"common-{name}.txt")
