# SPDX-License-Identifier: Apache-2.0
"""One script carried out, command by command."""

from __future__ import annotations

import warnings
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import wasmedge
from wasmedge import (
    Configure,
    Executor,
    InstantiationError,
    LinkError,
    LoadError,
    Module,
    OptimizationLevel,
    RunMode,
    StackExhausted,
    Standard,
    Store,
    Trap,
    TrapCode,
    ValidationError,
    Validator,
)
from wast import values
from wast.spectest import make_spectest

if TYPE_CHECKING:
    from collections.abc import Callable

    from wast.suite import Script

MODES: dict[str, tuple[RunMode, dict[str, Any]]] = {
    "interpreter": (RunMode.INTERPRETER, {}),
    "O0": (RunMode.JIT, {"optimization_level": OptimizationLevel.O0, "cache": False}),
    "O3": (RunMode.JIT, {"optimization_level": OptimizationLevel.O3, "cache": False}),
}
STANDARDS = {"1.0": Standard.WASM_1, "2.0": Standard.WASM_2, "3.0": Standard.WASM_3}

# What the suite says of a trap, by how it begins, and the package's codes for it.
TRAPS = {
    "integer divide by zero": {TrapCode.INTEGER_DIVIDE_BY_ZERO},
    "integer overflow": {TrapCode.INTEGER_OVERFLOW},
    "invalid conversion to integer": {TrapCode.INVALID_CONVERSION_TO_INTEGER},
    "out of bounds memory access": {TrapCode.OUT_OF_BOUNDS_MEMORY_ACCESS},
    "out of bounds table access": {TrapCode.OUT_OF_BOUNDS_TABLE_ACCESS},
    "out of bounds array access": {TrapCode.OUT_OF_BOUNDS_ARRAY_ACCESS},
    "unreachable": {TrapCode.UNREACHABLE},
    "uninitialized element": {TrapCode.UNINITIALIZED_ELEMENT, TrapCode.UNDEFINED_ELEMENT},
    "undefined element": {TrapCode.UNDEFINED_ELEMENT},
    "indirect call type mismatch": {TrapCode.INDIRECT_CALL_TYPE_MISMATCH},
    "null function": {TrapCode.NULL_FUNCTION_REFERENCE},
    "null reference": {TrapCode.NULL_REFERENCE},
    "null structure": {TrapCode.NULL_STRUCTURE_REFERENCE},
    "null array": {TrapCode.NULL_ARRAY_REFERENCE},
    "null i31": {TrapCode.NULL_I31_REFERENCE},
    "null exception": {TrapCode.NULL_EXCEPTION_REFERENCE},
    "cast failure": {TrapCode.CAST_FAILURE},
}


class Mismatch(Exception):
    """Something other came than what the script expects."""


# What a command of a script may raise; anything else is an error of the test.
EXPECTED = (Mismatch, wasmedge.WasmEdgeError, TimeoutError, TypeError, ValueError, LookupError, MemoryError)
# The seconds in which a stack has to be full. The interpreter's is large; compiled code has the thread's.
EXHAUSTED_AFTER = {True: 3.0, False: 60.0}


@dataclass(frozen=True)
class Failure:
    """A command that did not go as the script says.

    Attributes:
        name: The script and the line, which is what the lists of known failures have.
        kind: The command's type.
        reason: What came instead.
    """

    name: str
    kind: str
    reason: str


@dataclass
class Outcome:
    """What came of a script.

    Attributes:
        passed: How many commands went as they should, by type.
        textual: How many were passed over, by type: those of modules in the text format.
        failures: Those that went otherwise.
        native: How many instances ran compiled code.
        interpreted: How many were interpreted.
    """

    passed: Counter[str] = field(default_factory=Counter)
    textual: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    native: int = 0
    interpreted: int = 0


