# SPDX-License-Identifier: Apache-2.0
"""What this package does of it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import wasmedge
from features.probes import ENDLESS, FIB, HELLO, Peer, main
from wasmedge.hosts import WasiNNModule

if TYPE_CHECKING:
    from features.probes import Wat


class Ours(Peer):
    """This package, with every proposal of these."""

    package = "wasmedge"

    def functions(self, wasm: bytes, imports: dict[str, Any] | None = None) -> Any:
        """Instantiate a module with functions and return its exports."""
        configure = wasmedge.Configure()
        configure.add(wasmedge.Proposal.GC)
        configure.add(wasmedge.Proposal.EXCEPTION_HANDLING)
        return wasmedge.instantiate(wasm, imports={"env": imports or {}}, configure=configure).exports

    def view(self, wasm: bytes) -> tuple[np.ndarray[Any, np.dtype[np.uint8]], Any]:
        """Return an array on a module's memory, and the module's exports."""
        exports = self.functions(wasm)
        return np.asarray(exports.memory), exports

    def awaited(self, wat: Wat) -> None:
        """Await two calls."""

        async def both() -> list[int]:
            fib = self.functions(wat(FIB)).fib
            return list(await asyncio.gather(fib.call_async(10), fib.call_async(11)))

        assert asyncio.run(both()) == [55, 89]

    def timeout(self, wat: Wat) -> None:
        """Stop an endless guest by the time, three times."""
        run = self.functions(wat(ENDLESS)).run
        for _ in range(3):
            try:
                run(timeout=0.05)
            except TimeoutError:
                continue
            raise AssertionError

    def fuel(self, wat: Wat) -> None:
        """Stop an endless guest by fuel."""
        counting = wasmedge.instantiate(wat(ENDLESS), configure=wasmedge.Configure(measure_cost=True))
        try:
            counting.exports.run(fuel=10_000)
        except wasmedge.CostLimitExceeded:
            return
        raise AssertionError

    def streams(self, wat: Wat) -> None:
        """Read what a program has written."""
        assert wasmedge.run_wasi(wat(HELLO), capture_output=True).stdout == b"hello"

    def cached(self, wat: Wat) -> None:
        """Compile in one process, and find it in another."""
        wasm = wat(FIB)
        code = "import sys, wasmedge; wasmedge.instantiate(sys.stdin.buffer.read(), run_mode='aot')"
        with tempfile.TemporaryDirectory() as directory:
            kept = []
            for _ in range(2):
                environment = {**os.environ, "WASMEDGE_CACHE_DIR": directory}
                subprocess.run([sys.executable, "-c", code], input=wasm, check=True, env=environment)  # noqa: S603
                kept.append([(path.name, path.stat().st_ino) for path in Path(directory).iterdir()])
        assert kept[0] == kept[1] != []

    def module(self, wasm: bytes) -> Any:
        """Return a module."""
        return wasmedge.Loader().load(wasm)

    def ufunc(self, wat: Wat) -> None:
        """Call a guest's function on an array."""
        fib = wasmedge.vectorize(wat(FIB), "fib")
        assert isinstance(fib, np.ufunc)
        assert fib(np.arange(8, dtype=np.int32)).tolist() == [0, 1, 1, 2, 3, 5, 8, 13]

    def neural(self, wat: Wat) -> None:
        """Make the module of WASI-NN."""
        assert "compute" in WasiNNModule().exports


if __name__ == "__main__":
    main(Ours())
