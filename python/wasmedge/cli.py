# SPDX-License-Identifier: Apache-2.0
"""The command line: run a module's function, or a WASI program; compile modules; look after the cache."""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from typing import TYPE_CHECKING

import wasmedge
from wasmedge import cli_native
from wasmedge.shortcuts import default_run_mode

if TYPE_CHECKING:
    from collections.abc import Sequence

EXIT_FAILURE = 1
EXIT_USAGE = 2
EXIT_TRAP = 134  # what a shell shows of a native program that aborted


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: The arguments after the program's name; those of the process by default.

    Returns:
        The exit code: that of a WASI program, 0 after a function, 1 for a failure, 2 for wrong usage, 134 for a trap.
    """
    options = _parser().parse_args(argv)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always", wasmedge.CompileWarning)
            warnings.showwarning = _show_warning
            return int(options.command(options))
    except wasmedge.Trap as error:
        _complain(error)
        return EXIT_TRAP
    except (wasmedge.WasmEdgeError, OSError, ValueError, MemoryError) as error:
        _complain(error)
        return EXIT_FAILURE
    except _UsageError as error:
        _complain(error)
        return EXIT_USAGE


class _UsageError(Exception):
    """The command line asks for what cannot be done."""


def _complain(error: BaseException) -> None:
    print(f"wasmedge: {error}", file=sys.stderr)


def _show_warning(message: Warning | str, *_: object, **__: object) -> None:
    print(f"wasmedge: warning: {message}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m wasmedge", description="Run WebAssembly with WasmEdge.")
    version = f"pywasmedge {wasmedge.__version__}, WasmEdge {wasmedge.runtime_version}"
    parser.add_argument("--version", action="version", version=version)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_run(commands)
    cli_native.add_compile(commands)
    cli_native.add_cache(commands)
    return parser


def _add_run(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    run = commands.add_parser(
        "run",
        help="run an exported function, or a WASI program",
        description="Run a module. A WASI program (a module that exports _start) gets ARGS as its arguments, and this "
        "process's standard streams; its exit code becomes this process's. Of any other module the first of ARGS is "
        "the exported function to call with the rest, and the result is printed.",
    )
    run.add_argument("--env", action="append", default=[], metavar="NAME=VALUE", help="an environment variable")
    run.add_argument("--dir", action="append", default=[], metavar="GUEST:HOST", help="a directory to open to it")
    run.add_argument(
        "--run-mode",
        choices=[mode.name.lower() for mode in wasmedge.RunMode],
        help="how to run it; by default what the environment variable WASMEDGE_RUN_MODE says, or auto",
    )
    run.add_argument("--strict", action="store_true", help="refuse what cannot be compiled, and do not interpret it")
    run.add_argument("--invoke", metavar="FUNCTION", help="call this function, even in a WASI program")
    run.add_argument("file", metavar="FILE", help="the module, in the binary format")
    run.add_argument("args", metavar="ARGS", nargs=argparse.REMAINDER, help="see above")
    run.set_defaults(command=_run)


def _run(options: argparse.Namespace) -> int:
    vm = wasmedge.VM(
        wasmedge.Configure(wasmedge.HostRegistration.WASI),
        run_mode=default_run_mode(None, options.run_mode),
        strict=options.strict,
    )
    wasi = vm.import_instance(wasmedge.HostRegistration.WASI)
    assert wasi is not None, "WASI is configured"
    wasi.init(
        args=[os.path.basename(options.file), *options.args],
        env=dict(_split(variable, "=", "--env") for variable in options.env),
        preopens=dict(_split(pair, ":", "--dir") for pair in options.dir),
    )
    vm.load(options.file)
    vm.validate()
    vm.instantiate()
    if options.invoke is None and "_start" in vm.functions:
        return _run_program(vm, wasi)
    name, args = _function_of(options, vm)
    numbers = _parse_args(name, vm.functions[name], args)
    try:
        _print_result(vm.execute(name, *numbers))
    except (TypeError, OverflowError) as error:
        raise _UsageError(str(error)) from error
    return wasi.exit_code


def _run_program(vm: wasmedge.VM, wasi: wasmedge.WasiModule) -> int:
    # The guest writes to the descriptors directly: what Python still buffers came first.
    sys.stdout.flush()
    sys.stderr.flush()
    vm.execute("_start")
    return wasi.exit_code


def _function_of(options: argparse.Namespace, vm: wasmedge.VM) -> tuple[str, list[str]]:
    known = ", ".join(vm.functions) or "nothing that can be called"
    if options.invoke is None and not options.args:
        raise _UsageError(f"{options.file} is no WASI program: name a function to call; it exports {known}")
    name, args = (options.invoke, options.args) if options.invoke else (options.args[0], options.args[1:])
    if name not in vm.functions:
        raise _UsageError(f"{options.file} exports no function '{name}'; it exports {known}")
    return name, args


def _parse_args(name: str, type_: wasmedge.FunctionType, args: list[str]) -> list[int | float]:
    if len(args) != len(type_.params):
        raise _UsageError(f"{name} is {type_}, but {len(args)} arguments were given")
    return [_parse_number(text, str(param)) for text, param in zip(args, type_.params, strict=True)]


def _parse_number(text: str, type_: str) -> int | float:
    if type_ not in {"i32", "i64", "f32", "f64"}:
        raise _UsageError(f"a {type_} cannot be given on the command line")
    try:
        if type_ in {"f32", "f64"}:
            return float.fromhex(text) if "0x" in text.lower() else float(text)
        return int(text, 0)
    except ValueError as error:
        raise _UsageError(f"'{text}' is no {type_}") from error


def _split(text: str, separator: str, option: str) -> tuple[str, str]:
    first, found, second = text.partition(separator)
    if not (first and found):
        raise _UsageError(f"{option} wants two parts with '{separator}' between them, not '{text}'")
    return first, second


def _print_result(result: object) -> None:
    if isinstance(result, tuple):
        print(*result, sep="\n")
    elif result is not None:
        print(result)
