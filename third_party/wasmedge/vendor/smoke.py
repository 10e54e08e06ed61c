# SPDX-License-Identifier: Apache-2.0
"""The last step: load the library from the prefix in a process of its own and ask for its version."""

import os
import sys
from pathlib import Path

from .errors import VendorError
from .process import run

_PROBE = """\
import ctypes, sys
library = ctypes.CDLL(sys.argv[1])
library.WasmEdge_VersionGet.restype = ctypes.c_char_p
print(library.WasmEdge_VersionGet().decode())
"""


def check(library: Path, version: str) -> None:
    """Raise unless the library loads with every symbol bound, and its version is its package's."""
    # On the library path, so that ctypes itself loads the bundled libffi, and not the system's before it.
    places = [str(library.parent), *filter(None, [os.environ.get("LD_LIBRARY_PATH")])]
    env = {"LD_BIND_NOW": "1", "LD_LIBRARY_PATH": ":".join(places)}
    command = [sys.executable, "-I", "-S", "-c", _PROBE, str(library)]
    found = run(command, f"loading {library.name} from the new prefix", env=env).strip()
    if found != version:
        raise VendorError(f"the library says that it is WasmEdge {found}, and its package says {version}")
