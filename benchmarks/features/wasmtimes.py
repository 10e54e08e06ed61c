# SPDX-License-Identifier: Apache-2.0
"""What wasmtime-py does of it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import wasmtime
import wasmtime.component

from features.probes import ENDLESS, FIB, HELLO, LackingError, Peer, main

if TYPE_CHECKING:
    from features.probes import Wat


class Wasmtime(Peer):
    """Wasmtime, with every proposal that it has."""

    package = "wasmtime"

    def functions(self, wasm: bytes, imports: dict[str, Any] | None = None) -> Any:
        """Instantiate a module with functions and return its exports."""
        config = wasmtime.Config()
        config.wasm_gc = config.wasm_function_references = config.wasm_exceptions = True
        store = wasmtime.Store(wasmtime.Engine(config))
        return self._functions(store, wasm, imports or {})

    def _functions(self, store: Any, wasm: bytes, imports: dict[str, Any]) -> Any:
        module: Any = wasmtime.Module(store.engine, wasm)
        given = [wasmtime.Func(store, each.type, imports[each.name]) for each in module.imports]
        exports = wasmtime.Instance(store, module, given).exports(store)
        found = SimpleNamespace(store=store)
        for each in module.exports:
            export = exports[each.name]
            is_function = isinstance(export, wasmtime.Func)
            setattr(found, each.name, _Bound(store, export) if is_function else export)
        return found

    def view(self, wasm: bytes) -> tuple[np.ndarray[Any, np.dtype[np.uint8]], Any]:
        """Return an array on a module's memory, and the module's exports."""
        exports = self.functions(wasm)
        return np.frombuffer(exports.memory.get_buffer_ptr(exports.store), dtype=np.uint8), exports

    def timeout(self, wat: Wat) -> None:
        """There are epochs, which end all calls of an engine, and no limit of a call."""
        raise LackingError

    def fuel(self, wat: Wat) -> None:
        """Stop an endless guest by fuel."""
        config = wasmtime.Config()
        config.consume_fuel = True
        store = wasmtime.Store(wasmtime.Engine(config))
        store.set_fuel(10_000)
        try:
            self._functions(store, wat(ENDLESS), {}).run()
        except wasmtime.Trap:
            return
        raise AssertionError

    def streams(self, wat: Wat) -> None:
        """Read what a program has written."""
        store = wasmtime.Store()
        linker = wasmtime.Linker(store.engine)
        linker.define_wasi()
        config = wasmtime.WasiConfig()
        written: list[bytes] = []

        def record(data: bytes) -> int:
            written.append(bytes(data))
            return len(data)

        config.stdout_custom = record
        store.set_wasi(config)
        exports: Any = linker.instantiate(store, wasmtime.Module(store.engine, wat(HELLO))).exports(store)
        exports["_start"](store)
        assert b"".join(written) == b"hello"

    def cached(self, wat: Wat) -> None:
        """Turn the cache on."""
        config = wasmtime.Config()
        config.cache = True
        wasmtime.Module(wasmtime.Engine(config), wat(FIB))

    def module(self, wasm: bytes) -> Any:
        """Return a module."""
        return wasmtime.Module(wasmtime.Engine(), wasm)

    def component(self, wat: Wat) -> None:
        """Load an empty component."""
        wasmtime.component.Component(wasmtime.Engine(), "(component)")


class _Bound:
    """A function with its store, as calls need it."""

    def __init__(self, store: Any, function: Any) -> None:
        self._store = store
        self._function = function

    def __call__(self, *arguments: Any) -> Any:
        return self._function(self._store, *arguments)


if __name__ == "__main__":
    main(Wasmtime())
