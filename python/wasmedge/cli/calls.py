# SPDX-License-Identifier: Apache-2.0
"""Functions and their arguments, as they are written on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wasmedge.cli.failures import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import wasmedge

__all__ = ["find_function", "parse_args"]


def find_function(vm: wasmedge.VM, file: str, name: str | None) -> str:
    """Check that a module exports a function.

    Raises:
        UsageError: It does not, or there is no name; the message says what it exports.
    """
    known = ", ".join(vm.functions) or "nothing that can be called"
    if name is None:
        raise UsageError(f"{file} is no WASI program: name a function to call; it exports {known}")
    if name not in vm.functions:
        raise UsageError(f"{file} exports no function '{name}'; it exports {known}")
    return name


def parse_args(name: str, type_: wasmedge.FunctionType, texts: Sequence[str]) -> list[int | float]:
    """Parse a function's arguments.

    Raises:
        UsageError: One is no number of its type, or there are more or fewer than the function has.
    """
    if len(texts) != len(type_.params):
        raise UsageError(f"{name} is {type_}, but {len(texts)} arguments were given")
    return [_parse_number(text, str(param)) for text, param in zip(texts, type_.params, strict=True)]


def _parse_number(text: str, type_: str) -> int | float:
    if type_ not in {"i32", "i64", "f32", "f64"}:
        raise UsageError(f"a {type_} cannot be given on the command line")
    try:
        if type_ in {"f32", "f64"}:
            return float.fromhex(text) if "0x" in text.lower() else float(text)
        return int(text, 0)
    except ValueError as error:
        raise UsageError(f"'{text}' is no {type_}") from error
