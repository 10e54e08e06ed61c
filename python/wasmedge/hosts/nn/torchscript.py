# SPDX-License-Identifier: Apache-2.0
"""TorchScript archives of guests: what is in them, before any of it is loaded.

TorchScript is a programming language, whose operations can read and write files, print, and reach other processes;
parts of a model run as soon as it is loaded. An archive is packed anew out of what was looked at, so that nothing else
is read.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from wasmedge.hosts.calls import GuestError
from wasmedge.hosts.nn.codes import Errno

__all__ = ["checked_archive"]

# Operations that do more than compute, and namespaces of such; as words, for there are many ways of naming them.
_REACHING = re.compile(
    rb"\b(save|from_file|print|PythonOp|IgnoredPythonOp|rpc_\w+|dist_rpc|_?c10d\w*|_dtensor|symm_mem|debugprims)\b"
)
_CLASSES = re.compile(rb"\btorch\s*\.\s*classes\s*\.\s*(?!(?:quantized|xnnpack|mkldnn|rnn|sparse)\b)\w+")
_GETATTR = re.compile(rb"\bgetattr\b")
_PLAIN_GETATTR = re.compile(rb'\bgetattr\([\w.]+, "\w*"\)')
_TENSOR = re.compile(r"[^/]+/(data|constants)/[^/]+")
_MOST_GROWTH = 4  # an archive that unpacks to more times its size is no model
_SMALL = 1 << 24


def checked_archive(model: bytes) -> io.BytesIO:
    """Return an archive with the same model, none of whose code does more than compute.

    Args:
        model: The archive.

    Raises:
        GuestError: Some of it does, or it is no archive of TorchScript.
    """
    packed = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(model)) as source, zipfile.ZipFile(packed, "w") as target:
            entries = source.infolist()
            if sum(entry.file_size for entry in entries) > _SMALL + _MOST_GROWTH * len(model):
                raise _refused("the archive unpacks to too much")
            if len({entry.filename for entry in entries}) != len(entries):
                raise _refused("the archive has two entries of one name")
            for entry in entries:
                if entry.filename.endswith(".debug_pkl"):
                    continue  # tells where errors are in the sources
                data = source.read(entry)
                if not _TENSOR.fullmatch(entry.filename):
                    _check(data)
                target.writestr(entry.filename, data)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError, ValueError, zlib.error) as error:
        raise _refused(f"the model is no archive of TorchScript: {error}") from error
    packed.seek(0)
    return packed


def _check(data: bytes) -> None:
    """Refuse code, and descriptions of objects, that name what is not for guests."""
    found = _REACHING.search(data) or _CLASSES.search(data)
    if found:
        raise _refused(f"models of guests may not use {found.group().decode()}")
    if len(_GETATTR.findall(data)) != len(_PLAIN_GETATTR.findall(data)):
        raise _refused("the model looks up attributes in an unusual way")


def _refused(reason: str) -> GuestError:
    return GuestError(Errno.INVALID_ARGUMENT, reason)
