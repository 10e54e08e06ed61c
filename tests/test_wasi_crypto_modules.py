# SPDX-License-Identifier: Apache-2.0
"""The modules of wasi-crypto as such: what they share, how a VM makes them, and what is missing without the package."""

from __future__ import annotations

import gc
import importlib.util
import weakref
from typing import TYPE_CHECKING, Any

import pytest

import wasmedge
from wasmedge import VM, Configure, HostRegistration, Instance, Store
from wasmedge.hosts import WasiCryptoContext, wasi_crypto_modules

if TYPE_CHECKING:
    from tests.conftest import CheckPython, Wat

REGISTRATIONS = {
    HostRegistration.WASI_CRYPTO_COMMON: wasmedge.WasiCryptoCommonModule,
    HostRegistration.WASI_CRYPTO_ASYMMETRIC_COMMON: wasmedge.WasiCryptoAsymmetricCommonModule,
    HostRegistration.WASI_CRYPTO_KX: wasmedge.WasiCryptoKxModule,
    HostRegistration.WASI_CRYPTO_SIGNATURES: wasmedge.WasiCryptoSignaturesModule,
    HostRegistration.WASI_CRYPTO_SYMMETRIC: wasmedge.WasiCryptoSymmetricModule,
}
NAMES = [f"wasi_ephemeral_crypto_{name}" for name in ("common", "asymmetric_common", "kx", "signatures", "symmetric")]

# Opens an option set by one module, uses it by another, and closes it; 0 if all goes well.
CROSSES = """(module
  (import "wasi_ephemeral_crypto_common" "options_open" (func $open (param i32 i32) (result i32)))
  (import "wasi_ephemeral_crypto_common" "options_close" (func $close (param i32) (result i32)))
  (import "wasi_ephemeral_crypto_symmetric" "symmetric_key_generate"
    (func $generate (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "AES-128-GCM")
  (func (export "cross") (result i32)
    (i32.or (call $open (i32.const 1) (i32.const 4))
      (i32.or (call $generate (i32.const 16) (i32.const 11) (i32.const 0) (i32.const 32))
        (call $close (i32.load (i32.const 4)))))))"""

is_installed = pytest.mark.skipif(
    importlib.util.find_spec("cryptography") is None,
    reason="the package cryptography, of the extra crypto, is not installed",
)


@pytest.mark.extras
@is_installed
def test_modules_together() -> None:
    modules = wasi_crypto_modules()
    assert [module.name for module in modules] == NAMES
    assert [type(module) for module in modules] == list(REGISTRATIONS.values())
    assert all(isinstance(module, Instance) for module in modules)
    assert len({id(module.context) for module in modules}) == 1
    assert [len(module.functions) for module in modules] == [10, 20, 3, 11, 28]
    for module in modules:
        assert {str(function.type).rsplit(" -> ", 1)[1] for function in module.functions.values()} == {"i32"}
    context = WasiCryptoContext(max_handles=3, max_bytes=4)
    assert {module.context for module in wasi_crypto_modules(context)} == {context}
    assert repr(context) == "<WasiCryptoContext open_handles=0 kept_bytes=0>"


@pytest.mark.extras
@is_installed
def test_modules_one_by_one(wat: Wat) -> None:
    for class_ in REGISTRATIONS.values():
        made: Any = class_()
        assert isinstance(made.context, WasiCryptoContext)
        with pytest.raises(TypeError, match="context must be a WasiCryptoContext, not int"):
            class_(3)  # type: ignore[arg-type]
    for limits in ({"max_handles": -1}, {"max_bytes": -1}):
        with pytest.raises(ValueError, match="limits are not negative"):
            WasiCryptoContext(**limits)
    common = wasmedge.WasiCryptoCommonModule()
    for symmetric, expected in (
        (wasmedge.WasiCryptoSymmetricModule(common.context), 0),
        (wasmedge.WasiCryptoSymmetricModule(), 15),
    ):
        imports = {module.name: module for module in (common, symmetric)}
        assert wasmedge.instantiate(wat(CROSSES), imports=imports).exports.cross() == expected


@pytest.mark.extras
@is_installed
def test_modules_of_a_vm_share_their_handles(wat: Wat) -> None:
    vm = VM(Configure(*REGISTRATIONS))
    modules = [vm.import_instance(registration) for registration in REGISTRATIONS]
    assert [type(module) for module in modules] == list(REGISTRATIONS.values())
    assert len({id(module.context) for module in modules}) == 1  # type: ignore[union-attr]
    assert sorted(vm.registered) == sorted(NAMES)
    assert vm.run(wat(CROSSES), "cross") == 0
    assert VM(Configure(*REGISTRATIONS)).import_instance(HostRegistration.WASI_CRYPTO_KX) is not modules[2]
    vm.cleanup()
    assert vm.import_instance(HostRegistration.WASI_CRYPTO_KX) is not modules[2]


@pytest.mark.extras
@is_installed
@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=str)
def test_modules_of_vms_on_one_store_share_their_handles(wat: Wat, order: tuple[int, int]) -> None:
    store = Store()
    sets = [[HostRegistration.WASI_CRYPTO_COMMON], list(REGISTRATIONS)]
    vms = [VM(Configure(*sets[i]), store) for i in order]
    found = [vm.import_instance(HostRegistration.WASI_CRYPTO_COMMON) for vm in vms]
    assert found[0] == found[1]
    assert vms[order.index(1)].run(wat(CROSSES), "cross") == 0


@pytest.mark.extras
@is_installed
def test_modules_are_freed_with_their_guests(wat: Wat) -> None:
    modules = wasi_crypto_modules()
    gone = weakref.ref(modules.common.context)
    app = wasmedge.instantiate(wat(CROSSES), imports={module.name: module for module in modules})
    assert app.exports.cross() == 0
    gc.collect()
    gc.disable()
    try:
        del modules
        assert app.exports.cross() == 0
        del app
        assert gone() is None
    finally:
        gc.enable()


MISSING = """
import sys
import wasmedge
from wasmedge import *

assert not any(name.split(".")[0] == "cryptography" for name in sys.modules)
sys.modules["cryptography"] = None
for make in (
    wasi_crypto_modules,
    WasiCryptoCommonModule,
    WasiCryptoAsymmetricCommonModule,
    WasiCryptoKxModule,
    WasiCryptoSignaturesModule,
    WasiCryptoSymmetricModule,
    wasmedge.hosts.WasiCryptoContext,
    lambda: VM(Configure(HostRegistration.WASI_CRYPTO_KX)),
):
    try:
        make()
    except ImportError as error:
        assert isinstance(error, wasmedge.hosts.MissingExtraError), repr(error)
        assert error.extra == "crypto"
        print(error)
"""


@pytest.mark.quick
def test_modules_without_the_package(check_python: CheckPython) -> None:
    line = "WASI-crypto needs the package cryptography: pip install 'pywasmedge[crypto]'\n"
    assert check_python(MISSING) == line * 8
