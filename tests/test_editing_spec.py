# SPDX-License-Identifier: Apache-2.0
"""The editor on the valid modules of the specification's test suite, where that is at hand."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

import wasmedge
from wasmedge import loops
from wasmedge.editing import FUNCTION, ModuleEditor

ARCHIVE = Path(__file__).resolve().parents[2] / "shared" / "spec" / "wg-2.0-wasm-tools.tar.xz"
NUMBERS = {"i32", "i64", "f32", "f64"}

pytestmark = pytest.mark.skipif(not ARCHIVE.exists(), reason="the specification's suite is not here")


@pytest.fixture(scope="session")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Unpack the suite."""
    directory = tmp_path_factory.mktemp("spec")
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(directory, filter="data")
    return directory / "wg-2.0-wasm-tools"


def edit(data: bytes) -> bytes:
    """Add a loop over the first function of numbers; where there is none, only a memory and a function."""
    editor = ModuleEditor(data)
    for each in wasmedge.Module.from_bytes(data).exports:
        type_ = each.type
        if not isinstance(type_, wasmedge.FunctionType) or not type_.params or not type_.results:
            continue
        if {*type_.params, *type_.results} <= set(loops.SIZES):
            kind, index = editor.exports()[each.name]
            assert kind == FUNCTION
            return loops.add_element_loops(editor, index, type_, 65536).data
    editor.add_memory(1)
    editor.add_function(editor.add_type([], []), [], b"")
    return editor.encode()


def spectest() -> wasmedge.Instance:
    instance = wasmedge.Instance("spectest")
    for kind, value in (("i32", 666), ("i64", 666), ("f32", 666.6), ("f64", 666.6)):
        instance.add(f"global_{kind}", wasmedge.Global(kind, value))
    instance.add("table", wasmedge.Table("funcref 10..20"))
    instance.add("memory", wasmedge.Memory("1..2"))
    for params in ("", "i32", "i64", "f32", "f64", "i32, f32", "f64, f64"):
        name = "print" + "".join(f"_{each}" for each in params.split(", ") if each)
        instance.add(name, wasmedge.Function(f"({params}) -> ()", lambda *_: None))
    return instance


def value_of(argument: dict[str, Any]) -> Any:
    bits = int(argument["value"])
    if argument["type"] in ("i32", "i64"):
        return bits
    size = 4 if argument["type"] == "f32" else 8
    return memoryview(bits.to_bytes(size, "little")).cast("f" if size == 4 else "d")[0]


def outcome(instance: wasmedge.Instance, action: dict[str, Any]) -> str:
    """Return what an action comes to, as text: NaNs are equal there."""
    try:
        return repr(instance.exports[action["field"]](*map(value_of, action["args"])))
    except wasmedge.WasmEdgeError as error:
        return f"{type(error).__name__} {error.code}"


def is_plain(command: dict[str, Any]) -> bool:
    action = command.get("action", {})
    arguments = action.get("args", [])
    return action.get("type") == "invoke" and "module" not in action and {each["type"] for each in arguments} <= NUMBERS


@pytest.mark.parametrize("part", range(8))
def test_editing_of_the_suites_modules(suite: Path, part: int) -> None:
    configure = wasmedge.Configure(wasmedge.Proposal.MULTI_MEMORIES)
    edited_count = compared = 0
    for listing in sorted(suite.glob("*/*.json"))[part::8]:
        pair: list[wasmedge.Instance] = []
        for command in json.loads(listing.read_text("utf-8"))["commands"]:
            if command["type"] == "module":
                pair = []
                if command.get("module_type", "binary") != "binary":
                    continue
                data = (listing.parent / command["filename"]).read_bytes()
                edited = edit(data)
                wasmedge.Validator(configure).validate(wasmedge.Module.from_bytes(edited, configure=configure))
                edited_count += 1
                try:
                    pair = [
                        wasmedge.instantiate(each, imports={"spectest": spectest()}, configure=configure)
                        for each in (data, edited)
                    ]
                except wasmedge.LinkError:
                    continue  # it imports from a module before it
            elif pair and command["type"] in ("assert_return", "assert_trap", "action") and is_plain(command):
                before, after = (outcome(instance, command["action"]) for instance in pair)
                assert before == after, (listing.name, command["line"])
                compared += 1
    assert edited_count > 10
    assert compared > 100
