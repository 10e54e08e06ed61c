# SPDX-License-Identifier: Apache-2.0
"""WasmEdge Runtime: the host modules that are there already; WasmEdge-go Extensions."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

import wasmedge
from wasmedge import VM, WasiModule
from wasmedge.hosts import MissingExtraError

if TYPE_CHECKING:
    from tests.conftest import Wat

pytestmark = pytest.mark.quick

package: Any = wasmedge  # with names that are planned

# Ends with the number of its arguments, and of its environment variables above the lowest byte.
PROGRAM = """
(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (drop (call $args (i32.const 0) (i32.const 4)))
    (drop (call $environ (i32.const 8) (i32.const 4)))
    (call $exit (i32.or (i32.load (i32.const 0)) (i32.shl (i32.load (i32.const 8)) (i32.const 8)))))
  (func (export "nothing")))
"""
MODULES = {
    "WasiNNModule": "wasi_ephemeral_nn",
    "WasiCryptoCommonModule": "wasi_ephemeral_crypto_common",
    "WasiCryptoAsymmetricCommonModule": "wasi_ephemeral_crypto_asymmetric_common",
    "WasiCryptoKxModule": "wasi_ephemeral_crypto_kx",
    "WasiCryptoSignaturesModule": "wasi_ephemeral_crypto_signatures",
    "WasiCryptoSymmetricModule": "wasi_ephemeral_crypto_symmetric",
    "ProcessModule": "wasmedge_process",
}
EXTENSIONS = ["ImageModule", "TensorflowModule", "TensorflowLiteModule"]


def needs(name: str) -> pytest.MarkDecorator:
    """Skip a test until the package has `name`."""
    return pytest.mark.skipif(not hasattr(wasmedge, name), reason=f"{name} is planned")


def make(name: str) -> Any:
    """Return a host module, or skip the test where the package that it needs is missing."""
    try:
        return getattr(package, name)()
    except MissingExtraError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("name", [pytest.param(name, marks=needs(name)) for name in MODULES])
def test_host_functions_specified_module_instances(name: str) -> None:
    """The text before example 69, of "Host Functions"."""
    module = make(name)
    assert isinstance(module, wasmedge.Instance)
    assert module.name == MODULES[name]
    vm = VM()
    vm.register(module)
    assert list(vm.registered) == [module.name]


@needs("wasi_crypto_modules")
def test_host_functions_specified_crypto_modules() -> None:
    """The note before example 69, of "Host Functions": the five are made and registered together."""
    modules = list(make("wasi_crypto_modules"))
    vm = VM()
    for module in modules:
        vm.register(module)
    assert len(modules) == 5
    assert {module.name for module in modules} == {name for name in MODULES.values() if "crypto" in name}


def test_host_functions_specified_wasi_module(wat: Wat) -> None:
    """Example 69, of "Host Functions"."""
    args, environ = ["program", "first", "second"], dict(os.environ)
    wasi = WasiModule(args=args, env=environ, preopens={".": "."})
    vm = VM()
    vm.register(wasi)
    vm.run(wat(PROGRAM), "nothing")
    assert wasi.exit_code == 0
    vm.execute("_start")
    assert wasi.exit_code == 3 | len(environ) << 8


@needs("ProcessModule")
def test_host_functions_specified_process_module() -> None:
    """Example 69, of "Host Functions"."""
    process = package.ProcessModule(allowed_commands=["ls", "echo"], allow_all=False)
    vm = VM()
    vm.register(WasiModule())
    vm.register(process)
    assert sorted(vm.registered) == ["wasi_snapshot_preview1", "wasmedge_process"]


@pytest.mark.parametrize("name", [pytest.param(name, marks=needs(name)) for name in EXTENSIONS])
def test_wasmedge_go_extensions(name: str) -> None:
    """The section "WasmEdge-go Extensions", which shows how they are built only."""
    module = make(name)
    assert isinstance(module, wasmedge.Instance)
    assert len(module.functions) > 0
