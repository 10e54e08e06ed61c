# SPDX-License-Identifier: Apache-2.0
"""What the WebAssembly packages for Python can do, as a table in Markdown; each cell is tried, in a process of its own.

    pip install . wasmtime wasmer wasmer_compiler_cranelift pywasm3 onnxruntime
    python benchmarks/compare_features.py

wasmer has wheels up to Python 3.10. A package that is not installed has no column.
"""

from __future__ import annotations

import importlib.metadata
import signal
import subprocess
import sys
from pathlib import Path

# The names of the packages on the index, and of the modules in features/.
PEERS = {"pywasmedge": "ours", "wasmtime": "wasmtimes", "wasmer": "wasmers", "pywasm3": "wasm3s"}
ROWS = {
    "compiled": "guests run at the speed of native code",
    "microsecond": "a call takes less than a microsecond",
    "array": "linear memory as a numpy array, without a copy",
    "outlives": "that array stays valid when the memory grows and its owners go",
    "ufunc": "guests' functions as `numpy.ufunc`s",
    "threads": "other threads of Python run beside a guest",
    "awaited": "calls can be awaited",
    "timeout": "a time limit for a single call",
    "ctrl_c": "Ctrl-C ends a guest",
    "fuel": "a limit of instructions",
    "recursion": "endless recursion is an exception",
    "exceptions": "exceptions of Python functions come out as they are",
    "streams": "output of WASI programs without a file",
    "neural": "WASI-NN for guests",
    "cached": "compiled code can be kept for other processes",
    "pickled": "modules can be pickled",
    "typed": "types for type checkers",
    "simd": "proposal: fixed-width SIMD",
    "throws": "proposal: exception handling",
    "collected": "proposal: garbage collection",
    "component": "proposal: component model",
}


def try_probe(peer: str, probe: str) -> str:
    """Return the cell of a table: whether a package passes a probe, or what it does instead."""
    command = [sys.executable, "-m", f"features.{peer}", probe]
    home = Path(__file__).parent
    try:
        done = subprocess.run(command, check=False, cwd=home, capture_output=True, text=True, timeout=90)  # noqa: S603
    except subprocess.TimeoutExpired:
        return "hangs"
    if done.returncode == 0:
        return "yes"
    if "passed" in done.stdout:
        return "yes, but crashes at exit"
    if done.returncode < 0:
        return "hangs" if done.returncode == -signal.SIGALRM else "crashes"
    print(peer, probe, (done.stderr.strip().splitlines() or [""])[-1], file=sys.stderr)
    return "no"


def version(package: str) -> str | None:
    """Return the version of an installed package."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def main() -> None:
    """Print the table; on standard error, why a package fails a probe."""
    columns = {f"{package} {found}": peer for package, peer in PEERS.items() if (found := version(package))}
    print("| | " + " | ".join(columns) + " |")
    print("|---" * (len(columns) + 1) + "|")
    for probe, text in ROWS.items():
        print(f"| {text} | " + " | ".join(try_probe(peer, probe) for peer in columns.values()) + " |", flush=True)


if __name__ == "__main__":
    main()
