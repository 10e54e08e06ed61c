# SPDX-License-Identifier: Apache-2.0
"""The reference: a page for each subject, with everything that the package exports on one of them."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from build_tools.names import Definition, Function, members, public
from build_tools.prose import to_rst

if TYPE_CHECKING:
    from sphinx.application import Sphinx

# What stands on which page, in order. A module is last: it is a section of its own.
PAGES = {
    "Running": ["run", "instantiate", "Source"],
    "VM": ["VM", "VMState"],
    "Modules": ["Module", "Loader", "Validator", "ImportType", "ExportType", "ExternType"],
    "Configuration": ["Configure", "Proposal", "Standard", "HostRegistration", "RunMode"],
    "Compiler": ["Compiler", "OptimizationLevel", "OutputFormat", "cache"],
    "Executor and Store": ["Executor", "Store", "Statistics"],
    "Instances": ["Instance", "Exports", "Allocation", "Bindgen"],
    "Functions": [
        *("Function", "Async", "host_function", "CallingFrame"),
        *("i32", "i64", "f32", "f64", "v128", "funcref", "externref"),
    ],
    "Functions over arrays": ["vectorize", "guvectorize"],
    "Memories, tables, globals, tags": ["Memory", "Table", "Global", "Tag"],
    "Types": ["ValType", "FunctionType", "Limit", "MemoryType", "TableType", "GlobalType", "TagType", "Mutability"],
    "Values": ["V128", "ExternRef"],
    "WASI": [
        *("run_wasi", "run_wasi_async", "CompletedProgram", "WasiProcess", "instantiate_reactor", "WasiModule"),
        *("ReadOnly", "Capture", "CAPTURE", "CLOSED", "DEVNULL", "PIPE", "STDOUT"),
    ],
    "Host modules": [
        *("ProcessModule", "LoggingModule", "ImageModule", "TensorflowModule", "TensorflowLiteModule"),
        *("WasiNNModule", "wasi_crypto_modules", "WasiCryptoCommonModule", "WasiCryptoAsymmetricCommonModule"),
        *("WasiCryptoKxModule", "WasiCryptoSignaturesModule", "WasiCryptoSymmetricModule", "hosts"),
    ],
    "Errors": [
        *("WasmEdgeError", "LoadError", "ModuleFileError", "ModuleFileNotFoundError", "ValidationError"),
        *("InstantiationError", "LinkError", "Trap", "StackExhausted", "TrapCode", "CostLimitExceeded", "Interrupted"),
        *("CompileError", "CompileWarning", "WorkflowError", "FunctionNotFoundError", "ImmutableGlobalError"),
        *("OutOfBoundsError", "HostError", "Terminate", "ExitError", "ErrCategory", "ErrCode"),
    ],
    "Logging, versions, tools": [
        *("LogLevel", "set_log_level", "get_log_level", "build_info", "runtime_version", "runtime_version_info"),
        *("__version__", "Plugin", "tools"),
    ],
}
INDENT = "   "
# What the stub's own names stand for.
ALIASES = {
    "_Source": "Source",
    "_Bytes": "Buffer",
    "_Path": "str | bytes | os.PathLike",
    "_Names": "list[str]",
    "_AnyType": "FunctionType | TableType | MemoryType | GlobalType | TagType",
    "_ExceptionType": "builtins.type[BaseException]",
    "_Default": "Any",
}


def write_pages(app: Sphinx) -> None:
    """Write the pages beside the guides."""
    target = Path(app.srcdir) / "reference"
    target.mkdir(exist_ok=True)
    made = pages()
    for stale in {file.name for file in target.glob("*.rst")} - set(made):
        (target / stale).unlink()
    for path, text in made.items():
        file = target / path
        # What has not changed is not built again.
        if not file.exists() or file.read_text("utf-8") != text:
            file.write_text(text, "utf-8")


def pages() -> dict[str, str]:
    """Return the text of each page by the name of its file."""
    definitions = public()
    told = [name for names in PAGES.values() for name in names]
    wanted = [name for name in definitions if "." not in name]
    if sorted(told) != sorted(wanted):
        raise ValueError(f"names on no page, or on two, or not exported: {set(told) ^ set(wanted)}")
    made = {f"{_slug(title)}.rst": _page(title, names) for title, names in PAGES.items()}
    toc = "\n".join(f"{INDENT}{_slug(title)}" for title in PAGES)
    made["index.rst"] = f"{_heading('Reference')}\n.. toctree::\n{INDENT}:maxdepth: 2\n\n{toc}\n"
    return made


def _slug(title: str) -> str:
    return re.sub(r"\W+", "-", title.lower())


def _heading(title: str, underline: str = "=") -> str:
    return f"{title}\n{underline * len(title)}\n"


def _page(title: str, names: list[str]) -> str:
    definitions = public()
    lines = [_heading(title), ".. py:currentmodule:: wasmedge", ""]
    for name in names:
        is_module = isinstance(definitions[name].node, ast.Module)
        if is_module:
            # Sphinx itself shows nothing of a module's name.
            lines.append(_heading(f"``wasmedge.{name}``", "-"))
        lines += _describe(definitions[name], 0)
        if is_module:
            for inside in (each for full, each in definitions.items() if full.startswith(f"{name}.")):
                lines += _describe(replace(inside, name=inside.name.removeprefix(f"{name}.")), 1)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _describe(definition: Definition, depth: int, owner: str = "") -> list[str]:
    kind, signatures = _directive(definition, owner)
    is_class = isinstance(definition.node, ast.ClassDef)
    name = definition.name if is_class else owner
    lines = [f".. py:{kind}:: {signatures[0]}"]
    lines += [f"{' ' * len(f'.. py:{kind}::')} {each}" for each in signatures[1:]]
    if kind == "property":
        annotation = definition.node.returns if isinstance(definition.node, Function) else None
        lines.append(f"{INDENT}:type: {_without_aliases(ast.unparse(annotation)) if annotation else ''}")
    if isinstance(definition.node, (ast.Assign, ast.AnnAssign)) and isinstance(definition.node.value, ast.Constant):
        value = definition.node.value
        lines.append(f"{INDENT}:value: {value.value if isinstance(value.value, str) else ast.unparse(value)}")
    lines += ["", *(INDENT + line for line in to_rst(definition.doc, name))]
    if isinstance(definition.node, ast.ClassDef):
        lines += _members(definition, definition.node)
    return [INDENT * depth + line for line in lines]


def _members(definition: Definition, node: ast.ClassDef) -> list[str]:
    lines: list[str] = []
    for short, member in members(node.body, f"{definition.name}.").items():
        if short == "__init__":
            lines += [INDENT + line for line in to_rst(member.doc, definition.name)]
        elif member.doc or isinstance(member.node, (ast.Assign, ast.AnnAssign)):
            lines += _describe(member, 1, definition.name)
    return lines


def _directive(definition: Definition, owner: str) -> tuple[str, list[str]]:
    """Return the directive of a definition, and its signatures."""
    node = definition.node
    name = definition.name.removeprefix(f"{owner}.") if owner else definition.name
    if isinstance(node, ast.Module):
        return "module", [f"wasmedge.{name}"]
    if isinstance(node, ast.ClassDef):
        bases = {ast.unparse(base) for base in node.bases}
        is_error = any(base.endswith(("Error", "Exception", "Trap", "Warning")) for base in bases)
        made = members(node.body).get("__init__")
        return "exception" if is_error else "class", _signatures(name, made) if made else [name]
    if isinstance(node, Function):
        marks = {ast.unparse(each) for each in node.decorator_list}
        if marks & {"property", "functools.cached_property"}:
            return "property", [name]
        kind = "method" if owner else "function"
        return ("staticmethod" if "staticmethod" in marks else kind), _signatures(name, definition, returns=True)
    return "attribute" if owner else "data", [name]


def _signatures(name: str, definition: Definition, *, returns: bool = False) -> list[str]:
    """Return the signatures of a function, one for each overload."""
    found = []
    for node in definition.nodes:
        assert isinstance(node, Function)
        if returns and any(ast.unparse(each).endswith(".setter") for each in node.decorator_list):
            continue
        arguments = ast.unparse(node.args)
        arguments = re.sub(r"^self(, /)?(, )?", "", arguments)
        # Else it is taken for one of the properties of that name.
        arguments = re.sub(r"\btype\[", "builtins.type[", arguments)
        result = f" -> {ast.unparse(node.returns)}" if returns and node.returns else ""
        found.append(_without_aliases(f"{name}({arguments}){result}"))
    return found


def _without_aliases(text: str) -> str:
    return re.sub(r"\b_\w+\b", lambda match: ALIASES.get(match[0], match[0]), text)
