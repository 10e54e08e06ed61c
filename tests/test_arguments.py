# SPDX-License-Identifier: Apache-2.0
"""The arguments of calls: how many there may be, what is no number, and whose exceptions pass through."""

from __future__ import annotations

import decimal
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import wasmedge

if TYPE_CHECKING:
    from tests.conftest import Wat

pytestmark = pytest.mark.quick

NUMBERS = ["i32", "i64", "f32", "f64"]
IDENTITY = "(module {})".format(
    "".join(f'(func (export "{type_}") (param {type_}) (result {type_}) (local.get 0))' for type_ in NUMBERS)
)

NO_NUMBERS: list[Any] = [
    True,
    False,
    np.bool_(True),
    None,
    "1",
    b"1",
    bytearray(b"1"),
    np.str_("1"),
    1j,
    np.complex64(1),
    np.complex128(1),
    [1],
    (1,),
    {},
    np.array([1]),
    np.array([1.0]),
    np.array(True),
    np.datetime64(1, "s"),
    object(),
    int,
]
NO_INTEGERS: list[Any] = [1.0, decimal.Decimal(1), np.float16(1), np.timedelta64(1, "s"), float("nan")]


@pytest.fixture(scope="module")
def identity(wat: Wat) -> wasmedge.Exports:
    """Return functions that give their argument back."""
    return wasmedge.instantiate(wat(IDENTITY)).exports


def class_name(value: object) -> str:
    """Name a value for pytest."""
    return type(value).__name__ + repr(value) if isinstance(value, (bool, np.ndarray)) else type(value).__name__


@pytest.mark.parametrize("type_", NUMBERS)
@pytest.mark.parametrize("value", NO_NUMBERS, ids=class_name)
def test_arguments_that_are_no_numbers(identity: wasmedge.Exports, type_: str, value: object) -> None:
    with pytest.raises(TypeError):
        identity[type_](value)
    assert identity[type_](1) == 1


@pytest.mark.parametrize("type_", ["i32", "i64"])
@pytest.mark.parametrize("value", NO_INTEGERS, ids=class_name)
def test_arguments_that_are_no_integers(identity: wasmedge.Exports, type_: str, value: object) -> None:
    with pytest.raises(TypeError, match=rf"^{type_}\(\) argument 1 must be {type_}, not [\w.]*{type(value).__name__}$"):
        identity[type_](value)


@pytest.mark.parametrize("array", [np.array(1), np.array(1.0), np.array([1]), np.array([[1.0]])], ids=repr)
@pytest.mark.parametrize("type_", NUMBERS)
def test_arguments_that_are_arrays(identity: wasmedge.Exports, type_: str, array: object) -> None:
    with pytest.raises(TypeError):
        identity[type_](array)


@pytest.mark.parametrize("type_", NUMBERS)
def test_arguments_messages_name_function_place_and_types(wat: Wat, type_: str) -> None:
    exports = wasmedge.instantiate(wat(f'(module (func (export "pick") (param i32 {type_})))')).exports
    with pytest.raises(TypeError, match=rf"^pick\(\) argument 2 must be {type_}, not str$"):
        exports.pick(1, "2")
    with pytest.raises(OverflowError, match=r"^pick\(\) argument 1: 4294967296 is out of range for i32 "):
        exports.pick(2**32, 1)


@pytest.mark.parametrize("kind", ["i32", "f64"])
def test_arguments_pass_exceptions_through(identity: wasmedge.Exports, kind: str) -> None:
    class Mine(Exception):
        pass

    class Raising:
        def __index__(self) -> int:
            raise error

    class RaisingFloat:
        def __float__(self) -> float:
            raise error

    for error in (Mine("mine"), KeyboardInterrupt(), TypeError("mine")):
        with pytest.raises(type(error)) as caught:
            identity[kind](Raising() if kind == "i32" else RaisingFloat())
        assert caught.value is error
    assert identity[kind](1) == 1


def test_arguments_pass_warnings_through(identity: wasmedge.Exports) -> None:
    class Sub(int):
        pass

    class Index:
        def __index__(self) -> int:
            return Sub(3)

    with pytest.raises(DeprecationWarning):
        identity.i32(Index())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert identity.i32(Index()) == 3


def test_arguments_that_close_everything_do_no_harm(wat: Wat) -> None:
    vm = wasmedge.VM()
    vm.load(wat('(module (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))'))
    vm.validate()
    vm.instantiate()

    class Closing:
        def __index__(self) -> int:
            vm.close()
            return 40

    assert vm.execute("add", Closing(), 2) == 42
    with pytest.raises(ValueError, match="closed"):
        vm.execute("add", 1, 2)


def test_arguments_that_call_the_same_function(identity: wasmedge.Exports) -> None:
    class Calling:
        def __init__(self, depth: int) -> None:
            self.depth = depth

        def __index__(self) -> int:
            return identity.i32(Calling(self.depth - 1)) + 1 if self.depth else 0

    assert identity.i32(Calling(50)) == 50


COUNTS = [
    ("", "(): takes 0 arguments (), but {} were given"),
    ("i32", "(): takes 1 argument (i32), but {} were given"),
    ("i32 f64", "(): takes 2 arguments (i32, f64), but {} were given"),
    ("i64 " * 9, "(): takes 9 arguments (" + ", ".join(["i64"] * 9) + "), but {} were given"),
]


@pytest.mark.parametrize(("params", "message"), COUNTS, ids=[params for params, _ in COUNTS])
def test_arguments_of_a_wrong_count(wat: Wat, params: str, message: str) -> None:
    vm = wasmedge.VM()
    vm.load(wat(f'(module (func (export "f") (param {params})))'))
    vm.validate()
    vm.instantiate()
    instance = vm.active_instance
    assert instance is not None
    wanted = len(params.split())
    for given in {0, 1, 2, 3, 10, 100} - {wanted}:
        expected = "f" + message.replace(": takes", " takes").format(given)
        if given == 1:
            expected = expected.replace("1 were given", "1 was given")
        for call in (instance.exports.f, lambda *args: vm.execute("f", *args)):
            with pytest.raises(TypeError) as caught:
                call(*range(given))
            assert str(caught.value) == expected
    assert instance.exports.f(*range(wanted)) is None


@pytest.mark.parametrize("count", [1, 7, 8, 9, 20, 1000])
def test_arguments_and_results_of_any_number(wat: Wat, count: int) -> None:
    types = [NUMBERS[i % 4] for i in range(count)]
    gets = " ".join(f"(local.get {i})" for i in reversed(range(count)))
    results = " ".join(reversed(types))
    module = wat(f'(module (func (export "turn") (param {" ".join(types)}) (result {results}) {gets}))')
    turn = wasmedge.instantiate(module).exports.turn
    values = [i - 3 if types[i][0] == "i" else i / 4 for i in range(count)]
    expected = tuple(reversed(values))
    result = turn(*values)
    assert result == (expected if count > 1 else expected[0])
    assert [type(value) for value in (result if count > 1 else [result])] == [type(value) for value in expected]
    with pytest.raises(TypeError, match=rf"^turn\(\) argument {count} must be {types[-1]}, not str$"):
        turn(*values[:-1], "last")


def test_arguments_by_name_are_refused(identity: wasmedge.Exports) -> None:
    with pytest.raises(TypeError, match=r"^i32\(\) takes no keyword arguments but fuel and timeout$"):
        identity.i32(value=1)
    with pytest.raises(TypeError, match=r"^i32\(\) takes no keyword arguments but fuel and timeout$"):
        identity.i32(1, **{"": 2})
    none: dict[str, int] = {}
    assert identity.i32(1, **none) == 1
