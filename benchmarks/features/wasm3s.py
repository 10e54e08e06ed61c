# SPDX-License-Identifier: Apache-2.0
"""What pywasm3 does of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import wasm3

from features.probes import Peer, main


class Wasm3(Peer):
    """wasm3, an interpreter."""

    package = "wasm3"

    def functions(self, wasm: bytes, imports: dict[str, Any] | None = None) -> Any:
        """Instantiate a module with functions and return its exports."""
        environment = wasm3.Environment()
        runtime = environment.new_runtime(64 * 1024)
        module = environment.parse_module(wasm)
        runtime.load(module)
        for name, call in (imports or {}).items():
            module.link_function("env", name, "v()", call)
        return _Exports(runtime)

    def view(self, wasm: bytes) -> tuple[np.ndarray[Any, np.dtype[np.uint8]], Any]:
        """Return an array on a module's memory, and the module's exports."""
        exports = self.functions(wasm)
        return np.frombuffer(exports.runtime.get_memory(0), dtype=np.uint8), exports

    def module(self, wasm: bytes) -> Any:
        """Return a module."""
        return wasm3.Environment().parse_module(wasm)


class _Exports:
    def __init__(self, runtime: Any) -> None:
        self.runtime = runtime

    def __getattr__(self, name: str) -> Any:
        return self.runtime.find_function(name)


if __name__ == "__main__":
    main(Wasm3())
