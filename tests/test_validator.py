# SPDX-License-Identifier: Apache-2.0
"""Validation: invalid modules, unvalidated ones, and what the validator says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import wasmedge
from wasmedge import Configure, ErrCode, Module, Standard, Validator

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Wat

pytestmark = pytest.mark.quick

HEADER = b"\0asm\1\0\0\0"
# One function of type () -> i32, to be completed by a code section of its body.
FUNCTION = HEADER + b"\1\5\1\x60\0\1\x7f\3\2\1\0"

INVALID: dict[str, tuple[bytes, ErrCode, str]] = {
    "result missing": (FUNCTION + b"\x0a\4\1\2\0\x0b", ErrCode.TYPE_CHECK_FAILED, "type mismatch"),
    "result of another type": (FUNCTION + b"\x0a\6\1\4\0\x42\0\x0b", ErrCode.TYPE_CHECK_FAILED, "type mismatch"),
    "unknown local": (FUNCTION + b"\x0a\6\1\4\0\x20\0\x0b", ErrCode.INVALID_LOCAL_IDX, "unknown local"),
    "unknown global": (FUNCTION + b"\x0a\6\1\4\0\x23\0\x0b", ErrCode.INVALID_GLOBAL_IDX, "unknown global"),
    "unknown function": (FUNCTION + b"\x0a\6\1\4\0\x10\7\x0b", ErrCode.INVALID_FUNC_IDX, "unknown function"),
    "unknown label": (FUNCTION + b"\x0a\6\1\4\0\x0c\7\x0b", ErrCode.INVALID_LABEL_IDX, "unknown label"),
    "unknown memory": (FUNCTION + b"\x0a\6\1\4\0\x3f\0\x0b", ErrCode.INVALID_MEMORY_IDX, "unknown memory"),
    "unknown type": (HEADER + b"\3\2\1\0\x0a\4\1\2\0\x0b", ErrCode.INVALID_FUNC_TYPE_IDX, "unknown type"),
    "duplicate export": (
        FUNCTION + b"\7\x09\2\1f\0\0\1f\0\0\x0a\6\1\4\0\x41\0\x0b",
        ErrCode.DUP_EXPORT_NAME,
        "duplicate export name",
    ),
    "start function with a result": (
        FUNCTION + b"\x08\1\0\x0a\6\1\4\0\x41\0\x0b",
        ErrCode.INVALID_START_FUNC,
        "start function",
    ),
    "memory beyond 4 GiB": (HEADER + b"\5\5\1\0\x81\x80\4", ErrCode.INVALID_MEM_PAGES, "memory size must be at most"),
    "two memories": (HEADER + b"\5\5\2\0\1\0\1", ErrCode.MULTI_MEMORIES, "multiple memories"),
    "minimum above the maximum": (
        HEADER + b"\5\4\1\1\2\1",
        ErrCode.INVALID_LIMIT,
        "size minimum must not be greater than maximum",
    ),
    "alignment too large": (
        FUNCTION[:-1] + b"\0\5\3\1\0\1\x0a\x09\1\7\0\x41\0\x28\3\0\x0b",
        ErrCode.ALIGNMENT_TOO_LARGE,
        "alignment must not be larger than natural",
    ),
}


@pytest.mark.parametrize("name", INVALID)
def test_validator_says_what_is_invalid(name: str) -> None:
    data, code, reason = INVALID[name]
    module = Module.from_bytes(data)
    with pytest.raises(wasmedge.ValidationError) as caught:
        Validator().validate(module)
    assert str(caught.value).startswith("module <bytes> is invalid: ")
    assert reason in str(caught.value)
    assert caught.value.code is code
    assert caught.value.details[0] == f"validation failed: {reason_of(caught.value)}, Code: {int(code):#x}"
    assert not module.is_validated


def reason_of(error: wasmedge.WasmEdgeError) -> str:
    """Return the last part of a message."""
    return error.message.rpartition(": ")[2]


def test_validator_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "wrong.wasm"
    path.write_bytes(INVALID["unknown local"][0])
    with pytest.raises(wasmedge.ValidationError, match=r"^module '/.*wrong\.wasm' is invalid: unknown local"):
        wasmedge.run(path, "f")


def test_validator_tells_the_types(wat: Wat) -> None:
    module = bytearray(wat('(module (func (export "f") (param i32 f64) (drop (i32.add (local.get 0) (local.get 0)))))'))
    module[module.index(b"\x20\0\x20\0") + 3] = 1
    with pytest.raises(wasmedge.ValidationError, match=r"Expected: i32 , Got: f64") as caught:
        wasmedge.run(bytes(module), "f", 1, 2)
    offset = module.index(b"\x20\0\x20\1") + 4
    assert any(line.endswith(f"Bytecode offset: {offset:#010x}") for line in caught.value.details)


def test_validator_serves_again_after_a_failure(wat: Wat) -> None:
    validator = Validator()
    for name in INVALID:
        with pytest.raises(wasmedge.ValidationError):
            validator.validate(Module.from_bytes(INVALID[name][0]))
        module = Module.from_bytes(wat('(module (func (export "f")))'))
        assert not module.is_validated
        validator.validate(module)
        assert module.is_validated
        validator.validate(module)
        assert module.is_validated


def test_validator_heeds_its_configuration(wat: Wat) -> None:
    loader = wasmedge.Loader(Configure(standard=Standard.WASM_3))
    module = loader.load(wat("(module (memory 1) (memory 1))"))
    with pytest.raises(wasmedge.ValidationError, match="multiple memories"):
        Validator().validate(module)
    Validator(Configure(standard=Standard.WASM_3)).validate(module)
    assert module.is_validated


def test_validator_mark_is_what_executors_go_by(wat: Wat) -> None:
    wide, narrow = Configure(standard=Standard.WASM_3), Configure()
    module = wasmedge.Loader(wide).load(wat("(module (memory 1) (memory 1))"))
    Validator(wide).validate(module)
    with pytest.raises(wasmedge.ValidationError):
        Validator(narrow).validate(module)
    executor = wasmedge.Executor(wide)
    if module.is_validated:
        executor.instantiate(wasmedge.Store(), module)
    else:
        with pytest.raises(wasmedge.ValidationError):
            executor.instantiate(wasmedge.Store(), module)


@pytest.mark.parametrize("value", [None, b"\0asm\1\0\0\0", "module.wasm"])
def test_validator_takes_modules_only(value: object) -> None:
    with pytest.raises(TypeError):
        Validator().validate(value)  # type: ignore[arg-type]
