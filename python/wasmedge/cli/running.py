# SPDX-License-Identifier: Apache-2.0
"""The command ``run``: a WASI program, or an exported function."""

from __future__ import annotations

import os
import sys

import click

import wasmedge
from wasmedge.cli import options
from wasmedge.cli.calls import find_function, parse_args
from wasmedge.cli.failures import UsageError
from wasmedge.cli.guests import Guest, guest_options, instantiate
from wasmedge.errors import ExitError
from wasmedge.programs import execute_program

__all__ = ["run"]

_EPILOG = """\b
Examples:
  pywasmedge run fibonacci.wasm fib 21
  pywasmedge run --dir /data:.:ro --env LANG=C app.wasm --flag /data/in.txt
  pywasmedge run --timeout 5 --fuel 1000000000 untrusted.wasm <in >out"""


@click.command(
    cls=options.Command,
    epilog=_EPILOG,
    short_help="Run a WASI program, or an exported function.",
    context_settings={"allow_interspersed_args": False},
)
@click.option("--env", multiple=True, metavar="NAME[=VALUE]", help="An environment variable; ours, if without value.")
@click.option("--dir", "dirs", multiple=True, metavar="GUEST:HOST[:ro]", help="A directory to open to it.")
@guest_options
@click.option("--fuel", type=click.IntRange(0), metavar="N", help="How much it may do: 1 is one instruction.")
@click.option(
    "--timeout", type=click.FloatRange(0), metavar="SECONDS", help="How long it may run; the exit code is 124 then."
)
@click.option("--allow-net", is_flag=True, help="Let it use the network, all of it.")
@click.option(
    "--allow-address",
    "addresses",
    multiple=True,
    metavar="HOST[:PORT]",
    help="Let it use the network as far as this address or network; can be repeated.",
)
@click.option("--reactor", is_flag=True, help="FILE is a library: initialise it, then call a function.")
@click.option("--invoke", metavar="FUNCTION", help="Call this function, even of a WASI program.")
@click.argument("file", type=options.FILE)
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
def run(  # noqa: PLR0913 - one for each option
    file: str,
    args: tuple[str, ...],
    *,
    env: tuple[str, ...],
    dirs: tuple[str, ...],
    mode: str | None,
    strict: bool,
    memory_pages: int,
    standard: str,
    enable: tuple[wasmedge.Proposal, ...],
    fuel: int | None,
    timeout: float | None,
    allow_net: bool,
    addresses: tuple[str, ...],
    reactor: bool,
    invoke: str | None,
) -> int:
    """Run a module.

    A WASI program (a module that exports _start) gets ARGS as its arguments, and the standard streams of this process;
    its exit code becomes that of this process. A trap is 134. It finds no files, no environment and no network but what
    the options give.

    Of any other module the first of ARGS is the exported function to call with the rest, and the result is printed.

    Options of ours stand before FILE. All that follows it goes to the guest; a -- right after FILE is left out.
    """
    args = args[1:] if args[:1] == ("--",) else args
    guest = Guest(
        file=file,
        args=(os.path.basename(file), *args),
        env=dict(_variable(text) for text in env),
        preopens=dict(_directory(text) for text in dirs),
        sockets=allow_net or addresses or False,
        mode=mode,
        strict=strict,
        measures_cost=fuel is not None,
        memory_pages=memory_pages,
        standard=options.to_standard(standard),
        proposals=enable,
        timeout=timeout,
    )
    vm, wasi = instantiate(guest)
    is_program = "_start" in vm.functions
    if is_program and reactor:
        raise UsageError(f"{file} is no reactor: it exports _start")
    # The guest writes to the descriptors directly: what Python still buffers came first.
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # as when the process was started without
            stream.flush()
    if is_program and invoke is None:
        execute_program(vm, fuel, timeout)
        return wasi.exit_code
    if reactor and "_initialize" in vm.functions:
        vm.execute("_initialize", fuel=fuel, timeout=timeout)
        if wasi.exit_code != 0:
            raise ExitError(wasi.exit_code)
    name, texts = _function_of(vm, file, args, invoke)
    numbers = parse_args(name, vm.functions[name], texts)
    try:
        result = vm.execute(name, *numbers, fuel=fuel, timeout=timeout)
    except (TypeError, OverflowError) as error:
        raise UsageError(str(error)) from error
    _print_result(result)
    return wasi.exit_code


def _function_of(vm: wasmedge.VM, file: str, args: tuple[str, ...], invoke: str | None) -> tuple[str, tuple[str, ...]]:
    name, texts = (invoke, args) if invoke is not None or not args else (args[0], args[1:])
    return find_function(vm, file, name), texts


def _variable(text: str) -> tuple[str, str]:
    name, has_value, value = text.partition("=")
    if not name:
        raise UsageError(f"--env wants NAME=VALUE, not '{text}'")
    if has_value:
        return name, value
    if name not in os.environ:
        raise UsageError(f"--env {name} has no value, and there is no such variable here")
    return name, os.environ[name]


def _directory(text: str) -> tuple[str, str | wasmedge.ReadOnly]:
    guest, _, host = text.partition(":")
    path, colon, access = host.rpartition(":")
    if colon and access in {"ro", "rw"}:
        host = path
    if not (guest and host):
        raise UsageError(f"--dir wants GUEST:HOST or GUEST:HOST:ro, not '{text}'")
    return guest, wasmedge.ReadOnly(host) if colon and access == "ro" else host


def _print_result(result: object) -> None:
    if isinstance(result, tuple):
        print(*result, sep="\n")
    elif result is not None:
        print(result)
