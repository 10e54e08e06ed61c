# SPDX-License-Identifier: Apache-2.0
"""Functions as Python callables."""

from __future__ import annotations

import functools
import gc
import inspect
import weakref
from typing import TYPE_CHECKING

import pytest

import wasmedge
from wasmedge import Function, FunctionType

if TYPE_CHECKING:
    from tests.conftest import Wat

pytestmark = pytest.mark.quick

MODULE = """
(module
  (func $add (export "add") (export "plus") (param i32 i64) (result i64)
    (i64.add (i64.extend_i32_s (local.get 0)) (local.get 1)))
  (func (export "none"))
  (func (export "pair") (param f32) (result f32 f64) (local.get 0) (f64.promote_f32 (local.get 0))))
"""


@pytest.fixture
def exports(wat: Wat) -> wasmedge.Exports:
    """Return functions of several types."""
    return wasmedge.instantiate(wat(MODULE)).exports


def test_function_calls(exports: wasmedge.Exports) -> None:
    assert exports.add(-3, 2**40) == 2**40 - 3
    assert exports.none() is None
    assert exports.pair(0.5) == (0.5, 0.5)
    assert list(map(exports.add, [1, 2], [3, 4])) == [4, 6]
    assert functools.partial(exports.add, 1)(2) == 3
    assert exports.add(*[1, 2]) == 3
    assert callable(exports.add)


def test_function_repr_name_and_type(exports: wasmedge.Exports) -> None:
    assert repr(exports.add) == "<Function add (i32, i64) -> i64>"
    assert repr(exports.none) == "<Function none () -> ()>"
    assert repr(exports.pair) == "<Function pair (f32) -> (f32, f64)>"
    assert exports.add.name == exports.add.__name__ == "add"
    assert exports.plus.name == "plus"
    assert exports.add.type == FunctionType(["i32", "i64"], ["i64"])
    for name in ("name", "type", "__name__"):
        with pytest.raises(AttributeError):
            setattr(exports.add, name, None)


def test_function_names_of_any_characters_are_shown_whole(wat: Wat) -> None:
    module = wat(
        '(module (func (export "a\\00b ☃") (param i32) unreachable) (func (export "\\00") (result i32) i32.const 1))'
    )
    exports = wasmedge.instantiate(module).exports
    name = "a\0b ☃"
    assert exports[name].name == name
    assert exports["\0"]() == 1
    assert repr(exports[name]) == f"<Function {name} (i32) -> ()>"
    with pytest.raises(TypeError) as count:
        exports[name]()
    assert str(count.value).startswith(f"{name}() takes 1 argument")
    with pytest.raises(TypeError) as keyword:
        exports[name](1, key=1)
    assert str(keyword.value) == f"{name}() takes no keyword arguments but fuel and timeout"
    with pytest.raises(wasmedge.Trap) as trap:
        exports[name](1)
    assert str(trap.value) == f"{name}(): unreachable"


def test_function_equality_is_that_of_the_instance(exports: wasmedge.Exports, wat: Wat) -> None:
    other = wasmedge.instantiate(wat(MODULE)).exports
    assert exports.add == exports["add"] == exports.plus
    assert hash(exports.add) == hash(exports.plus)
    assert exports.add != exports.none
    assert exports.add != other.add
    assert len({exports.add, exports.plus, exports["add"], exports.none, other.add}) == 3
    assert exports.add != "add"
    assert exports.add != len
    with pytest.raises(TypeError):
        _ = exports.add < exports.none


def test_function_can_be_referred_to_weakly(exports: wasmedge.Exports) -> None:
    function = exports["add"]
    seen: list[object] = []
    reference = weakref.ref(function, seen.append)
    assert reference() is function
    del function
    gc.collect()
    assert reference() is None
    assert seen == [reference]
    assert weakref.WeakSet([exports.add])


def test_function_takes_no_attributes(exports: wasmedge.Exports) -> None:
    with pytest.raises(AttributeError):
        exports.add.note = "mine"


