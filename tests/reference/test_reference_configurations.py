# SPDX-License-Identifier: Apache-2.0
"""Async, and Configurations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import wasmedge
from wasmedge import (
    VM,
    Configure,
    HostRegistration,
    InstantiationError,
    OptimizationLevel,
    OutputFormat,
    Proposal,
    RunMode,
    ValidationError,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import CheckPython, Wat

pytestmark = pytest.mark.quick

package: Any = wasmedge  # with names that are planned
needs_async = pytest.mark.skipif(not hasattr(wasmedge, "Async"), reason="asynchronous calls are planned")

GROWS = """
(module (memory 1)
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "size") (result i32) (memory.size)))
"""


@needs_async
def test_async_get_result(fibonacci_vm: Any) -> None:
    """Example 14, of "Async"."""
    call = fibonacci_vm.execute_async("fib", 20)
    assert isinstance(call, package.Async)
    assert call.result(timeout=60) == 10946
    assert call.done()
    assert call.result() == 10946


@needs_async
def test_async_wait_for(check_python: CheckPython, wat: Wat) -> None:
    """Example 15, of "Async"."""
    module = wat("""
        (module
          (func (export "spin") (loop (br 0)))
          (func (export "fib") (result i32) (i32.const 10946)))""")
    code = """
        from concurrent.futures import CancelledError
        import wasmedge

        vm = wasmedge.VM()
        vm.load(module)
        vm.validate()
        vm.instantiate()
        call = vm.execute_async("fib")
        assert call.wait(30) is True
        assert call.result() == 10946
        call = vm.execute_async("spin")
        assert call.wait(0.05) is False
        call.cancel()
        try:
            call.result(timeout=30)
        except (wasmedge.Interrupted, CancelledError):
            print("execution interrupted")
        print(vm.execute("fib"))
    """
    assert check_python(code, module=module).splitlines() == ["execution interrupted", "10946"]


@pytest.mark.parametrize(
    "name",
    [
        "IMPORT_EXPORT_MUT_GLOBALS",
        "NON_TRAP_FLOAT_TO_INT_CONVERSIONS",
        "SIGN_EXTENSION_OPERATORS",
        "MULTI_VALUE",
        "BULK_MEMORY_OPERATIONS",
        "REFERENCE_TYPES",
        "SIMD",
        "TAIL_CALL",
        "ANNOTATIONS",
        "MEMORY64",
        "EXCEPTION_HANDLING",
        "EXTENDED_CONST",
        "THREADS",
        "FUNCTION_REFERENCES",
    ],
)
def test_configurations_proposal_constants(name: str) -> None:
    """Example 16, of "Configurations"."""
    configure = Configure(standard=wasmedge.Standard.WASM_1)
    configure.add(Proposal[name])
    assert Proposal[name] in configure
    configure.remove(Proposal[name])
    assert Proposal[name] not in configure


def test_configurations_proposals(wat: Wat) -> None:
    """Example 17, of "Configurations"."""
    assert {proposal for proposal in Proposal if proposal in Configure()} == {
        Proposal.IMPORT_EXPORT_MUT_GLOBALS,
        Proposal.NON_TRAP_FLOAT_TO_INT_CONVERSIONS,
        Proposal.SIGN_EXTENSION_OPERATORS,
        Proposal.MULTI_VALUE,
        Proposal.BULK_MEMORY_OPERATIONS,
        Proposal.REFERENCE_TYPES,
        Proposal.SIMD,
    }
    supported = Configure(Proposal.TAIL_CALL, Proposal.MULTI_MEMORIES, Proposal.THREADS, Proposal.EXTENDED_CONST)
    assert Proposal.MULTI_MEMORIES in supported

    configure = Configure(Proposal.SIMD, Proposal.BULK_MEMORY_OPERATIONS)
    configure.add(Proposal.SIMD)
    configure.remove(Proposal.REFERENCE_TYPES)
    assert Proposal.REFERENCE_TYPES not in configure
    assert Proposal.BULK_MEMORY_OPERATIONS in configure

    two_memories = wat('(module (memory 1) (memory 1) (func (export "f")))')
    VM(supported).run(two_memories, "f")
    with pytest.raises((ValidationError, wasmedge.LoadError)):
        VM(configure).run(two_memories, "f")


def test_configurations_host_registration_constants() -> None:
    """Example 18, of "Configurations"."""
    assert {registration.name for registration in HostRegistration} >= {
        "WASI",
        "WASMEDGE_PROCESS",
        "WASI_NN",
        "WASI_CRYPTO_COMMON",
        "WASI_CRYPTO_ASYMMETRIC_COMMON",
        "WASI_CRYPTO_KX",
        "WASI_CRYPTO_SIGNATURES",
        "WASI_CRYPTO_SYMMETRIC",
    }


def test_configurations_host_registrations() -> None:
    """Example 19, of "Configurations"."""
    configure = Configure()
    assert not any(registration in configure for registration in HostRegistration)
    configure.add(HostRegistration.WASI)
    assert HostRegistration.WASI in configure
    assert HostRegistration.WASI in Configure(HostRegistration.WASI)


def test_configurations_maximum_memory_pages(wat: Wat) -> None:
    """Example 20, of "Configurations"."""
    configure = Configure()
    assert configure.max_memory_pages == 65536
    configure.max_memory_pages = 1234
    assert configure.max_memory_pages == 1234

    vm = VM(configure)
    assert vm.run(wat(GROWS), "grow", 1234) == -1
    assert vm.execute("grow", 1233) == 1
    assert vm.execute("size") == 1234
    with pytest.raises(InstantiationError):
        vm.run(wat('(module (memory 1235) (func (export "f")))'), "f")


def test_configurations_forcibly_interpreter_mode(fibonacci: Path) -> None:
    """Example 21, of "Configurations"; here it is on from the beginning, as the mode is the interpreter's."""
    configure = Configure()
    assert configure.run_mode is RunMode.INTERPRETER
    configure.force_interpreter = True
    assert configure.force_interpreter
    assert configure.run_mode is RunMode.INTERPRETER
    assert VM(configure).run(fibonacci, "fib", 21) == 17711


def test_configurations_compiler_constants() -> None:
    """Example 22, of "Configurations"."""
    assert [level.name for level in OptimizationLevel] == ["O0", "O1", "O2", "O3", "OS", "OZ"]
    assert [output_format.name for output_format in OutputFormat] == ["NATIVE", "WASM"]


def test_configurations_compiler_options() -> None:
    """Example 23, of "Configurations"."""
    configure = Configure()
    assert configure.optimization_level is OptimizationLevel.O3
    configure.optimization_level = OptimizationLevel.O2
    assert configure.optimization_level is OptimizationLevel.O2
    assert configure.output_format is OutputFormat.WASM
    configure.output_format = OutputFormat.NATIVE
    assert configure.output_format is OutputFormat.NATIVE
    assert not configure.dump_ir
    configure.dump_ir = True
    assert configure.dump_ir
    assert not configure.generic_binary
    configure.generic_binary = True
    assert configure.generic_binary


@pytest.mark.parametrize("option", ["count_instructions", "measure_time", "measure_cost"])
def test_configurations_statistics_options(option: str) -> None:
    """Example 24, of "Configurations"."""
    configure = Configure()
    assert getattr(configure, option) is False
    setattr(configure, option, True)
    assert getattr(configure, option) is True
