# SPDX-License-Identifier: Apache-2.0
"""WASI programs in one call, in the manner of `subprocess`, and reactors."""

from __future__ import annotations

import dataclasses
import os
import time
from typing import TYPE_CHECKING, Any

from wasmedge._core import VM, ErrCode, HostRegistration, Instance, WasiModule, _start_async
from wasmedge.errors import ExitError, FunctionNotFoundError
from wasmedge.shortcuts import default_run_mode, instantiate_in
from wasmedge.streams import CAPTURE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from wasmedge._core import Configure, Module, RunMode
    from wasmedge.aio import Async
    from wasmedge.namespaces import Imports
    from wasmedge.shortcuts import Source
    from wasmedge.streams import Sink, StreamSource

__all__ = ["CompletedProgram", "instantiate_reactor", "run_wasi", "run_wasi_async"]

_WASI = "wasi_snapshot_preview1"


@dataclasses.dataclass(frozen=True)
class CompletedProgram:
    """A WASI program that has ended by itself.

    Attributes:
        args: The program's arguments, its name first.
        returncode: Its exit code.
        stdout: What it has written to its standard output, when that was captured; else None.
        stderr: The same of its standard error.
    """

    args: list[str]
    returncode: int
    stdout: Any = None
    stderr: Any = None

    def check_returncode(self) -> None:
        """Raise ExitError if the exit code is not 0."""
        if self.returncode != 0:
            raise _with_output(ExitError(self.returncode), self.stdout, self.stderr)


def run_wasi(  # noqa: PLR0913 - as many as a program has surroundings
    source: Source,
    args: Iterable[str] = (),
    *,
    name: str | None = None,
    env: Mapping[str, str] | str = {},
    preopens: Mapping[str, Any] = {},
    stdin: StreamSource = None,
    stdout: Sink = None,
    stderr: Sink = None,
    capture_output: bool = False,
    encoding: str | None = None,
    check: bool = False,
    sockets: bool | Iterable[str | tuple[str, int]] = False,
    clock: int | Callable[[int], int] | None = None,
    random_seed: int | str | bytes | None = None,
    imports: Imports | None = None,
    configure: Configure | None = None,
    run_mode: RunMode | str | None = None,
    fuel: int | None = None,
    timeout: float | None = None,
) -> CompletedProgram:
    """Run a WASI program to its end.

    Args:
        source: The module: a path, bytes-like data in the binary format, or a `Module`.
        args: The program's arguments, without its name.
        name: The program's name, its first argument; that of the module's file by default.
        env: The program's environment variables, or ``"inherit"`` for those of this process.
        preopens: Directories of the host by the path at which the guest finds them; `ReadOnly` ones too.
        stdin: What the program reads; see `WasiModule`.
        stdout: Where its standard output goes; see `WasiModule`.
        stderr: Where its standard error goes; see `WasiModule`.
        capture_output: Whether `stdout` and `stderr` are to be `CAPTURE`.
        encoding: Decodes what is captured to str.
        check: Whether an exit code other than 0 is an `ExitError`.
        sockets: Whether the program may use the network, or which addresses; see `WasiModule`.
        clock: What its clocks tell; see `WasiModule`.
        random_seed: What its random bytes follow from; see `WasiModule`.
        imports: What the module imports beside WASI; see `instantiate`.
        configure: The runtime's configuration; WebAssembly 2.0 by default.
        run_mode: "auto", "aot", "jit", "interpreter", or a `RunMode`; by default as for `instantiate`.
        fuel: The cost at which the program ends, as for calling a `Function`.
        timeout: The seconds that the program has.

    Returns:
        The exit code, and what was captured.

    Raises:
        FunctionNotFoundError: The module is no WASI command: it has no ``_start``.
        LoadError, ValidationError, LinkError: The module cannot be run.
        Trap: The program trapped, which is never an exit code. What it had written is in the attributes ``stdout`` and
            ``stderr`` of the exception, here and in `ExitError`, `TimeoutError` and `CostLimitExceeded`.
        TimeoutError: The time is over.
        CostLimitExceeded: The fuel is used up.
        ExitError: Its exit code is not 0, and `check` is set.
        OSError: A directory or a stream cannot be opened; the output did not fit in its `Capture`.

    Example:
        >>> import wasmedge
        >>> done = wasmedge.run_wasi("examples/wordfreq.wasm", ["-n", "0"], stdin="to be", stdout=wasmedge.CAPTURE)
        >>> done.returncode, done.stdout.decode().split()[:4]
        (0, ['lines', '1', 'words', '2'])
    """
    if capture_output:
        if stdout is not None or stderr is not None:
            raise ValueError("capture_output stands for stdout and stderr, which cannot be given as well")
        stdout = stderr = CAPTURE
    if isinstance(args, str):
        raise TypeError("args must be a sequence of str, not one str")
    arguments = [program_name(source) if name is None else name, *args]
    wasi = WasiModule(
        args=arguments,
        env=env,
        preopens=preopens,
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        sockets=sockets,
        clock=clock,
        random_seed=random_seed,
    )
    try:
        start = load_command(source, wasi, imports, configure, run_mode)
        run_to_end(lambda: start(fuel=fuel, timeout=timeout), wasi)
    except Exception as error:
        raise _with_output(error, *_output(wasi, encoding))  # noqa: B904 - it is the same one
    done = CompletedProgram(arguments, wasi.exit_code, *_output(wasi, encoding))
    if check:
        done.check_returncode()
    return done


