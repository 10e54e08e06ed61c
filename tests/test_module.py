# SPDX-License-Identifier: Apache-2.0
"""Parsed modules: where they come from, and that they can be used again and again."""

from __future__ import annotations

import gc
import os
import weakref
from typing import TYPE_CHECKING

import pytest
from wat_modules import COUNTER

import wasmedge
from wasmedge import Executor, Module, Store, Validator

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Wat

pytestmark = pytest.mark.quick


def test_module_from_file(examples: Path) -> None:
    module = Module.from_file(examples / "fibonacci.wasm")
    assert repr(module) == f"<Module {str(examples / 'fibonacci.wasm')!r}>"
    assert wasmedge.run(module, "fib", 21) == 17711


def test_module_from_file_takes_paths_as_bytes_only(examples: Path, wat: Wat) -> None:
    assert wasmedge.run(Module.from_file(os.fsencode(examples / "fibonacci.wasm")), "fib", 1) == 1
    with pytest.raises(wasmedge.ModuleFileNotFoundError):
        Module.from_file("none.wasm")
    with pytest.raises(ValueError, match="null byte"):
        Module.from_file(wat(COUNTER))


def test_module_from_bytes_takes_no_path(examples: Path) -> None:
    with pytest.raises(TypeError):
        Module.from_bytes(str(examples / "fibonacci.wasm"))  # type: ignore[arg-type]


def test_module_is_validated_by_whoever_validates_it(wat: Wat) -> None:
    module = Module.from_bytes(wat(COUNTER))
    assert not module.is_validated
    vm = wasmedge.VM()
    vm.load(module)
    assert not module.is_validated
    vm.validate()
    assert module.is_validated


def test_module_serves_many_instances(wat: Wat) -> None:
    module = Module.from_bytes(wat(COUNTER))
    first, second = wasmedge.instantiate(module), wasmedge.instantiate(module)
    assert first != second
    assert [first.exports.next(), first.exports.next(), second.exports.next()] == [1, 2, 1]
    executor, store = Executor(), Store()
    third = executor.instantiate(store, module)
    fourth = executor.register(store, module, "fourth")
    assert [third.exports.next(), fourth.exports.next(), first.exports.next()] == [1, 1, 3]


def test_module_is_not_kept_by_its_instances(wat: Wat) -> None:
    module = Module.from_bytes(wat(COUNTER))
    Validator().validate(module)
    instance = Executor().instantiate(Store(), module)
    gone = weakref.ref(module)
    del module
    gc.collect()
    assert gone() is None
    assert instance.exports.next() == 1
