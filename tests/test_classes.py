# SPDX-License-Identifier: Apache-2.0
"""The extension's classes: which can be called, derived from and copied, and that none gives a half-made object."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING, Any

import pytest

import wasmedge

if TYPE_CHECKING:
    from tests.conftest import RunPython, Wat

pytestmark = pytest.mark.quick

CLASSES = ["Module", "Instance", "Exports", "Memory", "Function", "VM", "Store", "Loader", "Validator", "Executor"]
CLASSES += ["Configure", "Statistics", "WasiModule", "ValType", "FunctionType"]
FOUND = ["Module", "Instance", "Exports", "Memory", "Function"]


@pytest.mark.parametrize("name", FOUND)
def test_classes_of_what_is_only_found_cannot_be_called(name: str) -> None:
    with pytest.raises(TypeError):
        getattr(wasmedge, name)()


@pytest.mark.parametrize("name", sorted({*CLASSES} - {"Instance"}))
def test_classes_cannot_be_derived_from(name: str) -> None:
    with pytest.raises(TypeError, match="not an acceptable base type"):
        type("Mine", (getattr(wasmedge, name),), {})


@pytest.fixture
def objects(wat: Wat) -> dict[str, Any]:
    """Return an object of each class."""
    vm = wasmedge.VM(wasmedge.Configure(wasmedge.HostRegistration.WASI))
    vm.run(wat('(module (memory (export "m") 1) (func (export "f")))'), "f")
    instance = vm.active_instance
    assert instance is not None
    exports = instance.exports
    found: list[Any] = [vm, vm.store, vm.loader, vm.validator, vm.executor, vm.statistics]
    found += [instance, exports, exports.f, exports.m]
    found += [exports.f.type, vm.import_instance(wasmedge.HostRegistration.WASI), wasmedge.Configure()]
    found += [vm.loader.load(b"\0asm\1\0\0\0"), wasmedge.ValType.I32]
    return {type(item).__name__: item for item in found}


@pytest.mark.parametrize("name", sorted({*CLASSES} - {"Module", "Configure", "ValType", "FunctionType"}))
def test_classes_refuse_to_be_copied_and_pickled(objects: dict[str, Any], name: str) -> None:
    """As long as they cannot do it right: a copy without its insides would be worse."""
    assert set(objects) == set(CLASSES)
    for make in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="pickle"):
            make(objects[name])


@pytest.mark.parametrize("name", CLASSES)
def test_classes_have_a_repr_that_names_them(objects: dict[str, Any], name: str) -> None:
    shown = repr(objects[name])
    assert name.removeprefix("Wasi") in shown or shown == "<Instance 'wasi_snapshot_preview1'>"
    assert getattr(wasmedge, name).__doc__


@pytest.mark.parametrize("name", CLASSES)
def test_classes_objects_without_a_beginning_do_not_crash(run_python: RunPython, name: str) -> None:
    """What __new__ gives by itself (copy and pickle try it) is refused, or harmless."""
    code = """
        import copy
        import gc
        import wasmedge

        class_ = getattr(wasmedge, name)
        try:
            made = class_.__new__(class_)
        except TypeError:
            print("done")
            raise SystemExit
        uses = [getattr(class_, attribute) for attribute in dir(class_) if not attribute.startswith("_")]
        uses = [use.__get__ for use in uses if hasattr(type(use), "__get__")]
        for use in [repr, str, hash, len, iter, copy.copy, lambda it: it == it, *uses]:
            try:
                use(made)
            except (TypeError, ValueError, AttributeError, RuntimeError):
                pass
        del made
        gc.collect()
        print("done")
    """
    done = run_python(code, name=name)
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr
