# SPDX-License-Identifier: Apache-2.0
"""WasmEdge for Python: load, validate, instantiate and run WebAssembly."""

from __future__ import annotations

import importlib as _importlib
import logging as _logging
from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any as _Any

try:
    from wasmedge import _core
except ImportError as _error:  # pragma: no cover - only a broken installation comes here
    raise ImportError(
        f"wasmedge's extension module could not be loaded: {_error}. Reinstall the package; if it was built against a "
        "WasmEdge of yours (WASMEDGE_ROOT), that library must still be where it was.",
        name=_error.name,
        path=_error.path,
    ) from _error

from wasmedge import cache, tools
from wasmedge._core import (
    V128,
    VM,
    CallingFrame,
    Compiler,
    Configure,
    ErrCategory,
    ErrCode,
    Executor,
    Exports,
    ExportType,
    ExternRef,
    ExternType,
    Function,
    FunctionType,
    Global,
    GlobalType,
    HostRegistration,
    ImportType,
    Instance,
    Limit,
    Loader,
    LogLevel,
    Memory,
    MemoryType,
    Module,
    Mutability,
    OptimizationLevel,
    OutputFormat,
    Plugin,
    Proposal,
    RunMode,
    Standard,
    Statistics,
    Store,
    Table,
    TableType,
    Tag,
    TagType,
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
from wasmedge.aio import Async
from wasmedge.allocation import Allocation
from wasmedge.bindgen import Bindgen
from wasmedge.errors import (
    CompileError,
    CompileWarning,
    CostLimitExceeded,
    ExitError,
    FunctionNotFoundError,
    HostError,
    ImmutableGlobalError,
    InstantiationError,
    Interrupted,
    LinkError,
    LoadError,
    ModuleFileError,
    ModuleFileNotFoundError,
    OutOfBoundsError,
    StackExhausted,
    Terminate,
    Trap,
    ValidationError,
    WasmEdgeError,
    WorkflowError,
)
from wasmedge.generalization import guvectorize
from wasmedge.host import externref, f32, f64, funcref, host_function, i32, i64, v128
from wasmedge.processes import WasiProcess
from wasmedge.programs import CompletedProgram, instantiate_reactor, run_wasi, run_wasi_async
from wasmedge.shortcuts import Source, instantiate, run
from wasmedge.streams import CAPTURE, CLOSED, DEVNULL, PIPE, STDOUT, Capture
from wasmedge.trap_codes import TrapCode
from wasmedge.vectorization import vectorize
from wasmedge.wasi import ReadOnly

if _TYPE_CHECKING:
    from wasmedge import hosts
    from wasmedge.hosts import (
        ImageModule,
        LoggingModule,
        ProcessModule,
        TensorflowLiteModule,
        TensorflowModule,
        WasiCryptoAsymmetricCommonModule,
        WasiCryptoCommonModule,
        WasiCryptoKxModule,
        WasiCryptoSignaturesModule,
        WasiCryptoSymmetricModule,
        WasiNNModule,
        wasi_crypto_modules,
    )

# Without a handler of the program's own, logging would print the runtime's errors to stderr beside their exceptions.
_logging.getLogger("wasmedge").addHandler(_logging.NullHandler())

__all__ = [
    "CAPTURE",
    "CLOSED",
    "DEVNULL",
    "PIPE",
    "STDOUT",
    "V128",
    "VM",
    "Allocation",
    "Async",
    "Bindgen",
    "CallingFrame",
    "Capture",
    "CompileError",
    "CompileWarning",
    "Compiler",
    "CompletedProgram",
    "Configure",
    "CostLimitExceeded",
    "ErrCategory",
    "ErrCode",
    "Executor",
    "ExitError",
    "ExportType",
    "Exports",
    "ExternRef",
    "ExternType",
    "Function",
    "FunctionNotFoundError",
    "FunctionType",
    "Global",
    "GlobalType",
    "HostError",
    "HostRegistration",
    "ImageModule",
    "ImmutableGlobalError",
    "ImportType",
    "Instance",
    "InstantiationError",
    "Interrupted",
    "Limit",
    "LinkError",
    "LoadError",
    "Loader",
    "LogLevel",
    "LoggingModule",
    "Memory",
    "MemoryType",
    "Module",
    "ModuleFileError",
    "ModuleFileNotFoundError",
    "Mutability",
    "OptimizationLevel",
    "OutOfBoundsError",
    "OutputFormat",
    "Plugin",
    "ProcessModule",
    "Proposal",
    "ReadOnly",
    "RunMode",
    "Source",
    "StackExhausted",
    "Standard",
    "Statistics",
    "Store",
    "Table",
    "TableType",
    "Tag",
    "TagType",
    "TensorflowLiteModule",
    "TensorflowModule",
    "Terminate",
    "Trap",
    "TrapCode",
    "VMState",
    "ValType",
    "ValidationError",
    "Validator",
    "WasiCryptoAsymmetricCommonModule",
    "WasiCryptoCommonModule",
    "WasiCryptoKxModule",
    "WasiCryptoSignaturesModule",
    "WasiCryptoSymmetricModule",
    "WasiModule",
    "WasiNNModule",
    "WasiProcess",
    "WasmEdgeError",
    "WorkflowError",
    "__version__",
    "build_info",
    "cache",
    "externref",
    "f32",
    "f64",
    "funcref",
    "get_log_level",
    "guvectorize",
    "host_function",
    "hosts",
    "i32",
    "i64",
    "instantiate",
    "instantiate_reactor",
    "run",
    "run_wasi",
    "run_wasi_async",
    "runtime_version",
    "runtime_version_info",
    "set_log_level",
    "tools",
    "v128",
    "vectorize",
    "wasi_crypto_modules",
]

# Imported when they are asked for, with numpy, which most programs have no use for.
_HOST_MODULES = {
    "ImageModule",
    "LoggingModule",
    "ProcessModule",
    "TensorflowLiteModule",
    "TensorflowModule",
    "WasiCryptoAsymmetricCommonModule",
    "WasiCryptoCommonModule",
    "WasiCryptoKxModule",
    "WasiCryptoSignaturesModule",
    "WasiCryptoSymmetricModule",
    "WasiNNModule",
    "wasi_crypto_modules",
}


def __getattr__(name: str) -> _Any:
    if name != "hosts" and name not in _HOST_MODULES:
        raise AttributeError(f"module 'wasmedge' has no attribute {name!r}")
    found = _importlib.import_module("wasmedge.hosts")
    return found if name == "hosts" else getattr(found, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, "hosts"})
