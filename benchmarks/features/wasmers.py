# SPDX-License-Identifier: Apache-2.0
"""What wasmer does of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import wasmer
import wasmer_compiler_cranelift

from features.probes import Peer, main

if TYPE_CHECKING:
    from features.probes import Wat


class Wasmer(Peer):
    """Wasmer, with Cranelift."""

    package = "wasmer"

    def functions(self, wasm: bytes, imports: dict[str, Any] | None = None) -> Any:
        """Instantiate a module with functions and return its exports."""
        store = wasmer.Store(wasmer.engine.Universal(wasmer_compiler_cranelift.Compiler))
        given = wasmer.ImportObject()
        functions = {
            name: wasmer.Function(store, call, wasmer.FunctionType([], [])) for name, call in (imports or {}).items()
        }
        given.register("env", functions)
        return wasmer.Instance(wasmer.Module(store, wasm), given).exports

    def view(self, wasm: bytes) -> tuple[np.ndarray[Any, np.dtype[np.uint8]], Any]:
        """Return an array on a module's memory, and the module's exports."""
        exports = self.functions(wasm)
        return np.frombuffer(exports.memory.buffer, dtype=np.uint8), exports

    def module(self, wasm: bytes) -> Any:
        """Return a module."""
        return wasmer.Module(wasmer.Store(), wasm)

    def cached(self, wat: Wat) -> None:
        """Serialise and deserialise a module: where to, is for the user."""
        store = wasmer.Store(wasmer.engine.Universal(wasmer_compiler_cranelift.Compiler))
        wasm = wat('(module (func (export "run") (result i32) (i32.const 42)))')
        code = wasmer.Module(store, wasm).serialize()
        assert wasmer.Instance(wasmer.Module.deserialize(store, code)).exports.run() == 42


if __name__ == "__main__":
    main(Wasmer())