class Runner:
    """Carries out a script: its state is the store, the named instances, and the one that was made last."""

    def __init__(self, script: Script, mode: str) -> None:
        run_mode, settings = MODES[mode]
        self.script = script
        self.outcome = Outcome()
        self._configure = Configure(standard=STANDARDS[script.release], **settings)
        self._validator = Validator(self._configure)
        self._executor = Executor(self._configure, run_mode=run_mode)
        self._store = Store()
        self._executor.register_import(self._store, make_spectest(script.release))
        self._modules: dict[str | None, Module] = {}
        self._instances: dict[str | None, wasmedge.Instance] = {}

    def run(self) -> Outcome:
        """Carry out all commands."""
        for command in self.script.commands():
            kind = command["type"]
            if command.get("module_type") == "text" and "binary_filename" not in command:
                self.outcome.textual[kind] += 1
                continue
            try:
                getattr(self, f"_{kind}")(command)
            except EXPECTED as error:
                reason = f"{type(error).__name__}: {error}".splitlines()[0]
                name = f"{self.script.name}:{command['line']}"
                self.outcome.failures.append(Failure(name, kind, reason))
            else:
                self.outcome.passed[kind] += 1
        return self.outcome

    def _load(self, command: dict[str, Any]) -> Module:
        name = command["binary_filename" if "binary_filename" in command else "filename"]
        return Module.from_bytes(self.script.files[name], configure=self._configure)

    def _valid(self, command: dict[str, Any]) -> Module:
        module = self._load(command)
        self._validator.validate(module)
        return module

    def _instantiate(self, module: Module) -> wasmedge.Instance:
        with warnings.catch_warnings():
            # What cannot be compiled is interpreted; the outcome says how many instances were.
            warnings.simplefilter("ignore", wasmedge.CompileWarning)
            instance = self._executor.instantiate(self._store, module)
        if instance.run_mode is RunMode.INTERPRETER:
            self.outcome.interpreted += 1
        else:
            self.outcome.native += 1
        return instance

    def _keep(self, name: str | None, instance: wasmedge.Instance) -> None:
        self._instances[None] = instance
        if name is not None:
            self._instances[name] = instance

    def _act(self, action: dict[str, Any], timeout: float | None = None) -> tuple[object, ...]:
        name = action.get("module")
        if name not in self._instances:
            raise Mismatch("there is no such instance")
        instance = self._instances[name]
        if action["type"] == "get":
            return (instance.globals[action["field"]].value,)
        result = instance.functions[action["field"]](*map(values.argument, action["args"]), timeout=timeout)
        return result if isinstance(result, tuple) else () if result is None else (result,)

    def _module(self, command: dict[str, Any]) -> None:
        self._instances.pop(None, None)
        self._keep(command.get("name"), self._instantiate(self._valid(command)))

    def _module_definition(self, command: dict[str, Any]) -> None:
        self._modules[None] = self._modules[command.get("name")] = self._valid(command)

    def _module_instance(self, command: dict[str, Any]) -> None:
        self._keep(command.get("instance"), self._instantiate(self._modules[command.get("module")]))

    def _register(self, command: dict[str, Any]) -> None:
        self._executor.register_import(self._store, self._instances[command.get("name")], command["as"])

    def _action(self, command: dict[str, Any]) -> None:
        self._act(command["action"])

    def _assert_return(self, command: dict[str, Any]) -> None:
        results = self._act(command["action"])
        expected = command["expected"]
        # A null reference, and no result at all, are both None.
        if not results and len(expected) == 1:
            results = (None,)
        if len(results) != len(expected) or not all(map(values.matches, results, expected)):
            raise Mismatch(f"{results} instead of {expected}")

    def _assert_trap(self, command: dict[str, Any]) -> None:
        self._check_trap(command["text"], lambda: self._act(command["action"]))

    def _assert_exception(self, command: dict[str, Any]) -> None:
        error = self._raises(Trap, lambda: self._act(command["action"]))
        if error.trap is not TrapCode.UNCAUGHT_EXCEPTION:
            raise Mismatch(f"{error.trap!r} instead of an exception")

    def _assert_exhaustion(self, command: dict[str, Any]) -> None:
        timeout = EXHAUSTED_AFTER[self.outcome.native > 0]
        self._raises(StackExhausted, lambda: self._act(command["action"], timeout=timeout))

    def _assert_uninstantiable(self, command: dict[str, Any]) -> None:
        module = self._valid(command)
        self._check_trap(command["text"], lambda: self._instantiate(module))

    def _assert_unlinkable(self, command: dict[str, Any]) -> None:
        module = self._valid(command)
        self._raises(LinkError, lambda: self._instantiate(module))

    def _assert_invalid(self, command: dict[str, Any]) -> None:
        module = self._load(command)
        self._raises(ValidationError, lambda: self._validator.validate(module))

    def _assert_malformed(self, command: dict[str, Any]) -> None:
        self._raises(LoadError, lambda: self._load(command))

    # Annotations are custom sections in the binary format, which the specification does not have an engine look into.
    def _assert_invalid_custom(self, command: dict[str, Any]) -> None:
        self._valid(command)

    def _raises(self, expected: type[wasmedge.WasmEdgeError], work: Callable[[], object]) -> Any:
        try:
            work()
        except expected as error:
            return error
        raise Mismatch(f"no {expected.__name__}")

    def _check_trap(self, text: str, work: Callable[[], object]) -> None:
        # The suite says more of some traps than their kind, and of some less.
        told = [codes for start, codes in TRAPS.items() if text.startswith(start) or start.startswith(text)]
        codes = set().union(*told)
        if not codes:
            raise Mismatch(f"the suite tells of an unknown trap: {text}")
        try:
            work()
        except Trap as error:
            if error.trap not in codes:
                raise Mismatch(f"{error.trap!r} instead of {text}") from error
        except InstantiationError as error:
            raise Mismatch(f"{type(error).__name__} instead of {text}") from error
        else:
            raise Mismatch("no trap")
