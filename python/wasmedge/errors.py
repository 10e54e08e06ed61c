# SPDX-License-Identifier: Apache-2.0
"""The exceptions that the runtime's results become."""

from __future__ import annotations

import os
import re
from typing import Any

from wasmedge._core import ErrCategory, ErrCode
from wasmedge.trap_codes import TrapCode

__all__ = [
    "CompileError",
    "CompileWarning",
    "CostLimitExceeded",
    "ExitError",
    "FunctionNotFoundError",
    "HostError",
    "ImmutableGlobalError",
    "InstantiationError",
    "Interrupted",
    "LinkError",
    "LoadError",
    "ModuleFileError",
    "ModuleFileNotFoundError",
    "OutOfBoundsError",
    "StackExhausted",
    "Terminate",
    "Trap",
    "ValidationError",
    "WasmEdgeError",
    "WorkflowError",
]


class WasmEdgeError(RuntimeError):
    """A failure that the runtime reported, or that the package reports in the runtime's terms.

    Attributes:
        message: What failed, on what, and why.
        code: The runtime's error code; a plain int when the category is not `ErrCategory.WASM`.
        category: Whose the code is.
        details: What the runtime logged about it, a line each: section, offset, expected and actual types. They are
            attached as a note as well, so a traceback shows them (Python 3.11 and later).
        index: Of a call of `vectorize`'s or `guvectorize`'s functions, the index of the element that failed: an int, or
            a tuple where there is not exactly one dimension. None otherwise.
    """

    index: int | tuple[int, ...] | None = None

    def __init__(
        self,
        message: str,
        code: int = ErrCode.RUNTIME_ERROR,
        category: ErrCategory = ErrCategory.WASM,
        details: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.category = category
        self.code: int = ErrCode(code) if category == ErrCategory.WASM else code
        self.details = details
        if details:
            # Written by hand rather than by add_note(), which Python 3.10 does not have.
            self.__notes__ = ["\n".join(details)]

    def __reduce__(self) -> tuple[Any, ...]:
        arguments = (self.message, int(self.code), self.category, self.details)
        return (type(self), arguments) if self.index is None else (type(self), arguments, {"index": self.index})


class LoadError(WasmEdgeError):
    """A module's bytes are not in the binary format (WebAssembly specification, chapter 5)."""


class ModuleFileError(LoadError, OSError):
    """A module's file could not be read; `errno`, `strerror` and `filename` say why, as for every `OSError`."""

    def __init__(self, error_number: int, reason: str, filename: str) -> None:
        OSError.__init__(self, error_number, reason, filename)
        self.message = f"cannot load {filename!r}: {reason}"
        self.category = ErrCategory.WASM
        self.code = ErrCode.ILLEGAL_PATH
        self.details = ()

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.errno, self.strerror, self.filename)


class ModuleFileNotFoundError(ModuleFileError, FileNotFoundError):
    """There is no file at the path that a module was to be loaded from."""


class CompileError(WasmEdgeError):
    """A module could not be compiled to machine code."""


class CompileWarning(UserWarning):
    """A module is interpreted, or its code not kept, because that could not be done otherwise. The message says why."""


class ValidationError(WasmEdgeError):
    """A module is not valid (WebAssembly specification, chapter 3), or has not been validated."""


class InstantiationError(WasmEdgeError):
    """A module could not be instantiated (WebAssembly specification, section 4.5.4)."""


class LinkError(InstantiationError):
    """An import is missing, or is of another type than the module wants. The message names every such import.

    Of references of WebAssembly 3.0 to a module's own types only the first one that does not match is found.
    """


class Trap(WasmEdgeError):  # noqa: N818 - the specification's own name for it
    """Execution was aborted by a trap."""

    @property
    def trap(self) -> TrapCode:
        """The kind of trap."""
        return TrapCode(self.code)

    @property
    def offset(self) -> int | None:
        """The byte offset, in the module, of the instruction that trapped; None when the runtime does not tell it."""
        found = _OFFSET.search("\n".join(self.details))
        return int(found[1], 16) if found else None

    @property
    def frames(self) -> tuple[int, ...]:
        """Functions that were executing, innermost first, as far as the runtime tells them.

        Each is an index in the module's function index space (WebAssembly specification, section 2.5.1). WasmEdge
        0.17.1 tells only some: often just the outermost of the instance that trapped, and none of another instance.
        """
        found = _STACK.search("\n".join(self.details))
        return tuple(int(index) for index in reversed(found[1].split(", "))) if found else ()


class StackExhausted(Trap):
    """Functions called each other until the call stack was exhausted (WebAssembly specification, appendix, 7.2.3).

    The interpreter's stack has room for about 4 million nested calls, and 16 million values.
    """

    @property
    def trap(self) -> TrapCode:
        """The kind of trap."""
        return TrapCode.STACK_EXHAUSTED


