# SPDX-License-Identifier: Apache-2.0
"""The vendored prefix itself, once it is laid: nothing too new, nothing missing, and AOT code that runs."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

VENDORING = Path(__file__).resolve().parent.parent / "third_party" / "wasmedge"
PREFIX = VENDORING / "prefix"
sys.path.insert(0, str(VENDORING))

pytest.importorskip("elftools", reason="pyelftools is not installed")

from vendor import baseline, repoint  # noqa: E402
from vendor.elf import Elf  # noqa: E402

pytestmark = pytest.mark.skipif(not (PREFIX / "manifest.json").exists(), reason="the vendored prefix is not laid")

# (module (func (export "answer") (result i32) i32.const 42))
MODULE = bytes.fromhex("0061736d010000000105016000017f03020100070a0106616e7377657200000a06010400412a0b")

PROGRAM = r"""
#include <cstdio>
#include <wasmedge/wasmedge.h>

int main(int, char **arguments) {
  WasmEdge_LogOff();
  WasmEdge_ConfigureContext *configure = WasmEdge_ConfigureCreate();
  WasmEdge_ConfigureCompilerSetOutputFormat(configure, WasmEdge_CompilerOutputFormat_Native);
  WasmEdge_CompilerContext *compiler = WasmEdge_CompilerCreate(configure);
  WasmEdge_Result result = WasmEdge_CompilerCompile(compiler, arguments[1], arguments[2]);
  std::printf("compile: %s\n", WasmEdge_ResultGetMessage(result));
  for (int place = 1; place <= 2; ++place) {
    WasmEdge_ConfigureSetRunMode(configure, place == 1 ? WasmEdge_RunMode_Interpreter : WasmEdge_RunMode_AOT);
    WasmEdge_VMContext *vm = WasmEdge_VMCreate(configure, nullptr);
    WasmEdge_Value value = WasmEdge_ValueGenI32(0);
    const WasmEdge_String name = WasmEdge_StringWrap("answer", 6);
    result = WasmEdge_VMRunWasmFromFile(vm, arguments[place], name, nullptr, 0, &value, 1);
    std::printf("run: %s %d\n", WasmEdge_ResultGetMessage(result), WasmEdge_ValueGetI32(value));
    WasmEdge_VMDelete(vm);
  }
  WasmEdge_CompilerDelete(compiler);
  WasmEdge_ConfigureDelete(configure);
}
"""


def runtime_files() -> list[Path]:
    """Return the libraries that a wheel has to hold."""
    manifest = json.loads((PREFIX / "manifest.json").read_text())
    return [PREFIX / "lib" / name for name in manifest["runtime_files"]]


def test_vendoring_prefix_needs_nothing_newer_than_the_baseline() -> None:
    for path in runtime_files():
        assert repoint.too_new(Elf(path)) == [], path.name


def test_vendoring_prefix_needs_only_itself_and_the_system() -> None:
    own = {path.name for path in runtime_files()}
    for path in runtime_files():
        elf = Elf(path)
        assert elf.soname == path.name
        assert elf.runpath in ("$ORIGIN", ""), path.name
        assert [n for n in elf.needed if n not in own and not baseline.SYSTEM_LIBRARIES.fullmatch(n)] == [], path.name


@pytest.mark.skipif(not shutil.which("ldd"), reason="needs ldd")
def test_vendoring_prefix_is_resolved_by_the_loader() -> None:
    for path in runtime_files():
        done = subprocess.run(["ldd", "-r", str(path)], check=True, capture_output=True, text=True)
        # A weak symbol may stay undefined; a relocation that fails is reported with "symbol not found".
        assert "not found" not in done.stdout + done.stderr, path.name
        assert "undefined symbol" not in done.stdout + done.stderr, path.name


def test_vendoring_prefix_carries_every_licence() -> None:
    manifest = json.loads((PREFIX / "manifest.json").read_text())
    names = {package["name"] for package in manifest["packages"]} - {"libwasmedge-dev"}
    assert {f"{name}.txt" for name in names} <= {path.name for path in (PREFIX / "licenses").iterdir()}


@pytest.mark.skipif(not shutil.which("c++"), reason="needs a C++ compiler")
@pytest.mark.parametrize("bind_now", ["", "1"])
def test_vendoring_prefix_interprets_compiles_and_runs_the_compiled(tmp_path: Path, bind_now: str) -> None:
    (tmp_path / "program.cpp").write_text(PROGRAM)
    (tmp_path / "answer.wasm").write_bytes(MODULE)
    lib = PREFIX / "lib"
    link = [f"-I{PREFIX / 'include'}", f"-L{lib}", "-lwasmedge", f"-Wl,-rpath,{lib}"]
    subprocess.run(["c++", "program.cpp", "-o", "program", *link], cwd=tmp_path, check=True)
    done = subprocess.run(
        [tmp_path / "program", "answer.wasm", "answer.so"],
        cwd=tmp_path,
        env={**os.environ, "LD_BIND_NOW": bind_now},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.splitlines() == ["compile: success", "run: success 42", "run: success 42"]
