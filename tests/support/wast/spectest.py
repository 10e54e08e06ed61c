# SPDX-License-Identifier: Apache-2.0
"""The host module that the suite's modules import from."""

from __future__ import annotations

import wasmedge
from wasmedge import Function, Global, Limit, Memory, Table, TableType

PRINTS = {
    "print": "()",
    "print_i32": "(i32)",
    "print_i64": "(i64)",
    "print_f32": "(f32)",
    "print_f64": "(f64)",
    "print_i32_f32": "(i32, f32)",
    "print_f64_f64": "(f64, f64)",
}


def make_spectest(release: str) -> wasmedge.Instance:
    """Return the module as a release of the suite wants it; its functions print nothing."""
    spectest = wasmedge.Instance("spectest")
    for name, type_ in PRINTS.items():
        spectest.add(name, Function(f"{type_} -> ()", _ignore))
    for name, type_, value in (("i32", "i32", 666), ("i64", "i64", 666), ("f32", "f32", 666.6), ("f64", "f64", 666.6)):
        spectest.add(f"global_{name}", Global(type_, value))
    spectest.add("table", Table("funcref 10..20"))
    if release != "2.0":
        spectest.add("table64", Table(TableType("funcref", Limit(10, 20, is64=True))))
    spectest.add("memory", Memory(Limit(1, 2)))
    return spectest


def _ignore(*numbers: float) -> None:
    """Take what a guest prints."""