class CostLimitExceeded(WasmEdgeError):  # noqa: N818 - the runtime's own name for it
    """Execution reached the cost limit of its `Statistics`."""


class Interrupted(WasmEdgeError):  # noqa: N818 - the runtime's own name for it
    """Execution was stopped from outside."""


class WorkflowError(WasmEdgeError):
    """A `VM` was asked for something that its state does not allow."""


class OutOfBoundsError(IndexError, ValueError):
    """Bytes that are not in a memory were asked for.

    It is an `IndexError`, as sequences raise, and a `ValueError`, as numpy raises for a buffer that is too short. What
    a guest asks for is a `Trap`.
    """


class FunctionNotFoundError(WasmEdgeError, LookupError):
    """An instance exports no function of that name."""


class ImmutableGlobalError(WasmEdgeError, AttributeError):
    """A constant global was to be set."""


class Terminate(Exception):  # noqa: N818 - no error: it ends a program well
    """Raised in a host function, ends the program of the guest as if it had ended by itself.

    The call that runs the guest returns None.
    """


class HostError(WasmEdgeError):
    """Raised in a host function, makes the call that runs the guest fail with a code of the program's own.

    Args:
        code: The code, from 0 to 2**24-1.
        message: What it means; made from the code by default.

    Raises:
        TypeError: The code is no int.
        OverflowError: The code has more than 24 bits (WasmEdge's ``WasmEdge_ResultGen``).
    """

    def __init__(self, code: int, message: str = "") -> None:
        if isinstance(code, bool) or not isinstance(code, int):
            raise TypeError(f"the code of a HostError must be int, not {type(code).__name__}")
        if not 0 <= code < 1 << 24:
            raise OverflowError(f"the code of a HostError is from 0 to 2**24-1, not {code}")
        super().__init__(message or f"a host function failed with code {code}", code, ErrCategory.USER_LEVEL_ERROR)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (int(self.code), self.message)


class ExitError(WasmEdgeError):
    """A WASI program ended itself with an exit code other than 0. Raised only where that was asked for.

    Attributes:
        exit_code: The program's exit code.
    """

    def __init__(self, exit_code: int) -> None:
        super().__init__(f"the program ended with exit code {exit_code}", ErrCode.TERMINATED)
        self.exit_code = exit_code

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.exit_code,)


_OFFSET = re.compile(r"Bytecode offset: 0x([0-9a-f]+)")
_STACK = re.compile(r"calling stack:(\d+(?:, \d+)*)")

_CLASSES: dict[int, type[WasmEdgeError]] = {
    ErrCode.TERMINATED: InstantiationError,  # elsewhere it is a success: a start function called proc_exit
    ErrCode.COST_LIMIT_EXCEEDED: CostLimitExceeded,
    ErrCode.WRONG_VM_WORKFLOW: WorkflowError,
    ErrCode.FUNC_NOT_FOUND: FunctionNotFoundError,
    ErrCode.INTERRUPTED: Interrupted,
    ErrCode.NOT_VALIDATED: ValidationError,
    ErrCode.SET_VALUE_TO_CONST: ImmutableGlobalError,
    ErrCode.UNKNOWN_IMPORT: LinkError,
    ErrCode.INCOMPATIBLE_IMPORT_TYPE: LinkError,
}
_TRAPS = frozenset(int(code.value) for code in TrapCode)

# The upper byte of a code is the runtime's phase.
_PHASES: dict[int, type[WasmEdgeError]] = {
    0x01: LoadError,
    0x02: ValidationError,
    0x03: InstantiationError,
}


def _class_of(code: int) -> type[WasmEdgeError]:
    if code in _CLASSES:
        return _CLASSES[code]
    if code in _TRAPS:
        return Trap
    return _PHASES.get(code >> 8, WasmEdgeError)


def _from_runtime(
    code: int, category: int, message: str, details: tuple[str, ...], class_name: str = ""
) -> WasmEdgeError:
    """Make the exception for a result; called by the extension, which may name a class that is not the code's own."""
    if class_name:
        error: WasmEdgeError = globals()[class_name](message, code, ErrCategory(category), details)
        return error
    if category != ErrCategory.WASM:
        return WasmEdgeError(message, code, ErrCategory(category), details)
    return _class_of(code)(message, code, ErrCategory.WASM, details)


def _from_errno(error_number: int, path: str | bytes | os.PathLike[Any]) -> ModuleFileError:
    """Make the exception for a file that could not be read; called by the extension."""
    reason = os.strerror(error_number)
    filename = os.fsdecode(path)
    missing = isinstance(OSError(error_number, reason), FileNotFoundError)
    return (ModuleFileNotFoundError if missing else ModuleFileError)(error_number, reason, filename)
