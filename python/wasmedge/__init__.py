# SPDX-License-Identifier: Apache-2.0
"""WasmEdge for Python: load, validate, instantiate and run WebAssembly."""

from __future__ import annotations

import logging as _logging

try:
    from wasmedge import _core
except ImportError as _error:  # pragma: no cover - only a broken installation comes here
    raise ImportError(
        f"wasmedge's extension module could not be loaded: {_error}. Reinstall the package; if it was built against a "
        "WasmEdge of yours (WASMEDGE_ROOT), that library must still be where it was.",
        name=_error.name,
        path=_error.path,
    ) from _error

from wasmedge._core import (
    VM,
    Configure,
    ErrCategory,
    ErrCode,
    Executor,
    Exports,
    Function,
    FunctionType,
    HostRegistration,
    Instance,
    Loader,
    LogLevel,
    Memory,
    Module,
    Proposal,
    Standard,
    Statistics,
    Store,
    Validator,
    ValType,
    VMState,
    WasiModule,
    build_info,
    get_log_level,
    runtime_version,
    runtime_version_info,
    set_log_level,
)
from wasmedge._version import __version__
from wasmedge.errors import (
    CostLimitExceeded,
    ExitError,
    FunctionNotFoundError,
    InstantiationError,
    Interrupted,
    LinkError,
    LoadError,
    ModuleFileError,
    ModuleFileNotFoundError,
    Trap,
    TrapCode,
    ValidationError,
    WasmEdgeError,
    WorkflowError,
)
from wasmedge.shortcuts import Source, instantiate, run

# Without a handler of the program's own, logging would print the runtime's errors to stderr beside their exceptions.
_logging.getLogger("wasmedge").addHandler(_logging.NullHandler())

__all__ = [
    "VM",
    "Configure",
    "CostLimitExceeded",
    "ErrCategory",
    "ErrCode",
    "Executor",
    "ExitError",
    "Exports",
    "Function",
    "FunctionNotFoundError",
    "FunctionType",
    "HostRegistration",
    "Instance",
    "InstantiationError",
    "Interrupted",
    "LinkError",
    "LoadError",
    "Loader",
    "LogLevel",
    "Memory",
    "Module",
    "ModuleFileError",
    "ModuleFileNotFoundError",
    "Proposal",
    "Source",
    "Standard",
    "Statistics",
    "Store",
    "Trap",
    "TrapCode",
    "VMState",
    "ValType",
    "ValidationError",
    "Validator",
    "WasiModule",
    "WasmEdgeError",
    "WorkflowError",
    "__version__",
    "build_info",
    "get_log_level",
    "instantiate",
    "run",
    "runtime_version",
    "runtime_version_info",
    "set_log_level",
]
