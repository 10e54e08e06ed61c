# SPDX-License-Identifier: Apache-2.0
"""Compilation in a process of its own: with another current directory, or in the background at low priority."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from wasmedge import errors
from wasmedge._core import Compiler, Configure, OptimizationLevel, OutputFormat, Proposal

__all__ = ["Job", "begin", "run"]

_SWITCHES = ("count_instructions", "measure_cost", "measure_time", "dump_ir", "generic_binary", "interruptible")
# The child imports this package from where the parent has it.
_PROGRAM = "import sys; sys.path[:] = {path!r}; from wasmedge import worker; sys.exit(worker._main())"


class Job(NamedTuple):
    """A directory with what is to be compiled, and how."""

    directory: Path

    @classmethod
    def write(cls, directory: Path, wasm: bytes, label: str, configure: Configure, key: str) -> Job:
        """Describe a compilation in a directory; with a key its output goes to the cache and nowhere else."""
        job = cls(directory)
        job.wasm.write_bytes(wasm)
        options = {
            "label": label,
            "key": key,
            "proposals": [proposal.name for proposal in Proposal if proposal in configure],
            "level": configure.optimization_level.name,
            "format": configure.output_format.name,
            "switches": [name for name in _SWITCHES if getattr(configure, name)],
        }
        (directory / "options.json").write_text(json.dumps(options), encoding="utf-8")
        return job

    @property
    def wasm(self) -> Path:
        """The module's file."""
        return self.directory / "module.wasm"

    @property
    def output(self) -> Path:
        """The compiler's file."""
        return self.directory / "module.so"


def run(job: Job, working_directory: Path) -> None:
    """Compile and wait for it.

    Raises:
        WasmEdgeError: The compilation failed.
    """
    command = [*_command(), str(job.directory.resolve())]
    done = subprocess.run(command, cwd=working_directory, capture_output=True, check=False)  # noqa: S603 - our own
    if done.returncode == 0:
        return
    with contextlib.suppress(ValueError):
        name, message, code, details = json.loads(done.stdout)
        raise getattr(errors, name)(message, code, details=tuple(details))
    raise errors.CompileError(f"the compiler's process ended with {done.returncode}", details=(done.stderr.decode(),))


def begin(job: Job) -> int:
    """Begin to compile in the background, and give the process's id, for os.waitpid(). It removes the job's directory.

    Raises:
        OSError: There can be no such process.
    """
    quiet = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in range(3)]
    command = [*_command(), "--background", str(job.directory.resolve())]
    return os.posix_spawn(command[0], command, os.environ, file_actions=quiet)


def _command() -> list[str]:
    # Where Python is embedded it is the path of another program, which would not know what to do.
    if "python" not in Path(sys.executable or "").name.lower():
        raise FileNotFoundError("the Python interpreter's own path is not known")
    path = [os.path.abspath(entry) for entry in sys.path]
    return [sys.executable, "-I", "-W", "ignore", "-c", _PROGRAM.format(path=path)]


def _main() -> int:
    background, directory = "--background" in sys.argv[1:], Path(sys.argv[-1])
    if background:
        _step_back()
    try:
        _compile(Job(directory))
    except errors.WasmEdgeError as error:
        print(json.dumps([type(error).__name__, error.message, int(error.code), error.details]))
        return 1
    finally:
        if background:
            shutil.rmtree(directory, ignore_errors=True)
    return 0


def _step_back() -> None:
    """Let everything else go first, and live on when the terminal or the parent ends."""
    with contextlib.suppress(OSError):
        os.setsid()
    os.nice(19)
    with contextlib.suppress(OSError, AttributeError):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def _compile(job: Job) -> None:
    options: dict[str, Any] = json.loads((job.directory / "options.json").read_text(encoding="utf-8"))
    compiler = Compiler(_configure(options))
    if not options["key"]:
        compiler._compile_to(job.wasm.read_bytes(), options["label"], str(job.output))
        return
    from wasmedge import cache  # noqa: PLC0415 - the other kind of job does without

    with cache._lock(options["key"]):
        if cache._find(options["key"]) is None:
            compiler._compile_to(job.wasm.read_bytes(), options["label"], str(job.output))
            cache._store(options["key"], job.output.read_bytes())


def _configure(options: dict[str, Any]) -> Configure:
    configure = Configure()
    for name in options["switches"]:
        setattr(configure, name, True)
    # Backwards, as later proposals stand on earlier ones.
    for proposal in reversed(Proposal):
        if proposal.name not in options["proposals"]:
            configure.remove(proposal)
    for name in options["proposals"]:
        configure.add(Proposal[name])
    configure.optimization_level = OptimizationLevel[options["level"]]
    configure.output_format = OutputFormat[options["format"]]
    return configure
