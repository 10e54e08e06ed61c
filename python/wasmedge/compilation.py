# SPDX-License-Identifier: Apache-2.0
"""Compilation with files around it: where the compiler's output goes, and that nothing else is left behind."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any

from wasmedge import _core, worker
from wasmedge._core import Compiler, Configure, Loader, Module, OutputFormat, RunMode
from wasmedge.errors import CompileError, LoadError
from wasmedge.unfinished import replacing, work_directory

__all__ = ["compile", "compile_bytes"]


def compile(compiler: Compiler, source: Any, output: Any, dump_ir: Any) -> bytes | Path:  # noqa: A001
    """Do what `Compiler.compile` promises; called by the extension."""
    configure = compiler._configure
    if configure.dump_ir and dump_ir is None:
        raise ValueError("dump_ir is on: compile(…, dump_ir=directory) says where the intermediate code goes")
    module = Loader(configure).load(source)
    if output is None:
        return _compile_checked(module, configure, dump_ir)
    target = Path(os.fsdecode(output))
    if not isinstance(source, Module) and isinstance(source, (str, os.PathLike)):
        _refuse_input(Path(os.fsdecode(source)), target)
    with replacing(target) as new:
        code = _compile_checked(module, configure, dump_ir)
        with new.open("wb") as file:
            file.write(code)
            file.flush()
            os.fsync(file.fileno())
    return target


def compile_bytes(wasm: bytes, label: str, configure: Configure) -> bytes:
    """Compile a module's bytes in this process. What comes out has not been tried.

    Raises:
        LoadError, ValidationError: It is no module, or not a valid one.
        CompileError: It cannot be compiled.
        OSError: There is no room for temporary files.
    """
    with work_directory() as work:
        made = work / "module.so"
        Compiler(configure)._compile_to(wasm, label, str(made))
        return made.read_bytes()


def _compile_checked(module: Module, configure: Configure, dump_ir: Any) -> bytes:
    """Compile, and load the code: a success that the compiler reports is not always one."""
    if dump_ir is None:
        code = compile_bytes(module._bytes(), module._label, configure)
    else:
        code = _compile_dumping(module, configure, Path(os.fsdecode(dump_ir)))
    try:
        _core._load_native(code, "the code", configure, RunMode.AOT)
    except LoadError as error:
        advice = "; use OutputFormat.NATIVE" if configure.output_format is OutputFormat.WASM else ""
        message = f"cannot compile {module._label}: what the compiler wrote cannot be used{advice}"
        raise CompileError(message, int(error.code), details=(str(error), *error.details)) from error
    return code


def _compile_dumping(module: Module, configure: Configure, directory: Path) -> bytes:
    """Compile in a process whose current directory is another: that is where the compiler dumps to."""
    if not directory.is_dir():
        raise NotADirectoryError(f"dump_ir wants a directory, and {directory} is none")
    configure = configure._copy()
    configure.dump_ir = True  # who names a directory wants it
    with work_directory() as work:
        job = worker.Job.write(work, module._bytes(), module._label, configure, "")
        worker.run(job, directory)
        return job.output.read_bytes()


def _refuse_input(source: Path, target: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        if source.samefile(target):
            raise ValueError(f"the output {str(target)!r} is the input")
