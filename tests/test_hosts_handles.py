# SPDX-License-Identifier: Apache-2.0
"""Handles of guests, and the packages that only some host modules need."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import wasmedge
from wasmedge.hosts import (
    GuestError,
    HandleTable,
    MissingExtraError,
    add_functions,
    guest_function,
    import_extra,
    require_extra,
    u32,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import InThreads, Wat

pytestmark = pytest.mark.quick

UNKNOWN, FULL = 15, 18


def number_of(call: Callable[[], Any]) -> int:
    """Return the error number that a call raises."""
    with pytest.raises(GuestError) as caught:
        call()
    return caught.value.number


def test_handle_table_gives_the_smallest_number() -> None:
    table: HandleTable[str] = HandleTable(unknown=UNKNOWN, full=FULL, first=3)
    assert [table.open(name) for name in "abc"] == [3, 4, 5]
    assert (table.get(4), table.close(4), len(table)) == ("b", "b", 2)
    assert (table.close(3), table.open("d"), table.open("e"), table.open("f")) == ("a", 3, 4, 6)


@pytest.mark.parametrize("handle", [0, -1, 4, 2**32 - 1])
def test_handle_table_unknown_handles(handle: int) -> None:
    table: HandleTable[str] = HandleTable(unknown=UNKNOWN, full=FULL, first=3)
    table.open("a")
    assert number_of(lambda: table.get(handle)) == UNKNOWN
    assert number_of(lambda: table.close(handle)) == UNKNOWN
    table.close(3)
    assert number_of(lambda: table.close(3)) == UNKNOWN


def test_handle_table_of_several_classes() -> None:
    table: HandleTable[object] = HandleTable(unknown=UNKNOWN, full=FULL)
    handle = table.open("text")
    assert table.get_as(handle, str) == "text"
    assert number_of(lambda: table.get_as(handle, bytes)) == UNKNOWN


def test_handle_table_is_full_at_its_limit() -> None:
    table: HandleTable[int] = HandleTable(unknown=UNKNOWN, full=FULL, limit=1000)
    opened = [table.open(i) for i in range(1000)]
    assert number_of(lambda: table.open(0)) == FULL
    assert table.close(opened[500]) == 500
    assert table.open(7) == opened[500]


def test_handle_table_of_a_guest_that_leaks_handles(wat: Wat) -> None:
    class Leaking:
        def __init__(self) -> None:
            self.table: HandleTable[object] = HandleTable(unknown=UNKNOWN, full=FULL, limit=5000)

        @guest_function(fault=1, failure=2)
        def open(self) -> u32:
            return 100 + self.table.open(object())

    receiver = Leaking()
    module = wasmedge.Instance("host")
    add_functions(module, receiver)
    code = """(module
      (import "host" "open" (func $open (result i32)))
      (func (export "leak") (param $count i32) (result i32) (local $last i32)
        (loop $next
          (local.set $last (call $open))
          (br_if $next (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))
        (local.get $last)))"""
    leak = wasmedge.instantiate(wat(code), imports={"host": module}).exports.leak
    assert leak(5000) == 100 + 4999
    assert leak(100_000) == FULL
    receiver.table.close(17)
    assert leak(1) == 100 + 17


def test_handle_table_is_shared_by_threads(in_threads: InThreads, many_switches: None) -> None:
    table: HandleTable[int] = HandleTable(unknown=UNKNOWN, full=FULL)

    def work(i: int) -> int:
        for _ in range(300):
            handles = [table.open(i) for _ in range(5)]
            assert {table.get(handle) for handle in handles} == {i}
            for handle in handles:
                table.close(handle)
        return i

    assert in_threads(4, work) == [0, 1, 2, 3]
    assert len(table) == 0


def test_extras_name_what_to_install() -> None:
    assert import_extra("A test", "nothing", "no_such_package.module", "json") is json
    for find in (import_extra, require_extra):
        with pytest.raises(
            MissingExtraError, match=r"A test needs the package missing or absent: pip install"
        ) as caught:
            find("A test", "nothing", "missing.part", "absent")
        assert caught.value.extra == "nothing"
        assert "pip install 'pywasmedge[nothing]'" in str(caught.value)
        assert isinstance(caught.value, ImportError)
