# SPDX-License-Identifier: Apache-2.0
"""Limits of tables and memories."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING, Any

import pytest

from wasmedge import Limit, Memory, MemoryType, Table, TableType

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.quick


def test_limit_has_what_it_was_made_of() -> None:
    limit = Limit(1)
    assert (limit.min, limit.max, limit.has_max, limit.shared, limit.is64) == (1, None, False, False, False)
    limit = Limit(1, 0xFFFFFFFF, shared=True)
    assert (limit.min, limit.max, limit.has_max, limit.shared, limit.is64) == (1, 0xFFFFFFFF, True, True, False)
    limit = Limit(min=0, max=2**64 - 1, is64=True)
    assert (limit.min, limit.max, limit.has_max, limit.shared, limit.is64) == (0, 2**64 - 1, True, False, True)


@pytest.mark.parametrize(
    ("limit", "text"),
    [
        (Limit(1), "<Limit 1>"),
        (Limit(1, 5), "<Limit 1..5>"),
        (Limit(1, 5, shared=True), "<Limit 1..5, shared>"),
        (Limit(0, is64=True), "<Limit 0, 64-bit>"),
        (Limit(1, 1, shared=True, is64=True), "<Limit 1..1, shared, 64-bit>"),
    ],
)
def test_limit_repr_and_copies(limit: Limit, text: str) -> None:
    assert repr(limit) == text
    for again in (pickle.loads(pickle.dumps(limit)), copy.copy(limit), copy.deepcopy(limit)):  # noqa: S301
        assert again == limit
        assert hash(again) == hash(limit)
        assert repr(again) == text


def test_limit_equality() -> None:
    limits = [Limit(1), Limit(2), Limit(1, 1), Limit(1, 2), Limit(1, 2, shared=True), Limit(1, is64=True)]
    assert len(set(limits)) == len(limits)
    assert Limit(1, 2) == Limit(1, 2)
    assert Limit(1) != 1
    for name in ("min", "max", "has_max", "shared", "is64"):
        with pytest.raises(AttributeError):
            setattr(Limit(1), name, 1)


@pytest.mark.parametrize(
    ("arguments", "keywords"),
    [
        ((2, 1), {}),
        ((2**32,), {}),
        ((0, 2**32), {}),
        ((-1,), {}),
        ((0, -1), {}),
        ((2**64,), {"is64": True}),
        (("1",), {}),
        ((1.5,), {}),
        ((None,), {}),
        ((), {}),
        ((1, 2, True), {}),
    ],
)
def test_limit_refuses_bad_numbers(arguments: tuple[Any, ...], keywords: dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError, OverflowError)):
        Limit(*arguments, **keywords)


def test_limit_says_what_is_wrong() -> None:
    with pytest.raises(ValueError, match="the maximum 1 is below the minimum 2"):
        Limit(2, 1)
    with pytest.raises(ValueError, match="at most 4294967295"):
        Limit(2**32)


def test_limit_shared_without_maximum_is_refused_where_it_is_used() -> None:
    limit = Limit(1, shared=True)
    assert (limit.shared, limit.has_max) == (True, False)
    type_ = MemoryType(limit)
    with pytest.raises(ValueError, match="a shared memory has a maximum"):
        Memory(type_)
    with pytest.raises(ValueError, match="tables cannot be shared"):
        TableType("funcref", limit)


@pytest.mark.parametrize("make", [MemoryType, Memory])
def test_limit_beyond_what_a_memory_can_have(make: Callable[[Limit], object]) -> None:
    with pytest.raises(ValueError, match=r"^min of a 32-bit memory is at most 65536 pages, not 65537$"):
        make(Limit(65537))
    for limit in (Limit(0, 65537), Limit(1, 2**32 - 1, shared=True)):
        with pytest.raises(ValueError, match=rf"^max of a 32-bit memory is at most 65536 pages, not {limit.max}$"):
            make(limit)
    for pages in (131_073, 2**48, 2**64 - 1):
        with pytest.raises(ValueError, match=rf"^min of a 64-bit memory is at most 131072 pages, not {pages}$"):
            make(Limit(pages, is64=True))


def test_limit_is_cut_to_what_a_memory_of_64_bits_can_have() -> None:
    for max_ in (None, 131_073, 2**64 - 1):
        type_ = MemoryType(Limit(1, max_, is64=True))
        assert type_.limit.max == max_
        assert Memory(type_).type.limit == Limit(1, 131_072, is64=True)
    assert MemoryType(Limit(0, 65536)).limit.max == 65536


def test_limit_is_where_a_number_will_do() -> None:
    assert MemoryType(3) == MemoryType(Limit(3))
    assert TableType("funcref", 2) == TableType("funcref", Limit(2))
    assert len(Table(TableType("funcref", 2))) == 2
    for wrong in (True, 1.5, "", "-1", None, -1):
        with pytest.raises((TypeError, ValueError, OverflowError)):
            MemoryType(wrong)  # type: ignore[arg-type]
