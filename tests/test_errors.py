# SPDX-License-Identifier: Apache-2.0
"""The exceptions by themselves: their tree, what they carry, and that they survive being copied and pickled."""

from __future__ import annotations

import copy
import errno
import functools
import pickle
import sys
import traceback
from typing import TYPE_CHECKING

import pytest

import wasmedge
import wasmedge.errors
from wasmedge import ErrCategory, ErrCode, TrapCode, WasmEdgeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Wat

pytestmark = pytest.mark.quick

DETAILS = ("execution failed: unreachable, Code: 0x40a", "    Bytecode offset: 0x0000001e", "calling stack:2, 1")

TREE: list[tuple[type[WasmEdgeError], tuple[type[BaseException], ...]]] = [
    (WasmEdgeError, (RuntimeError,)),
    (wasmedge.LoadError, (WasmEdgeError,)),
    (wasmedge.ModuleFileError, (wasmedge.LoadError, OSError)),
    (wasmedge.ModuleFileNotFoundError, (wasmedge.ModuleFileError, FileNotFoundError)),
    (wasmedge.CompileError, (WasmEdgeError,)),
    (wasmedge.ValidationError, (WasmEdgeError,)),
    (wasmedge.InstantiationError, (WasmEdgeError,)),
    (wasmedge.LinkError, (wasmedge.InstantiationError,)),
    (wasmedge.Trap, (WasmEdgeError,)),
    (wasmedge.StackExhausted, (wasmedge.Trap,)),
    (wasmedge.CostLimitExceeded, (WasmEdgeError,)),
    (wasmedge.Interrupted, (WasmEdgeError,)),
    (wasmedge.WorkflowError, (WasmEdgeError,)),
    (wasmedge.FunctionNotFoundError, (WasmEdgeError, LookupError)),
    (wasmedge.ImmutableGlobalError, (WasmEdgeError, AttributeError)),
    (wasmedge.HostError, (WasmEdgeError,)),
    (wasmedge.ExitError, (WasmEdgeError,)),
]

SAMPLES: list[WasmEdgeError] = [
    *(
        class_("what failed: why", ErrCode.UNREACHABLE, ErrCategory.WASM, DETAILS)
        for class_, _ in TREE
        if not issubclass(class_, (OSError, wasmedge.ExitError, wasmedge.HostError))
    ),
    WasmEdgeError("a code of the user's", 0xABCDEF, ErrCategory.USER_LEVEL_ERROR),
    wasmedge.ModuleFileError(errno.EISDIR, "Is a directory", "/tmp"),  # noqa: S108
    wasmedge.ModuleFileNotFoundError(errno.ENOENT, "No such file or directory", "none.wasm"),
    wasmedge.ExitError(3),
    wasmedge.HostError(5566),
]


def through_pickle(protocol: int, error: WasmEdgeError) -> WasmEdgeError:
    """Pickle an exception and load it again."""
    loaded = pickle.loads(pickle.dumps(error, protocol))  # noqa: S301
    assert isinstance(loaded, WasmEdgeError)
    return loaded


COPIERS: dict[str, Callable[[WasmEdgeError], WasmEdgeError]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    **{
        f"pickle-{protocol}": functools.partial(through_pickle, protocol)
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
    },
}


def facts_of(error: WasmEdgeError) -> dict[str, object]:
    """Collect all that an exception says."""
    names = ["message", "code", "category", "details", "__notes__", "errno", "strerror", "filename", "exit_code"]
    return {
        "class": type(error),
        "str": str(error),
        "code class": type(error.code),
        "trap": error.trap if isinstance(error, wasmedge.Trap) else None,
        **{name: getattr(error, name, None) for name in names},
    }


def sample_id(error: WasmEdgeError) -> str:
    """Name a sample for pytest."""
    return f"{type(error).__name__}-{int(error.category)}"


@pytest.mark.parametrize(("class_", "bases"), TREE, ids=lambda value: getattr(value, "__name__", ""))
def test_errors_tree(class_: type[WasmEdgeError], bases: tuple[type[BaseException], ...]) -> None:
    assert issubclass(class_, bases)
    assert all(issubclass(class_, base) for base in bases)
    assert class_.__doc__


