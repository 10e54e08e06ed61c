# SPDX-License-Identifier: Apache-2.0
"""How fast a large module starts: its first call, and that of later processes from the cache, against wasmtime.

pip install wasmtime
python benchmarks/bench_startup.py [--functions 3000]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import wasmtime

_TURN = "(local.set 0 (i32.add (i32.mul (local.get 0) (i32.const {a})) (i32.xor (local.get 0) (local.get 1))))"
_CALL = "(if (i32.eqz (i32.and (local.get 0) (i32.const 255))) (then (local.set 1 (call $f{callee} (local.get 1)))))"

# Each runs in a process of its own, so that nothing is warm, and measures from the module's bytes to the first result.
_WASMEDGE = """
import json, sys, time
import wasmedge
source = open(sys.argv[1], "rb").read()
begin = time.perf_counter()
module = wasmedge.Module.from_bytes(source)
instance = wasmedge.instantiate(module, run_mode=sys.argv[2], strict=True)
instance.exports.f(5)
first = time.perf_counter() - begin
module.wait()
print(json.dumps([first, time.perf_counter() - begin, instance.run_mode.name]))
"""
_WASMTIME = """
import json, os, sys, time
import wasmtime
source = open(sys.argv[1], "rb").read()
kept = sys.argv[1] + ".cwasm"
begin = time.perf_counter()
engine = wasmtime.Engine()
if sys.argv[2] == "compile":
    module = wasmtime.Module(engine, source)
else:
    module = wasmtime.Module.deserialize_file(engine, kept)
store = wasmtime.Store(engine)
wasmtime.Instance(store, module, []).exports(store)["f"](store, 5)
first = time.perf_counter() - begin
if sys.argv[2] == "compile":
    open(kept, "wb").write(module.serialize())
print(json.dumps([first, first, "wasmtime"]))
"""


def make_module(functions: int) -> bytes:
    """Return a module of many functions that call each other, of about 300 bytes each."""
    bodies = []
    for index in range(functions):
        turns = "".join(_TURN.format(a=index * 7 + turn) for turn in range(20))
        calls = _CALL.format(callee=(index * 31 + 7) % index) if index else ""
        bodies.append(f"(func $f{index} (param i32) (result i32) (local i32) {turns} {calls} (local.get 0))")
    return bytes(wasmtime.wat2wasm(f'(module {"".join(bodies)} (export "f" (func $f{functions - 1})))'))


def measure(program: str, module: Path, mode: str) -> list[float]:
    """Run one program once."""
    command = [sys.executable, "-c", program, str(module), mode]
    done = subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own
    times: list[float] = json.loads(done.stdout)
    return times


def main() -> None:
    """Print the times, and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--functions", type=int, default=3000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        os.environ["WASMEDGE_CACHE_DIR"] = str(Path(directory, "cache"))
        module = Path(directory, "module.wasm")
        module.write_bytes(make_module(options.functions))
        print(f"{options.functions} functions, {module.stat().st_size} bytes")
        theirs = measure(_WASMTIME, module, "compile")[0]
        ours, optimised, _ = measure(_WASMEDGE, module, "auto")
        print(f"nothing cached, optimised after {optimised:.1f} s:")
        print(f"  first call: wasmedge {ours:.3f} s, wasmtime {theirs:.3f} s")
        print(f"  ratio {ours / theirs:.2f}")
        second = min(measure(_WASMEDGE, module, "auto")[0] for _ in range(5))
        again = min(measure(_WASMTIME, module, "deserialize")[0] for _ in range(5))
        print(f"first call, from the cache: wasmedge {second * 1e3:.1f} ms, wasmtime {again * 1e3:.1f} ms")
        print(f"  ratio {second / again:.2f}")


if __name__ == "__main__":
    main()
