# SPDX-License-Identifier: Apache-2.0
"""Compiler: modules in, machine code out, and nothing else left behind."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

import wasmedge
from wasmedge import Compiler, Configure, Module, OptimizationLevel, OutputFormat, Proposal, RunMode

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import CheckPython, InThreads, Wat

ADD = '(module (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))'
NATIVE = OutputFormat.NATIVE


def run_trusted(code: bytes | Path, function: str, *args: int) -> object:
    module = wasmedge.Loader().load(code, trusted=True)
    instance = wasmedge.instantiate(module, configure=Configure(), run_mode="aot")
    assert instance.run_mode is RunMode.AOT
    return instance.exports[function](*args)


@pytest.mark.parametrize("output_format", OutputFormat)
def test_compiler_compiles_bytes_to_bytes(wat: Wat, output_format: OutputFormat) -> None:
    code = Compiler(Configure(output_format=output_format)).compile(wat(ADD))
    assert code[:4] == (b"\x7fELF" if output_format is NATIVE else b"\0asm")
    assert run_trusted(code, "add", 2, 3) == 5


@pytest.mark.parametrize("level", OptimizationLevel)
def test_compiler_takes_each_level(wat: Wat, level: OptimizationLevel) -> None:
    code = Compiler(Configure(output_format=NATIVE, optimization_level=level)).compile(wat(ADD))
    assert run_trusted(code, "add", 2, 3) == 5


@pytest.mark.parametrize("option", ["generic_binary", "interruptible"])
def test_compiler_takes_each_option(wat: Wat, option: str) -> None:
    configure = Configure(output_format=NATIVE)
    setattr(configure, option, True)
    code = Compiler(configure).compile(wat(ADD))
    assert run_trusted(code, "add", 2, 3) == 5


def test_compiler_compiles_file_to_file(tmp_path: Path, examples: Path) -> None:
    output = tmp_path / "fibonacci.so"
    assert Compiler(Configure(output_format=NATIVE)).compile(examples / "fibonacci.wasm", output) == output
    assert list(tmp_path.iterdir()) == [output]
    assert run_trusted(output, "fib", 10) == 89


def test_compiler_takes_a_module(wat: Wat) -> None:
    code = Compiler(Configure(output_format=NATIVE)).compile(Module.from_bytes(wat(ADD)))
    assert run_trusted(code, "add", -1, 1) == 0


@pytest.mark.parametrize("is_on", [False, True])
def test_compiler_dumps_intermediate_code_where_it_is_told(wat: Wat, tmp_path: Path, is_on: bool) -> None:
    compiler = Compiler(Configure(output_format=NATIVE, dump_ir=is_on))
    code = compiler.compile(wat(ADD), dump_ir=tmp_path)
    assert run_trusted(code, "add", 2, 3) == 5
    assert {path.name for path in tmp_path.iterdir()} == {"wasm.ll", "wasm-opt.ll"}
    assert compiler._configure.dump_ir is is_on


def test_compiler_wants_a_directory_to_dump_to(wat: Wat, tmp_path: Path) -> None:
    compiler = Compiler(Configure(dump_ir=True))
    with pytest.raises(ValueError, match="dump_ir=directory"):
        compiler.compile(wat(ADD))
    with pytest.raises(NotADirectoryError, match="dump_ir wants a directory"):
        compiler.compile(wat(ADD), dump_ir=tmp_path / "none")


def test_compiler_failure_in_the_dumping_process_is_the_same(wat: Wat, tmp_path: Path) -> None:
    with pytest.raises(wasmedge.ValidationError, match="type mismatch"):
        Compiler(Configure(dump_ir=True)).compile(
            b"\0asm\1\0\0\0\1\5\1\x60\0\1\x7f\3\2\1\0\x0a\4\1\2\0\x0b", dump_ir=tmp_path
        )


@pytest.mark.parametrize(
    ("source", "error", "reason"),
    [
        (b"", wasmedge.LoadError, "it is empty"),
        (b"\0asm\1\0\0\0\xff", wasmedge.LoadError, "malformed section"),
        (b"\0asm\1\0\0\0\1\5\1\x60\0\1\x7f\3\2\1\0\x0a\4\1\2\0\x0b", wasmedge.ValidationError, "type mismatch"),
    ],
)
def test_compiler_refuses_what_is_no_module(tmp_path: Path, source: bytes, error: type[Exception], reason: str) -> None:
    with pytest.raises(error, match=reason):
        Compiler().compile(source, tmp_path / "module.so")
    assert list(tmp_path.iterdir()) == []


def test_compiler_failure_leaves_the_old_output(wat: Wat, tmp_path: Path) -> None:
    output = tmp_path / "module.so"
    output.write_bytes(b"old")
    with pytest.raises(wasmedge.LoadError):
        Compiler().compile(b"nonsense", output)
    assert list(tmp_path.iterdir()) == [output]
    assert output.read_bytes() == b"old"


def test_compiler_refuses_exceptions(wat: Wat) -> None:
    # A tag of type [] -> [], and a function that throws it; the text translator does not write it by default.
    source = b"\0asm\1\0\0\0\1\4\1\x60\0\0\3\2\1\0\x0d\3\1\0\0\x0a\6\1\4\0\x08\0\x0b"
    with pytest.raises(wasmedge.CompileError, match="Not implemented instructions in AOT"):
        Compiler(Configure(standard=wasmedge.Standard.WASM_3)).compile(source)


@pytest.mark.parametrize("text", ["(module (memory i64 1))", '(module (import "m" "m" (memory i64 1)))'])
def test_compiler_refuses_memories_of_64_bits(wat: Wat, text: str) -> None:
    compiler = Compiler(Configure(Proposal.MEMORY64))
    with pytest.raises(wasmedge.CompileError, match="64-bit addresses"):
        compiler.compile(wat(text))


def test_compiler_refuses_annotations(wat: Wat) -> None:
    with pytest.raises(wasmedge.CompileError, match="ANNOTATIONS"):
        Compiler(Configure(Proposal.ANNOTATIONS)).compile(wat(ADD))


def test_compiler_refuses_the_input_as_output(wat: Wat, tmp_path: Path) -> None:
    path = tmp_path / "module.wasm"
    path.write_bytes(wat(ADD))
    (tmp_path / "link").symlink_to(path)
    for output in [path, tmp_path / "link", tmp_path / "." / "module.wasm"]:
        with pytest.raises(ValueError, match="is the input"):
            Compiler().compile(path, output)
    assert path.read_bytes() == wat(ADD)


def test_compiler_refuses_an_output_that_cannot_be_written(wat: Wat, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Compiler().compile(wat(ADD), tmp_path / "none" / "module.so")
    with pytest.raises(IsADirectoryError, match="is a directory"):
        Compiler().compile(wat(ADD), tmp_path)


def test_compiler_gives_signals_back(wat: Wat) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    Compiler(Configure(output_format=NATIVE)).compile(wat(ADD))
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_compiler_interrupt_after_compilation_is_pythons(check_python: CheckPython, examples: Path) -> None:
    code = """
        import os, signal, wasmedge
        wasmedge.Compiler().compile(path)
        try:
            os.kill(os.getpid(), signal.SIGINT)
        except KeyboardInterrupt:
            print("interrupted")
    """
    assert check_python(code, path=str(examples / "fibonacci.wasm")) == "interrupted\n"


def test_compiler_works_in_several_threads(wat: Wat, in_threads: InThreads) -> None:
    compiler = Compiler(Configure(output_format=NATIVE))

    def compile_and_run(number: int) -> object:
        text = f'(module (func (export "f") (param i32) (result i32) (i32.mul (local.get 0) (i32.const {number}))))'
        return run_trusted(compiler.compile(wat(text)), "f", 7)

    assert in_threads(4, compile_and_run) == [0, 7, 14, 21]