def test_function_keeps_all_that_it_needs(wat: Wat) -> None:
    store, executor = wasmedge.Store(), wasmedge.Executor()
    validator = wasmedge.Validator()
    inner = wasmedge.Module.from_bytes(
        wat('(module (memory (export "m") 1) (func (export "one") (result i32) (i32.const 1)))')
    )
    outer = wasmedge.Module.from_bytes(
        wat("""
        (module (import "inner" "one" (func $one (result i32))) (import "inner" "m" (memory 1))
          (func (export "two") (result i32)
            (i32.store (i32.const 0) (i32.add (call $one) (i32.const 1))) (i32.load (i32.const 0))))""")
    )
    validator.validate(inner)
    validator.validate(outer)
    executor.register(store, inner, "inner")
    function = executor.instantiate(store, outer).exports.two
    del store, executor, validator, inner, outer
    gc.collect()
    assert function() == 2
    assert str(function.type) == "() -> i32"


def test_function_is_freed_with_its_instance(wat: Wat) -> None:
    instance = wasmedge.instantiate(wat(MODULE))
    gone = weakref.ref(instance)
    function = instance.exports.add
    del instance
    gc.collect()
    assert gone() is None
    assert function(1, 1) == 2


def test_function_can_be_called_from_its_own_result(exports: wasmedge.Exports) -> None:
    assert exports.add(exports.add(1, 2), exports.add(3, 4)) == 10


def test_function_type_of_another_kind_is_not_called(wat: Wat) -> None:
    with pytest.raises(TypeError, match="not callable"):
        wasmedge.instantiate(wat('(module (memory (export "m") 1))')).exports.m()


def test_function_is_one_class(exports: wasmedge.Exports) -> None:
    assert type(exports.add) is Function
    assert (Function.__module__.split(".")[0], Function.__qualname__) == ("wasmedge", "Function")
    with pytest.raises(TypeError):
        Function.__call__(exports)  # type: ignore[arg-type]


def test_function_has_a_signature(wat: Wat) -> None:
    text = """
    (module
      (func (export "none"))
      (func (export "one") (param i32 f64) (result i64) (i64.const 0))
      (func (export "two") (param v128) (result funcref externref) (ref.null func) (ref.null extern)))
    """
    exports = wasmedge.instantiate(wat(text)).exports
    assert str(inspect.signature(exports.none)) == "() -> None"
    signature = inspect.signature(exports.one)
    assert [(each.name, each.kind, each.annotation) for each in signature.parameters.values()] == [
        ("argument_1", inspect.Parameter.POSITIONAL_ONLY, wasmedge.i32),
        ("argument_2", inspect.Parameter.POSITIONAL_ONLY, wasmedge.f64),
    ]
    assert signature.return_annotation == wasmedge.i64
    assert exports.one(*signature.bind(1, 2).args) == 0
    for wrong in ((), (1,), (1, 2, 3)):
        with pytest.raises(TypeError):
            signature.bind(*wrong)
    assert inspect.signature(exports.two).return_annotation == tuple[wasmedge.funcref, wasmedge.externref]
    assert callable(exports.one)


def test_function_of_python_has_the_signature_of_its_type() -> None:
    @wasmedge.host_function
    def add(a: wasmedge.i32, b: int) -> wasmedge.f32:
        return float(a + b)

    signature = inspect.signature(add)
    assert [each.annotation for each in signature.parameters.values()] == [wasmedge.i32, wasmedge.i64]
    assert signature.return_annotation == wasmedge.f32
    assert Function(add.type, add)(1, 2) == 3
    with pytest.raises(TypeError, match="give the type"):
        Function(None, add)


def test_function_with_references_of_webassembly_3_has_a_signature(wat: Wat) -> None:
    configure = wasmedge.Configure(standard=wasmedge.Standard.WASM_3)
    text = '(module (type $t (func)) (func (export "f") (param (ref null $t) anyref)))'
    function = wasmedge.instantiate(wat(text), configure=configure).exports.f
    annotations = [each.annotation for each in inspect.signature(function).parameters.values()]
    assert [each.__metadata__ for each in annotations] == [(type_,) for type_ in function.type.params]


def test_function_class_has_the_signature_of_its_constructor() -> None:
    assert str(inspect.signature(Function)) == "(type, callable, *, data=None, cost=0)"
    assert Function.__doc__ == "A WebAssembly function that can be called."
    assert not hasattr(Function, "__signature__")
    descriptor = type(vars(Function)["__signature__"])
    with pytest.raises(TypeError):
        descriptor()
