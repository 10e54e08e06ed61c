# SPDX-License-Identifier: Apache-2.0
"""The addresses that a WASI program may reach: how they are written, and what the extension makes of them."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

__all__ = ["parse_rules"]

_FORMS = "HOST, HOST:PORT, NETWORK/BITS, NETWORK/BITS:PORT or [IPV6]:PORT"
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_LONGEST_NAME = 253
_MOST_PORTS = 65535
_MAPPED_BITS = 96  # before an address of IPv4 in one of IPv6


class Rule(NamedTuple):
    """Addresses that may be used.

    Attributes:
        network: 16 bytes, those of IPv4 mapped into IPv6; none for a name.
        prefix: How many bits of it count.
        port: The port; 0 for all.
        name: The host's name in small letters; empty for a network.
    """

    network: bytes
    prefix: int
    port: int
    name: str


def parse_rules(sockets: object) -> list[Rule]:
    """Parse the addresses that `WasiModule` was given as `sockets`; called by the extension.

    Raises:
        TypeError: They are no iterable of str, or of pairs of host and port.
        ValueError: One is no address.
    """
    if isinstance(sockets, str | bytes) or not isinstance(sockets, Iterable):
        raise TypeError(f"sockets must be bool or a list of addresses, not {type(sockets).__name__}")
    return [_parse(each) for each in sockets]


def _parse(given: object) -> Rule:
    if isinstance(given, tuple) and len(given) == 2:
        host, port = given
        if not isinstance(host, str) or isinstance(port, bool) or not isinstance(port, int):
            raise TypeError(f"an address is a pair of str and int, not {given!r}")
        return _rule(host, _port(port, given), given)
    if not isinstance(given, str):
        raise TypeError(f"an address must be str, or a pair of host and port, not {type(given).__name__}")
    bracketed = re.fullmatch(r"\[([^][]*)\](?::([0-9]+))?", given)
    if bracketed is not None:
        host, port_text = bracketed[1], bracketed[2]
    elif given.count(":") == 1:
        host, port_text = given.split(":")
    else:
        host, port_text = given, None
    if port_text is not None and not re.fullmatch("[0-9]+", port_text):
        raise ValueError(f"an address is {_FORMS}, not {given!r}")
    return _rule(host, 0 if port_text is None else _port(int(port_text), given), given)


def _port(port: int, given: object) -> int:
    if not 1 <= port <= _MOST_PORTS:
        raise ValueError(f"a port is between 1 and {_MOST_PORTS}, not that of {given!r}")
    return port


def _rule(host: str, port: int, given: object) -> Rule:
    try:
        if "%" in host:
            raise ValueError("an address has no zone here")
        network: Any = ipaddress.ip_network(host)
    except ValueError as error:
        if "/" in host or ":" in host or re.fullmatch("[0-9.]*", host):
            raise ValueError(f"an address is {_FORMS}, not {given!r}: {error}") from None
        return Rule(b"", 0, port, _name(host, given))
    packed: bytes = network.network_address.packed
    if network.version == 4:
        return Rule(bytes(10) + b"\xff\xff" + packed, _MAPPED_BITS + network.prefixlen, port, "")
    return Rule(packed, network.prefixlen, port, "")


def _name(host: str, given: object) -> str:
    name = host.lower().removesuffix(".")
    if len(name) > _LONGEST_NAME or not all(map(_LABEL.fullmatch, name.split("."))):
        raise ValueError(f"an address is {_FORMS}, not {given!r}")
    return name