def run_wasi_async(source: Source, args: Iterable[str] = (), **options: Any) -> Async[CompletedProgram]:
    """Run a WASI program to its end in another thread.

    Args:
        source: The module: a path, bytes-like data in the binary format, or a `Module`.
        args: The program's arguments, without its name.
        **options: As for `run_wasi`.

    Returns:
        What can be awaited, waited for and cancelled. It raises what `run_wasi` raises.
    """
    return _start_async(run_wasi, (source, args), options)


def program_name(source: Source) -> str:
    """Return the name that a program gets as its first argument."""
    return os.path.basename(os.fsdecode(source)) if isinstance(source, str | os.PathLike) else "program.wasm"


def load_command(
    source: Source,
    wasi: WasiModule,
    imports: Imports | None,
    configure: Configure | None,
    run_mode: RunMode | str | None = None,
) -> Callable[..., None]:
    """Instantiate a WASI command, and return what runs it, with the options of a call."""
    vm = _make_vm(configure, wasi, run_mode)
    module = vm.loader.load(source)
    if "_start" not in _functions(module):
        reactor = "; it is a reactor, for instantiate_reactor()" if "_initialize" in _functions(module) else ""
        message = f"{program_name(source)} is no WASI command, as it exports no function '_start'{reactor}"
        raise FunctionNotFoundError(message, ErrCode.FUNC_NOT_FOUND)
    instantiate_in(vm, module, imports)

    def start(fuel: int | None = None, timeout: float | None = None) -> None:
        execute_program(vm, fuel, timeout)

    return start


def execute_program(vm: VM, fuel: int | None = None, timeout: float | None = None) -> None:
    """Run the WASI command that is instantiated in a VM.

    Raises:
        TimeoutError: The time was over before the program ended. What it waits for in the system is cut short then, and
            it may get to its end before it is stopped; it has not done what it was to do all the same.
    """
    begin = time.monotonic()
    vm.execute("_start", fuel=fuel, timeout=timeout)
    if timeout is not None and time.monotonic() - begin >= timeout:
        raise TimeoutError("_start() did not end in the time that it had")


def run_to_end(start: Callable[[], None], wasi: WasiModule) -> None:
    """Run a command, and wait until its output has arrived. Its own failure comes before one of its streams."""
    try:
        start()
    except BaseException as error:
        try:
            wasi.finish()
        except Exception as late:
            raise error from late
        raise
    wasi.finish()


def instantiate_reactor(
    source: Source,
    wasi: WasiModule | None = None,
    *,
    imports: Imports | None = None,
    configure: Configure | None = None,
    run_mode: RunMode | str | None = None,
) -> Instance:
    """Instantiate a WASI reactor: a library, whose functions are called after it was initialised.

    Args:
        source: The module: a path, bytes-like data in the binary format, or a `Module`.
        wasi: What the guest is given; nothing but the standard streams by default.
        imports: What the module imports beside WASI; see `instantiate`.
        configure: The runtime's configuration; WebAssembly 2.0 by default.
        run_mode: "auto", "aot", "jit", "interpreter", or a `RunMode`; by default as for `instantiate`.

    Returns:
        The instance, after its ``_initialize`` has run, if it has one.

    Raises:
        ValueError: The module is a command: it exports ``_start``.
        LoadError, ValidationError, LinkError: The module cannot be instantiated.
        Trap: Its initialisation trapped.
        ExitError: Its initialisation ended with an exit code other than 0.
    """
    wasi = WasiModule() if wasi is None else wasi
    vm = _make_vm(configure, wasi, run_mode)
    module = vm.loader.load(source)
    if "_start" in _functions(module):
        raise ValueError(f"{program_name(source)} is a WASI command, for run_wasi(): it exports '_start'")
    return initialize_in(vm, module, imports, wasi)


def initialize_in(vm: VM, module: Module, imports: Imports | None, wasi: WasiModule) -> Instance:
    """Instantiate a library in a VM, run its ``_initialize``, if it has one, and return the instance."""
    instantiate_in(vm, module, imports)
    if "_initialize" in vm.functions:
        vm.execute("_initialize")
        if wasi.exit_code != 0:
            raise ExitError(wasi.exit_code)
    instance = vm.active_instance
    assert instance is not None, "the VM has just made it"
    return instance


def _make_vm(configure: Configure | None, wasi: WasiModule, run_mode: RunMode | str | None) -> VM:
    vm = VM(configure, run_mode=default_run_mode(configure, run_mode))
    if vm.import_instance(HostRegistration.WASI) is not None:
        raise ValueError("configure must not have HostRegistration.WASI, as WASI is given here already")
    vm.register(wasi, _WASI)
    return vm


def _functions(module: Module) -> set[str]:
    return {entry.name for entry in module.exports if entry.kind.name == "FUNCTION"}


def _output(wasi: WasiModule, encoding: str | None) -> list[Any]:
    captured = [output if isinstance(output, bytes) else None for output in (wasi.stdout, wasi.stderr)]
    return [output.decode(encoding) if encoding and output is not None else output for output in captured]


def _with_output(error: Exception, stdout: Any, stderr: Any) -> Exception:
    vars(error).update(stdout=stdout, stderr=stderr)
    return error
