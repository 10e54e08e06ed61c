# SPDX-License-Identifier: Apache-2.0
"""Plug-ins of the runtime, in processes of their own: what is loaded stays loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import wasmedge
from wasmedge import Plugin

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import CheckPython, Wat

pytestmark = pytest.mark.quick

LOG = """
import gc
import wasmedge
from wasmedge import Plugin

assert Plugin.list() == []
names = Plugin.load_default_paths()
assert names == Plugin.list() == Plugin.load_default_paths()
assert "wasi_logging" in names
plugin = Plugin.find("wasi_logging")
assert (plugin.name, repr(plugin)) == ("wasi_logging", "<Plugin wasi_logging>")
assert plugin.modules == ["wasi:logging/logging"]
first, second = (plugin.create_module("wasi:logging/logging") for _ in range(2))
assert first != second
assert "log" in first.functions
try:
    plugin.create_module("none")
except KeyError as error:
    print(error, flush=True)
try:
    first.add("f", wasmedge.Function("() -> ()", print))
except ValueError:
    print("refused", flush=True)  # before what the runtime writes by itself
app = wasmedge.instantiate(module, imports={first.name: first})
del plugin, first, second
gc.collect()
app.exports.run()
"""
MODULE = """
(module
  (import "wasi:logging/logging" "log" (func $log (param i32 i32 i32 i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "stderrmessage")
  (func (export "run") (call $log (i32.const 2) (i32.const 0) (i32.const 0) (i32.const 6) (i32.const 7))))
"""


def test_plugin_that_comes_with_the_runtime(check_python: CheckPython, wat: Wat) -> None:
    output = check_python(LOG, module=wat(MODULE)).splitlines()
    assert "no module 'none'" in output[0]
    assert output[1] == "refused"


def test_plugin_that_is_not_there(tmp_path: Path) -> None:
    assert Plugin.find("none") is None
    assert Plugin.find("") is None
    assert Plugin.find("wasi_logging\0") is None
    before = Plugin.list()
    text = tmp_path / "text.so"
    text.write_text("no library")
    for path in (tmp_path / "missing.so", str(text), tmp_path, str(tmp_path).encode()):
        with pytest.raises(wasmedge.WasmEdgeError, match="no new plug-in in"):
            Plugin.load(path)
    assert Plugin.list() == before


@pytest.mark.parametrize("path", [3, None, ["a"]])
def test_plugin_path_of_another_type(path: object) -> None:
    with pytest.raises(TypeError):
        Plugin.load(path)  # type: ignore[arg-type]


def test_plugin_path_with_a_nul() -> None:
    with pytest.raises(ValueError, match="null"):
        Plugin.load("a\0b")


def test_plugin_objects_are_only_found() -> None:
    with pytest.raises(TypeError):
        Plugin()


def test_plugin_functions_from_threads(check_python: CheckPython) -> None:
    code = """
        from concurrent.futures import ThreadPoolExecutor
        from wasmedge import Plugin
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda _: Plugin.load_default_paths(), range(50)))
        print(all(names == found[0] for names in found))
        """
    assert check_python(code) == "True\n"