def test_errors_tree_is_complete_and_exported() -> None:
    values = vars(wasmedge.errors).items()
    defined = {
        name
        for name, value in values
        if getattr(value, "__module__", "") == "wasmedge.errors" and isinstance(value, type)
    }
    assert defined == set(wasmedge.errors.__all__)
    assert defined <= set(wasmedge.__all__)
    assert {class_.__name__ for class_, _ in TREE} == defined - {
        "TrapCode",
        "Terminate",
        "OutOfBoundsError",
        "CompileWarning",
    }


@pytest.mark.parametrize("copier", COPIERS)
@pytest.mark.parametrize("error", SAMPLES, ids=sample_id)
def test_errors_copies_say_the_same(error: WasmEdgeError, copier: str) -> None:
    made = COPIERS[copier](error)
    assert made is not error
    assert facts_of(made) == facts_of(error)


def test_errors_from_the_runtime_can_be_pickled(wat: Wat) -> None:
    module = wat('(module (func $inner unreachable) (func (export "outer") (call $inner)))')
    with pytest.raises(wasmedge.Trap) as caught:
        wasmedge.run(module, "outer")
    made = pickle.loads(pickle.dumps(caught.value))  # noqa: S301
    assert facts_of(made) == facts_of(caught.value)
    assert (made.trap, made.offset, made.frames) == (TrapCode.UNREACHABLE, module.index(b"\x03\x00\x00\x0b") + 2, (1,))


def test_errors_of_a_missing_file_can_be_pickled() -> None:
    with pytest.raises(wasmedge.ModuleFileNotFoundError) as caught:
        wasmedge.Loader().load("/nowhere/none.wasm")
    made = pickle.loads(pickle.dumps(caught.value))  # noqa: S301
    assert facts_of(made) == facts_of(caught.value)
    assert (made.errno, made.filename) == (errno.ENOENT, "/nowhere/none.wasm")


@pytest.mark.parametrize("error", SAMPLES, ids=sample_id)
def test_errors_codes_are_of_their_category(error: WasmEdgeError) -> None:
    assert isinstance(error.code, ErrCode) == (error.category is ErrCategory.WASM)
    assert isinstance(error.category, ErrCategory)
    assert str(error) == error.message


def test_errors_details_are_a_note() -> None:
    error = wasmedge.Trap("f(): unreachable", ErrCode.UNREACHABLE, details=DETAILS)
    assert vars(error)["__notes__"] == ["\n".join(DETAILS)]
    shown = "".join(traceback.format_exception(error))
    assert "wasmedge.errors.Trap: f(): unreachable\n" in shown
    if sys.version_info >= (3, 11):
        assert shown.endswith("f(): unreachable\n" + "\n".join(DETAILS) + "\n")


def test_errors_without_details_have_no_note() -> None:
    assert not hasattr(wasmedge.LoadError("it is empty", ErrCode.UNEXPECTED_END), "__notes__")


def test_errors_of_traps_read_offset_and_frames_from_details() -> None:
    error = wasmedge.Trap("f()", ErrCode.UNREACHABLE, details=DETAILS)
    assert (error.offset, error.frames) == (0x1E, (1, 2))
    bare = wasmedge.Trap("f()", ErrCode.UNREACHABLE)
    assert (bare.offset, bare.frames) == (None, ())


def test_errors_of_exits_carry_the_code() -> None:
    error = wasmedge.ExitError(7)
    assert error.exit_code == 7
    assert error.code is ErrCode.TERMINATED
    assert "7" in str(error)


def test_errors_codes_are_the_runtimes() -> None:
    # enum_errcode.h: phases are told by the upper byte.
    expected = {
        "TERMINATED": 0x01,
        "COST_LIMIT_EXCEEDED": 0x03,
        "WRONG_VM_WORKFLOW": 0x04,
        "INTERRUPTED": 0x07,
        "ILLEGAL_PATH": 0x100,
        "MALFORMED_UTF8": 0x114,
        "DIVIDE_BY_ZERO": 0x404,
        "UNREACHABLE": 0x40A,
    }
    assert {name: int(ErrCode[name]) for name in expected} == expected


@pytest.mark.parametrize("trap", TrapCode, ids=lambda trap: trap.name)
def test_errors_trap_codes_are_error_codes(trap: TrapCode) -> None:
    if trap is not TrapCode.STACK_EXHAUSTED:  # the runtime has no code for it
        assert int(ErrCode(trap)) == int(trap)
        assert wasmedge.Trap("f()", trap).trap is trap
