# SPDX-License-Identifier: Apache-2.0
"""The exports of an instance as attributes and as items, whatever their names are."""

from __future__ import annotations

import copy
import operator
from typing import TYPE_CHECKING

import pytest

import wasmedge
from wasmedge import Exports, Function, Memory

if TYPE_CHECKING:
    from tests.conftest import Wat

pytestmark = pytest.mark.quick

# Names as WebAssembly text writes them, and what they are.
NAMES = {
    "plain": "plain",
    "": "",
    "class": "class",
    "with-dash": "with-dash",
    "a b": "a b",
    "1st": "1st",
    "wasi:http/types@0.2.0#[method]f": "wasi:http/types@0.2.0#[method]f",
    "ünï☃": "ünï☃",
    "😀": "😀",
    "Ångström": "Ångström",
    r"nul\00inside": "nul\0inside",
    r"\n\t\22": '\n\t"',
    "__init__": "__init__",
    "__class__": "__class__",
    "__dict__": "__dict__",
    "__getitem__": "__getitem__",
    "%s%n": "%s%n",
}


def exports_of(wat: Wat, names: list[str]) -> Exports:
    """Make an instance that exports functions which return the place of their names."""
    functions = "".join(f'(func (export "{name}") (result i32) (i32.const {i}))' for i, name in enumerate(names))
    return wasmedge.instantiate(wat(f'(module {functions} (memory (export "memory") 2))')).exports


@pytest.fixture(scope="module")
def exports(wat: Wat) -> Exports:
    """Return exports of all kinds of names."""
    return exports_of(wat, list(NAMES))


def test_exports_as_items(exports: Exports) -> None:
    for i, name in enumerate(NAMES.values()):
        assert exports[name]() == i
        assert exports[name].name == exports[name].__name__ == name
        assert name in exports
    assert isinstance(exports["memory"], Memory)


def test_exports_as_attributes(exports: Exports) -> None:
    for i, name in enumerate(NAMES.values()):
        if not name.startswith("__"):
            assert getattr(exports, name)() == i
            assert getattr(exports, name) is getattr(exports, name)
    assert exports.plain() == 0
    assert isinstance(exports.plain, Function)
    assert exports.memory.pages == 2
    # Python's own attributes come first.
    assert exports.__class__ is Exports


def test_exports_are_counted_listed_and_iterated_over(exports: Exports) -> None:
    expected = sorted([*NAMES.values(), "memory"])
    assert len(exports) == len(expected)
    assert sorted(exports) == expected
    assert dir(exports) == expected
    assert bool(exports)


@pytest.mark.parametrize("name", ["none", "Plain", "A\u030angstro\u0308m", "nul", "\ud800"])
def test_exports_misses_say_what_there_is(exports: Exports, name: str) -> None:
    assert name not in exports
    assert not hasattr(exports, name)
    assert getattr(exports, name, 5) == 5
    with pytest.raises(AttributeError):
        getattr(exports, name)
    with pytest.raises(KeyError):
        exports[name]


def test_exports_messages_name_the_module_and_the_choice(wat: Wat) -> None:
    few = exports_of(wat, ["one", "two"])
    with pytest.raises(AttributeError, match=r"^<bytes> exports no 'three'; it exports one, two, memory$"):
        few.three  # noqa: B018
    with pytest.raises(KeyError, match="<bytes> exports no 'three'; it exports one, two, memory"):
        few["three"]
    assert repr(few) == "<Exports of <bytes>: exports one, two, memory>"
    many = exports_of(wat, [f"f{i:02}" for i in range(40)])
    with pytest.raises(AttributeError, match=r"f18, f19 and 21 more$"):
        many.none  # noqa: B018
    with pytest.raises(AttributeError, match="it exports nothing"):
        wasmedge.instantiate(b"\0asm\1\0\0\0").exports.none  # noqa: B018


@pytest.mark.parametrize("key", [None, 3, b"plain", ("plain",)])
def test_exports_keys_are_str(exports: Exports, key: object) -> None:
    assert key not in exports
    with pytest.raises((TypeError, KeyError)):
        exports[key]  # type: ignore[index]


@pytest.mark.parametrize("found", [False, True], ids=["at once", "after it was used"])
@pytest.mark.parametrize("name", ["f", "memory", "none"])
def test_exports_are_read_only(wat: Wat, name: str, found: bool) -> None:
    exports = exports_of(wat, ["f"])
    if found:
        getattr(exports, name, None)
    with pytest.raises(AttributeError, match="read-only"):
        setattr(exports, name, len)
    with pytest.raises(AttributeError):
        delattr(exports, name)
    with pytest.raises(TypeError):
        operator.setitem(exports, name, len)  # type: ignore[call-overload]
    with pytest.raises(TypeError):
        operator.delitem(exports, name)  # type: ignore[call-overload]
    assert exports.f() == 0


def test_exports_belong_to_one_instance(wat: Wat) -> None:
    instance, other = (wasmedge.instantiate(wat('(module (func (export "f")))')) for _ in range(2))
    assert instance.exports.f == instance.exports.f
    assert instance.exports.f != other.exports.f


def test_exports_of_one_object_under_two_names(wat: Wat) -> None:
    text = '(module (func $f) (export "a" (func $f)) (export "b" (func $f)) (memory 1) (export "m" (memory 0)))'
    exports = wasmedge.instantiate(wat(text)).exports
    assert exports.a == exports.b
    assert (exports.a.name, exports.b.name) == ("a", "b")


def test_exports_do_not_pretend_to_have_protocols(exports: Exports) -> None:
    with pytest.raises(TypeError):
        copy.copy(exports)
    with pytest.raises(TypeError):
        exports()  # type: ignore[operator]
