# SPDX-License-Identifier: Apache-2.0
"""Run modes: what is compiled, what is not, and that an instance tells the truth about it."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import pytest

import wasmedge
from wasmedge import VM, Configure, Executor, Function, RunMode, Standard

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import CheckPython, InThreads, RunPython, Wat

COMPILED = ["aot", "jit", "auto"]
MODES = ["interpreter", *COMPILED]
ADD = '(module (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))'
# A function that throws.
EXCEPTION = b"\0asm\1\0\0\0\1\4\1\x60\0\0\3\2\1\0\x0d\3\1\0\0\x0a\6\1\4\0\x08\0\x0b"

pytestmark = pytest.mark.usefixtures("cache_directory")


@pytest.mark.parametrize("mode", MODES)
def test_run_mode_is_that_of_the_instance(wat: Wat, mode: str) -> None:
    expected = {"interpreter": RunMode.INTERPRETER, "jit": RunMode.JIT}.get(mode, RunMode.AOT)
    instance = wasmedge.instantiate(wat(ADD), run_mode=mode)
    assert instance.run_mode is expected
    assert instance.exports.add(2, 3) == 5


@pytest.mark.parametrize("mode", RunMode)
def test_run_mode_reaches_vm_executor_and_run(wat: Wat, mode: RunMode) -> None:
    assert wasmedge.run(wat(ADD), "add", 2, 3, run_mode=mode) == 5
    for configured in [VM(run_mode=mode), VM(Configure(run_mode=mode))]:
        assert configured.run(wat(ADD), "add", 2, 3) == 5
        assert configured.active_instance is not None
        assert (configured.active_instance.run_mode is RunMode.INTERPRETER) == (mode is RunMode.INTERPRETER)
    module = wasmedge.Module.from_bytes(wat(ADD))
    wasmedge.Validator().validate(module)
    instance = Executor(run_mode=mode).instantiate(wasmedge.Store(), module)
    assert (instance.run_mode is RunMode.INTERPRETER) == (mode is RunMode.INTERPRETER)


@pytest.mark.parametrize(("value", "error"), [("fast", ValueError), ("AOT", ValueError), (2, TypeError)])
def test_run_mode_refuses_other_names(wat: Wat, value: object, error: type[Exception]) -> None:
    with pytest.raises(error, match="run mode is"):
        wasmedge.instantiate(wat(ADD), run_mode=value)  # type: ignore[arg-type]
    with pytest.raises(error, match="run mode is"):
        Configure(run_mode=value)  # type: ignore[arg-type]


def test_run_mode_of_configure_begins_with_the_interpreter() -> None:
    assert Configure().run_mode is RunMode.INTERPRETER
    assert Configure().force_interpreter
    assert not Configure(run_mode="jit").force_interpreter
    configure = Configure(run_mode="jit")
    configure.force_interpreter = True
    assert configure.run_mode is RunMode.INTERPRETER


def test_run_mode_given_goes_before_configured_before_environment(wat: Wat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WASMEDGE_RUN_MODE", "jit")
    assert wasmedge.instantiate(wat(ADD)).run_mode is RunMode.JIT
    assert wasmedge.instantiate(wat(ADD), configure=Configure()).run_mode is RunMode.JIT
    assert wasmedge.instantiate(wat(ADD), configure=Configure(run_mode="aot")).run_mode is RunMode.AOT
    configure = Configure(run_mode="aot")
    assert wasmedge.instantiate(wat(ADD), configure=configure, run_mode="interpreter").run_mode is RunMode.INTERPRETER
    monkeypatch.delenv("WASMEDGE_RUN_MODE")
    assert wasmedge.instantiate(wat(ADD)).run_mode is RunMode.AOT
    monkeypatch.setenv("WASMEDGE_RUN_MODE", "fast")
    with pytest.raises(ValueError, match="WASMEDGE_RUN_MODE must be"):
        wasmedge.instantiate(wat(ADD))


@pytest.mark.parametrize("mode", COMPILED)
def test_run_mode_falls_back_with_a_warning(mode: str) -> None:
    configure = Configure(standard=Standard.WASM_3)
    with pytest.warns(wasmedge.CompileWarning, match="is interpreted, not compiled: .*Not implemented"):
        instance = wasmedge.instantiate(EXCEPTION, configure=configure, run_mode=mode)
    assert instance.run_mode is RunMode.INTERPRETER


def test_run_mode_strict_raises_instead() -> None:
    configure = Configure(standard=Standard.WASM_3, strict=True)
    with pytest.raises(wasmedge.CompileError, match="Not implemented"):
        wasmedge.instantiate(EXCEPTION, configure=configure, run_mode="aot")
    with pytest.raises(wasmedge.CompileError, match="Not implemented"):
        wasmedge.instantiate(EXCEPTION, configure=Configure(standard=Standard.WASM_3), run_mode="jit", strict=True)


@pytest.mark.parametrize("mode", COMPILED)
def test_run_mode_does_not_compile_64_bit_memories(wat: Wat, mode: str) -> None:
    source = wat('(module (memory i64 1) (func (export "f") (result i32) (i32.load (i64.const 0x100000000))))')
    configure = Configure(wasmedge.Proposal.MEMORY64)
    with pytest.warns(wasmedge.CompileWarning, match="64-bit addresses"):
        instance = wasmedge.instantiate(source, configure=configure, run_mode=mode)
    assert instance.run_mode is RunMode.INTERPRETER
    with pytest.raises(wasmedge.Trap):
        instance.exports.f()


@pytest.mark.parametrize("mode", COMPILED)
def test_run_mode_traps_as_in_the_interpreter(wat: Wat, mode: str) -> None:
    instance = wasmedge.instantiate(
        wat("""(module (memory (export "memory") 1)
            (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
            (func (export "divide") (param i32) (result i32) (i32.div_s (i32.const 1) (local.get 0)))
            (func (export "stop") unreachable))"""),
        run_mode=mode,
    )
    for name, args, trap in [
        ("load", (65536,), wasmedge.TrapCode.OUT_OF_BOUNDS_MEMORY_ACCESS),
        ("divide", (0,), wasmedge.TrapCode.INTEGER_DIVIDE_BY_ZERO),
        ("stop", (), wasmedge.TrapCode.UNREACHABLE),
    ]:
        with pytest.raises(wasmedge.Trap) as caught:
            instance.exports[name](*args)
        assert caught.value.trap is trap
    assert instance.exports.load(0) == 0


@pytest.mark.parametrize("mode", COMPILED)
def test_run_mode_calls_python_and_passes_its_exceptions(wat: Wat, mode: str) -> None:
    source = wat("""(module (import "env" "f" (func $f (param i32) (result i32)))
        (func (export "g") (param i32) (result i32) (i32.add (i32.const 1) (call $f (local.get 0)))))""")

    def host(number: int) -> int:
        if number < 0:
            raise LookupError("negative")
        return number * 2

    instance = wasmedge.instantiate(source, imports={"env": {"f": host}}, run_mode=mode)
    assert instance.run_mode is not RunMode.INTERPRETER
    assert instance.exports.g(20) == 41
    with pytest.raises(LookupError, match="negative"):
        instance.exports.g(-1)
    assert instance.exports.g(1) == 3


@pytest.mark.parametrize("mode", COMPILED)
def test_run_mode_compiles_start_functions_memories_and_globals(wat: Wat, mode: str) -> None:
    source = wat("""(module (memory (export "memory") 1 2) (global $g (export "g") (mut i64) (i64.const 3))
        (table $t 2 2 funcref) (elem (i32.const 0) $one $two)
        (func $one (result i32) (i32.const 1)) (func $two (result i32) (i32.const 2))
        (func $start (i32.store (i32.const 8) (i32.const 77)) (global.set $g (i64.const 9))) (start $start)
        (func (export "call") (param i32) (result i32) (call_indirect (result i32) (local.get 0)))
        (func (export "grow") (result i32) (memory.grow (i32.const 1))))""")
    instance = wasmedge.instantiate(source, run_mode=mode)
    exports = instance.exports
    assert instance.run_mode is not RunMode.INTERPRETER
    assert exports.memory.read(8, 1) == b"M"
    assert exports.g.value == 9
    assert (exports.call(0), exports.call(1)) == (1, 2)
    assert (exports.grow(), exports.grow()) == (1, -1)


@pytest.mark.parametrize("mode", COMPILED)
def test_run_mode_caps_tables_of_compiled_modules(wat: Wat, mode: str) -> None:
    source = wat("""(module (table $t 1 funcref)
        (func (export "grow") (param i32) (result i32) (table.grow $t (ref.null func) (local.get 0))))""")
    instance = wasmedge.instantiate(source, run_mode=mode)
    assert instance.run_mode is not RunMode.INTERPRETER
    assert instance.exports.grow(2_000_000_000) == -1
    assert instance.exports.grow(1) == 1


def test_run_mode_externrefs_are_kept_by_compiled_instances(wat: Wat) -> None:
    source = wat("""(module (table $t 4 externref)
        (func (export "put") (param i32 externref) (table.set $t (local.get 0) (local.get 1)))
        (func (export "get") (param i32) (result externref) (table.get $t (local.get 0))))""")
    instance = wasmedge.instantiate(source, run_mode="jit")
    instance.exports.put(1, ["kept"])
    assert instance.exports.get(1) == ["kept"]
    assert instance.exports.get(0) is None


def test_run_mode_jit_leaves_nothing_behind(
    wat: Wat, cache_directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    instance = wasmedge.instantiate(wat(ADD), run_mode="jit")
    assert instance.run_mode is RunMode.JIT
    assert not cache_directory.exists()
    assert list(temporary.iterdir()) == []


def test_run_mode_module_is_compiled_once_for_many_threads(wat: Wat, in_threads: InThreads) -> None:
    module = wasmedge.Module.from_bytes(wat(ADD))
    instances = in_threads(4, lambda _: wasmedge.instantiate(module, run_mode="jit"))
    assert [instance.exports.add(i, 1) for i, instance in enumerate(instances)] == [1, 2, 3, 4]
    again: list[str] = []
    wasmedge.instantiate(module, run_mode="jit", progress=again.append)
    assert again == ["load", "instantiate"]


@pytest.mark.parametrize("mode", COMPILED)
def test_run_mode_reports_phases(wat: Wat, mode: str) -> None:
    phases: list[str] = []
    wasmedge.instantiate(wat(ADD), run_mode=mode, progress=phases.append)
    assert phases == ["load", "validate", "compile", "instantiate"]


def test_run_mode_progress_callback_may_instantiate(wat: Wat) -> None:
    module = wasmedge.Module.from_bytes(wat(ADD))
    inner: list[wasmedge.Instance] = []

    def again(phase: str) -> None:
        if phase == "compile":
            inner.append(wasmedge.instantiate(module, run_mode="jit"))

    assert wasmedge.instantiate(module, run_mode="jit", progress=again).exports.add(2, 3) == 5
    assert inner[0].exports.add(2, 3) == 5


def test_run_mode_error_in_progress_callback_is_raised(wat: Wat) -> None:
    def fail(phase: str) -> None:
        raise LookupError(phase)

    with pytest.raises(LookupError, match="load"):
        wasmedge.instantiate(wat(ADD), progress=fail)


def test_run_mode_compiled_instances_call_each_other(wat: Wat) -> None:
    lender = wasmedge.instantiate(
        wat("""(module (memory (export "m") 1) (global $n (mut i32) (i32.const 0))
            (func (export "next") (result i32)
              (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n)))"""),
        run_mode="aot",
    )
    borrower = wasmedge.instantiate(
        wat("""(module (import "lender" "next" (func $next (result i32))) (import "lender" "m" (memory 1))
            (func (export "f") (result i32) (i32.store (i32.const 0) (call $next)) (i32.load (i32.const 0))))"""),
        imports={"lender": lender},
        run_mode="aot",
    )
    assert (lender.run_mode, borrower.run_mode) == (RunMode.AOT, RunMode.AOT)
    assert [borrower.exports.f() for _ in range(3)] == [1, 2, 3]
    assert lender.exports.m.read(0, 4) == b"\3\0\0\0"


def test_run_mode_compiled_instances_die_with_their_last_holder(wat: Wat) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        function = wasmedge.instantiate(wat(ADD), run_mode="jit").exports.add
    assert isinstance(function, Function)
    assert function(2, 3) == 5


def test_run_mode_interpreter_exit_with_compiled_instances(check_python: CheckPython, wat: Wat) -> None:
    code = """
        import wasmedge
        kept = [wasmedge.instantiate(source, run_mode=mode) for mode in ("jit", "aot")]
        cycle = [kept]; cycle.append(cycle)
        print(kept[0].exports.add(2, 3))
    """
    assert check_python(code, source=wat(ADD)) == "5\n"


def test_run_mode_environment_reaches_the_command_line(run_python: RunPython, examples: Path) -> None:
    code = """
        import sys, wasmedge.cli
        sys.exit(wasmedge.cli.main(["run", "--run-mode", mode, path, "fib", "21"]))
    """
    for mode in MODES:
        done = run_python(code, mode=mode, path=str(examples / "fibonacci.wasm"))
        assert (done.stdout, done.stderr, done.returncode) == ("17711\n", "", 0)
