# SPDX-License-Identifier: Apache-2.0
"""The addresses that a guest may reach: how they are written, and what is none."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasmedge import WasiModule
from wasmedge.addresses import parse_rules

pytestmark = pytest.mark.quick


@pytest.mark.parametrize(
    ("sockets", "error", "message"),
    [
        ("127.0.0.1", TypeError, "sockets must be bool or a list of addresses, not str"),
        (1, TypeError, "sockets must be bool or a list of addresses, not int"),
        ([1], TypeError, "an address must be str, or a pair of host and port, not int"),
        ([("a", "b")], TypeError, "an address is a pair of str and int"),
        ([("a", True)], TypeError, "an address is a pair of str and int"),
        ([("a", 65536)], ValueError, "a port is between 1 and 65535"),
        (["a:0"], ValueError, "a port is between 1 and 65535"),
        (["a:b"], ValueError, "an address is HOST, HOST:PORT"),
        (["a:"], ValueError, "an address is HOST, HOST:PORT"),
        ([""], ValueError, "an address is HOST, HOST:PORT"),
        (["a b"], ValueError, "an address is HOST, HOST:PORT"),
        (["10.0.0.1/8"], ValueError, "has host bits set"),
        (["10.0.0"], ValueError, "an address is HOST, HOST:PORT"),
        (["300.0.0.1:1"], ValueError, "an address is HOST, HOST:PORT"),
        (["fe80::1%eth0"], ValueError, "an address is HOST, HOST:PORT"),
        (["http://host"], ValueError, "an address is HOST, HOST:PORT"),
        (["*.host"], ValueError, "an address is HOST, HOST:PORT"),
        (["a\0b"], ValueError, "an address is HOST, HOST:PORT"),
        (["a" * 64], ValueError, "an address is HOST, HOST:PORT"),
    ],
)
def test_sockets_refuse_what_cannot_be_a_list(sockets: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        WasiModule(sockets=sockets)


@given(st.ip_addresses(v=4), st.integers(1, 65535))
def test_sockets_parse_every_address(address: Any, port: int) -> None:
    mapped = bytes(10) + b"\xff\xff" + address.packed
    assert parse_rules([f"{address}:{port}", str(address)]) == [(mapped, 128, port, ""), (mapped, 128, 0, "")]


@given(st.ip_addresses(v=6), st.integers(1, 65535))
def test_sockets_parse_every_address_of_ipv6(address: Any, port: int) -> None:
    assert parse_rules([f"[{address}]:{port}", str(address)]) == [
        (address.packed, 128, port, ""),
        (address.packed, 128, 0, ""),
    ]


@given(st.text())
def test_sockets_parse_or_refuse_any_text(text: str) -> None:
    try:
        (rule,) = parse_rules([text])
    except ValueError:
        return
    assert bool(rule.name) != bool(rule.network)
    assert WasiModule(sockets=[text])
