# SPDX-License-Identifier: Apache-2.0
"""References of WebAssembly 3.0: functions of a certain type, and what a guest makes references of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import wasmedge

if TYPE_CHECKING:
    from tests.conftest import CheckPython, Wat

pytestmark = pytest.mark.quick

TYPED = """
(module
  (type $t (func (param i64) (result i64)))
  (table (export "table") 1 (ref null $t))
  (global $g (export "global") (mut (ref null $t)) (ref.null $t))
  (func (export "call_table") (result i64) (call_ref $t (i64.const 7) (table.get 0 (i32.const 0))))
  (func (export "call_global") (result i64) (call_ref $t (i64.const 7) (global.get $g)))
  (func (export "call") (param (ref null $t)) (result i64) (call_ref $t (i64.const 7) (local.get 0))))
"""
BEGIN = """
import wasmedge
from wasmedge import Configure, Function, Standard

exports = wasmedge.instantiate(module, configure=Configure(standard=Standard.WASM_3)).exports
good = Function("(i64) -> i64", lambda number: number + 1)
wrong = Function("(i64, i64, i64, i64) -> i32", lambda *numbers: 1)

def put(function):
    {put}

def call():
    return exports.{call}
"""
WAYS = [
    ("exports.table[0] = function", "call_table()"),
    ("exports.global_.value = function", "call_global()"),
    ("global kept; kept = function", "call(kept)"),
]


@pytest.mark.parametrize(("put", "call"), WAYS)
def test_typed_reference_takes_no_function_of_python(check_python: CheckPython, wat: Wat, put: str, call: str) -> None:
    """The guest calls it without looking again, and which type is wanted cannot be told: none is taken."""
    code = BEGIN.format(put=put.replace("exports.global_", "exports['global']"), call=call)
    code += """
for function in (good, wrong):
    try:
        put(function)
        call()
    except TypeError:
        print("refused")
"""
    assert check_python(code, module=wat(TYPED)) == "refused\nrefused\n"


MADE = """
(module
  (type $s (struct (field i32)))
  (func (export "i31") (result externref) (extern.convert_any (ref.i31 (i32.const 5))))
  (func (export "struct") (result externref) (extern.convert_any (struct.new $s (i32.const 5))))
  (table $t (export "table") 1 externref)
  (func (export "put") (table.set $t (i32.const 0) (extern.convert_any (ref.i31 (i32.const 5)))))
  (func (export "back") (param externref) (result externref) (extern.convert_any (any.convert_extern (local.get 0)))))
"""


@pytest.mark.parametrize("use", ["exports.i31()", "exports.struct()", "(exports.put(), exports.table[0])"])
def test_externref_made_by_the_guest_is_no_python_object(check_python: CheckPython, wat: Wat, use: str) -> None:
    code = f"""
import wasmedge
from wasmedge import Configure, Standard

exports = wasmedge.instantiate(module, configure=Configure(standard=Standard.WASM_3)).exports
thing = object()
assert exports.back(thing) is thing
try:
    {use}
except TypeError as error:
    print(error)
"""
    assert "is no Python object" in check_python(code, module=wat(MADE))


def test_global_of_the_guest_has_a_repr(wat: Wat) -> None:
    text = """
    (module
      (global (export "number") (ref i31) (ref.i31 (i32.const 5)))
      (global (export "made") externref (extern.convert_any (ref.i31 (i32.const 5))))
      (global (export "none") (ref null any) (ref.null any)))
    """
    configure = wasmedge.Configure(standard=wasmedge.Standard.WASM_3)
    exports = wasmedge.instantiate(wat(text), configure=configure).exports
    assert repr(exports.number) == "<Global const (ref i31), no Python object>"
    assert repr(exports.made) == "<Global const externref, no Python object>"
    assert repr(exports.none) == "<Global const (ref null any) None>"


STRUCTURED = """
(module
  (type $array (array i8))
  (type $struct (struct (field i32)))
  (global (export "global") (ref $array) (array.new $array (i32.const 1) (i32.const 3)))
  (table (export "table") 1 (ref $struct) (struct.new $struct (i32.const 1)))
  (func (export "array") (result (ref $array)) (array.new $array (i32.const 1) (i32.const 3)))
  (func (export "struct") (result (ref null $struct)) (struct.new $struct (i32.const 1)))
  (func (export "none") (result (ref null $struct)) (ref.null $struct))
  (func $function (export "function") (result funcref) (ref.func $function)))
"""


@pytest.mark.parametrize("use", ["array()", "struct()", "get('global').value", "table[0]"])
def test_structures_and_arrays_are_no_functions(check_python: CheckPython, wat: Wat, use: str) -> None:
    code = f"""
import wasmedge
from wasmedge import Configure, Standard

configure = Configure(standard=Standard.WASM_3)
exports = wasmedge.instantiate(module, configure=configure).exports
assert exports.none() is None
assert callable(exports.function())
try:
    print(repr(exports.{use}))
except TypeError as error:
    print(error)
"""
    assert "may be a structure or an array" in check_python(code, module=wat(STRUCTURED))
