# SPDX-License-Identifier: Apache-2.0
"""The command ``inspect``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

import wasmedge
from wasmedge.cli import options
from wasmedge.cli.tables import print_table
from wasmedge.sections import exported_memories, own_memories, sections_of

__all__ = ["inspect"]


@click.command(cls=options.Command, short_help="Show what is in a module.")
@options.as_json
@click.argument("file", type=options.FILE)
def inspect(file: str, *, as_json: bool) -> None:
    """Show a module's imports, exports, memories and sections, with their sizes. Nothing of it is run or validated."""
    found = describe(file)
    if as_json:
        print(json.dumps(found, indent=2))
        return
    print(f"{click.format_filename(file)}: {found['size']:,} bytes, {found['kind']}\n")
    _print("Imports", {"module": "Module", "name": "Name", "kind": "Kind", "type": "Type"}, found["imports"])
    _print("Exports", {"name": "Name", "kind": "Kind", "type": "Type"}, found["exports"])
    memories = [
        {**memory, "from": " ".join(memory["import"] or ()), "as": ", ".join(memory["exports"])}
        for memory in found["memories"]
    ]
    columns = {"index": "Index", "min": "Pages", "max": "At most", "type": "Type", "from": "Imported", "as": "Exported"}
    _print("Memories, in pages of 64 KiB", columns, memories)
    columns = {"id": "Id", "name": "Section", "entries": "Entries", "offset": "Offset", "size": "Bytes"}
    _print("Sections", columns, found["sections"])


def _print(title: str, columns: dict[str, str], entries: list[dict[str, Any]]) -> None:
    print_table(title, list(columns.values()), [[entry[key] for key in columns] for entry in entries])


def describe(file: str) -> dict[str, Any]:
    """Describe a module, in what JSON has.

    Raises:
        LoadError: It is no module.
    """
    # Whatever the runtime can parse: nothing of it is going to run.
    configure = wasmedge.Configure(wasmedge.Proposal.THREADS, standard=wasmedge.Standard.WASM_3)
    module = wasmedge.Loader(configure).load(file)
    wasm = Path(file).read_bytes()
    return {
        "file": click.format_filename(file),
        "size": len(wasm),
        "kind": _kind(module),
        "imports": [{"module": entry.module, **_entry(entry)} for entry in module.imports],
        "exports": [_entry(entry) for entry in module.exports],
        "memories": _memories(module, wasm),
        "sections": [section._asdict() for section in sections_of(wasm)],
    }


def _kind(module: wasmedge.Module) -> str:
    functions = {entry.name for entry in module.exports if entry.kind is wasmedge.ExternType.FUNCTION}
    if "_start" in functions:
        return "WASI command"
    return "WASI reactor" if "_initialize" in functions else "library"


def _entry(entry: wasmedge.ImportType | wasmedge.ExportType) -> dict[str, str]:
    return {"name": entry.name, "kind": entry.kind.name.lower(), "type": str(entry.type)}


def _memories(module: wasmedge.Module, wasm: bytes) -> list[dict[str, Any]]:
    found: list[tuple[wasmedge.Limit, list[str] | None]] = [
        (entry.type.limit, [entry.module, entry.name])
        for entry in module.imports
        if isinstance(entry.type, wasmedge.MemoryType)
    ]
    found += [(limit, None) for limit in own_memories(wasm)]
    names = exported_memories(wasm)
    return [
        {
            "index": index,
            "min": limit.min,
            "max": limit.max,
            "shared": limit.shared,
            "is64": limit.is64,
            "type": str(wasmedge.MemoryType(limit)),
            "import": origin,
            "exports": names.get(index, []),
        }
        for index, (limit, origin) in enumerate(found)
    ]
