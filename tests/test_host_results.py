# SPDX-License-Identifier: Apache-2.0
"""What host functions return: what is taken, and how what is not is named."""

from __future__ import annotations

import collections
from typing import TYPE_CHECKING

import pytest

import wasmedge
from wasmedge import Function

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Wat

pytestmark = pytest.mark.quick


def give_result(result: object) -> Callable[[], object]:
    """Return a function of a name that messages can be compared with."""

    def give() -> object:
        return result

    return give


@pytest.mark.parametrize(
    ("results", "given", "error", "text"),
    [
        ("i32", "1", TypeError, "give() result must be i32, not str"),
        ("i32", None, TypeError, "give() result must be i32, not NoneType"),
        ("i32", True, TypeError, "give() result must be i32, not bool"),
        ("i32", (1,), TypeError, "give() result must be i32, not tuple"),
        ("i64", 0.5, TypeError, "give() result must be i64, not float"),
        ("f32", "x", TypeError, "give() result must be f32, not str"),
        ("funcref", print, TypeError, "give() result must be funcref, not builtin_function_or_method"),
        ("v128", "x", TypeError, "give() result must be v128, not str"),
        ("i32", 2**32, OverflowError, "give() result: 4294967296 is out of range for i32 (-2**31 to 2**32-1)"),
        ("i64", -(2**63) - 1, OverflowError, "give() result: -9223372036854775809 is out of range for i64"),
        ("f32", 1e300, OverflowError, "give() result: 1e+300 is out of range for f32"),
        ("()", 0, TypeError, "give() must return None, as its type is () -> (), not int"),
        ("(i32, i32)", (1,), TypeError, "give() must return a tuple of 2 values, as its type is () -> (i32, i32)"),
        ("(i32, i32)", (1, 2, 3), TypeError, "give() must return a tuple of 2 values"),
        ("(i32, i32)", 1, TypeError, "give() must return a tuple of 2 values"),
        ("(i32, i32)", "ab", TypeError, "give() must return a tuple of 2 values"),
        ("(i32, i32)", (1, "2"), TypeError, "give() result 2 must be i32, not str"),
        ("(i32, i32)", (2**40, 2), OverflowError, "give() result 1: 1099511627776 is out of range for i32"),
    ],
)
def test_host_function_wrong_results_are_named(
    wat: Wat, results: str, given: object, error: type[Exception], text: str
) -> None:
    function = Function(f"() -> {results}", give_result(given))
    with pytest.raises(error) as direct:
        function()
    assert str(direct.value).startswith(text)
    words = results.strip("()").replace(",", " ")
    module = wat(
        f'(module (import "env" "f" (func $f (result {words}))) (func (export "run") (result {words}) call $f))'
    )
    run = wasmedge.instantiate(module, imports={"env": {"f": function}}).exports.run
    with pytest.raises(error) as outer:
        run()
    assert str(outer.value).startswith(text)


def test_host_function_several_results() -> None:
    pair = collections.namedtuple("pair", ["a", "b"])
    for given in ((1, 2), [1, 2], pair(1, 2)):
        assert Function("() -> (i32, i64)", give_result(given))() == (1, 2)
    many = tuple(range(20))
    assert Function("() -> (" + ", ".join(["i32"] * 20) + ")", give_result(many))() == many
