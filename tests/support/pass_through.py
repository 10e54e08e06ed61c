# SPDX-License-Identifier: Apache-2.0
"""A guest that passes what it is given on to a host module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import wasmedge
from wasmedge import Instance
from wasmedge.hosts import add_functions

if TYPE_CHECKING:
    from tests.conftest import Wat


class PassThrough:
    """Calls a host module's functions with whatever it is told to, by a memory of its own.

    Attributes:
        instance: The guest's instance.
        memory: Its memory.
    """

    def __init__(self, wat: Wat, module: Instance | object, pages: int = 1) -> None:
        if not isinstance(module, Instance):
            receiver, module = module, Instance("host")
            add_functions(module, receiver)
        imports, functions = "", ""
        for name, function in module.functions.items():
            params = "".join(f" {p}" for p in function.type.params)
            type_ = f"(param{params}) (result{''.join(f' {r}' for r in function.type.results)})"
            gets = " ".join(f"(local.get {i})" for i in range(len(function.type.params)))
            imports += f'(import "{module.name}" "{name}" (func ${name} {type_}))'
            functions += f'(func (export "{name}") {type_} (call ${name} {gets}))'
        code = wat(f'(module {imports} {functions} (memory (export "memory") {pages}))')
        self.instance = wasmedge.instantiate(code, imports={module.name: module})
        self.memory = self.instance.exports.memory

    def call(self, name: str, *args: Any) -> Any:
        """Call a function."""
        return self.instance.exports[name](*args)
