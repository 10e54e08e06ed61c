# SPDX-License-Identifier: Apache-2.0
"""WasmEdge VM: the example, creations, preregistrations, host module registrations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import wasmedge
from wasmedge import VM, Bindgen, Configure, HostRegistration, Loader, Store, VMState, WasiModule, WorkflowError
from wasmedge.hosts import MissingExtraError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Wat

pytestmark = pytest.mark.quick

package: Any = wasmedge  # with names that are planned
CRYPTO = {
    HostRegistration.WASI_CRYPTO_COMMON: "wasi_ephemeral_crypto_common",
    HostRegistration.WASI_CRYPTO_ASYMMETRIC_COMMON: "wasi_ephemeral_crypto_asymmetric_common",
    HostRegistration.WASI_CRYPTO_KX: "wasi_ephemeral_crypto_kx",
    HostRegistration.WASI_CRYPTO_SIGNATURES: "wasi_ephemeral_crypto_signatures",
    HostRegistration.WASI_CRYPTO_SYMMETRIC: "wasi_ephemeral_crypto_symmetric",
}


def needs(name: str) -> pytest.MarkDecorator:
    """Skip a test until the package has `name`."""
    return pytest.mark.skipif(not hasattr(wasmedge, name), reason=f"{name} is planned")


def test_vm_example_fibonacci_module(fibonacci: Path) -> None:
    """Example 29, of "WASM Execution Example With VM Object"."""
    module = Loader().load(fibonacci)
    assert module.imports == ()
    assert [(item.name, str(item.type)) for item in module.exports] == [("fib", "(i32) -> i32")]


def test_vm_example_run_functions_rapidly(fibonacci: Path) -> None:
    """Example 30, of "WASM Execution Example With VM Object"."""
    wasmedge.set_log_level(wasmedge.LogLevel.ERROR)
    vm = VM(Configure(HostRegistration.WASI))
    assert vm.run(fibonacci, "fib", 21) == 17711


def test_vm_example_instantiate_and_run_manually(fibonacci: Path) -> None:
    """Example 31, of "WASM Execution Example With VM Object"."""
    wasmedge.set_log_level(wasmedge.LogLevel.ERROR)
    vm = VM()
    vm.load(fibonacci)
    vm.validate()
    vm.instantiate()
    assert vm.execute("fib", 25) == 121393
    assert vm.execute("fib", 21) == 17711


def test_vm_example_replacing_the_module_keeps_the_registered(wat: Wat, fibonacci_vm: VM) -> None:
    """A comment of example 31, of "WASM Execution Example With VM Object"."""
    fibonacci_vm.register(wat('(module (func (export "two") (result i32) (i32.const 2)))'), "mod")
    fibonacci_vm.load(wat('(module (func (export "one") (result i32) (i32.const 1)))'))
    fibonacci_vm.validate()
    fibonacci_vm.instantiate()
    assert fibonacci_vm.execute("one") == 1
    assert fibonacci_vm.execute_registered("mod", "two") == 2
    with pytest.raises(wasmedge.FunctionNotFoundError):
        fibonacci_vm.execute("fib", 21)


def test_vm_example_states(fibonacci: Path) -> None:
    """Example 32, of "WASM Execution Example With VM Object": the graph of the states."""
    vm = VM()
    states = [vm.state]
    for step in (
        lambda: vm.load(fibonacci),
        lambda: vm.load(fibonacci),
        vm.validate,
        lambda: vm.load(fibonacci),
        vm.validate,
        vm.instantiate,
        vm.instantiate,
        lambda: vm.execute("fib", 1),
        lambda: vm.execute_bindgen("fib", 5, returns=Bindgen.I32),
        lambda: vm.register(fibonacci, "mod"),
        lambda: vm.execute_registered("mod", "fib", 5),
        vm.instantiate,
        lambda: vm.execute_registered("mod", "fib", 5),
        lambda: vm.execute_bindgen_registered("mod", "fib", 5, returns=Bindgen.I32),
        lambda: vm.load(fibonacci),
        vm.cleanup,
    ):
        step()
        states.append(vm.state)
    initiated, loaded, validated, instantiated = VMState
    assert states == [
        *(initiated, loaded, loaded, validated, loaded, validated),
        *(instantiated, instantiated, instantiated, instantiated),
        *(validated, validated),
        *(instantiated, instantiated, instantiated),
        *(loaded, initiated),
    ]


def test_vm_example_states_keep_their_order(fibonacci: Path) -> None:
    """The text after example 32, of "WASM Execution Example With VM Object"."""
    vm = VM()
    for step in (vm.validate, vm.instantiate, lambda: vm.execute("fib", 1)):
        with pytest.raises(WorkflowError):
            step()
    vm.load(fibonacci)
    for step in (vm.instantiate, lambda: vm.execute("fib", 1)):
        with pytest.raises(WorkflowError):
            step()
    assert vm.state is VMState.LOADED


def test_vm_creations(fibonacci: Path) -> None:
    """Example 33, of "VM Creations"."""
    configure, store = Configure(count_instructions=True), Store()
    for vm, counts in (
        (VM(), False),
        (VM(configure), True),
        (VM(store=store), False),
        (VM(configure, store), True),
    ):
        assert vm.run(fibonacci, "fib", 21) == 17711
        if counts:
            assert vm.statistics.instruction_count > 0
    assert VM(configure, store).store is store


@pytest.mark.parametrize("registration", HostRegistration)
def test_preregistrations_not_configured(registration: HostRegistration) -> None:
    """A comment of examples 34 to 37, of "Preregistrations"."""
    assert VM().import_instance(registration) is None


def test_preregistrations_wasi() -> None:
    """Example 34, of "Preregistrations"."""
    vm = VM(Configure(HostRegistration.WASI))
    wasi = vm.import_instance(HostRegistration.WASI)
    assert wasi is not None
    wasi.init(args=["program", "argument"], env={"KEY": "value"}, preopens={"/": "."})
    assert wasi.exit_code == 0
    assert wasi.name == "wasi_snapshot_preview1"


@needs("ProcessModule")
def test_preregistrations_process() -> None:
    """Example 35, of "Preregistrations"."""
    vm = package.VM(Configure(HostRegistration.WASMEDGE_PROCESS))
    process = vm.import_instance(HostRegistration.WASMEDGE_PROCESS)
    process.init(allowed_commands=["echo"], allow_all=False)
    assert process.name == "wasmedge_process"


@needs("WasiNNModule")
def test_preregistrations_wasi_nn() -> None:
    """Example 36, of "Preregistrations"."""
    try:
        vm = package.VM(Configure(HostRegistration.WASI_NN))
    except MissingExtraError as error:
        pytest.skip(str(error))
    assert vm.import_instance(HostRegistration.WASI_NN).name == "wasi_ephemeral_nn"


@needs("wasi_crypto_modules")
def test_preregistrations_wasi_crypto() -> None:
    """Example 37, of "Preregistrations"."""
    pytest.importorskip("cryptography", reason="the package cryptography, of the extra crypto, is not installed")
    vm = package.VM(Configure(*CRYPTO))
    assert {registration: vm.import_instance(registration).name for registration in CRYPTO} == CRYPTO


def test_host_module_registrations(wat: Wat) -> None:
    """Example 38, of "Host Module Registrations"."""
    vm = VM()
    wasi = WasiModule(args=["program"])
    vm.register(wasi)
    assert vm.registered["wasi_snapshot_preview1"].name == wasi.name
    program = """
        (module
          (import "wasi_snapshot_preview1" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
          (memory (export "memory") 1)
          (func (export "count") (result i32)
            (drop (call $sizes (i32.const 0) (i32.const 4)))
            (i32.load (i32.const 0))))"""
    assert vm.run(wat(program), "count") == 1
