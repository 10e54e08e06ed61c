# SPDX-License-Identifier: Apache-2.0
"""Running other programs so that a failure shows what they said, and an interruption leaves none behind."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from .errors import VendorError

_SHOWN_LINES = 12


def run(command: Sequence[str], task: str, *, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> str:
    """Run a program and return its standard output; raise naming the task and what it said if it fails."""
    process = _start(command, task, cwd, {**os.environ, "LC_ALL": "C", **(env or {})})
    try:
        output, errors = (data.decode(errors="replace") for data in process.communicate())
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
    if process.returncode != 0:
        said = (errors.strip() or output.strip()).splitlines()
        shown = "".join(f"\n  {line}" for line in said[-_SHOWN_LINES:])
        status = process.returncode
        how = f"ended with status {status}" if status > 0 else f"was ended by {signal.Signals(-status).name}"
        raise VendorError(f"{task}: {Path(command[0]).name} {how}{shown}")
    return output


def _start(command: Sequence[str], task: str, cwd: Path | None, env: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    try:
        # A session of its own, so that the helpers that a program starts can be ended with it.
        return subprocess.Popen(  # noqa: S603 - the tool's work is to run other programs
            command,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise VendorError(f"{task}: cannot run {command[0]}: {error.strerror}") from error
