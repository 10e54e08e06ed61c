# SPDX-License-Identifier: Apache-2.0
"""The configuration: safe at first, changed by options and settings, copied by whoever uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import wasmedge
from wasmedge import Configure, HostRegistration, Proposal, Standard

if TYPE_CHECKING:
    from tests.conftest import Wat

pytestmark = pytest.mark.quick

WASM_2 = {
    Proposal.IMPORT_EXPORT_MUT_GLOBALS,
    Proposal.NON_TRAP_FLOAT_TO_INT_CONVERSIONS,
    Proposal.SIGN_EXTENSION_OPERATORS,
    Proposal.MULTI_VALUE,
    Proposal.BULK_MEMORY_OPERATIONS,
    Proposal.REFERENCE_TYPES,
    Proposal.SIMD,
}


def proposals_of(configure: Configure) -> set[Proposal]:
    """Collect the proposals that are on."""
    return {proposal for proposal in Proposal if proposal in configure}


def test_configure_begins_with_webassembly_2() -> None:
    configure = Configure()
    assert proposals_of(configure) == WASM_2
    assert HostRegistration.WASI not in configure
    assert configure.max_memory_pages == 65536
    assert (configure.count_instructions, configure.measure_cost, configure.measure_time) == (False, False, False)


def test_configure_standards() -> None:
    assert proposals_of(Configure(standard=Standard.WASM_1)) <= {Proposal.IMPORT_EXPORT_MUT_GLOBALS}
    assert proposals_of(Configure(standard=Standard.WASM_2)) == WASM_2
    three = proposals_of(Configure(standard=Standard.WASM_3))
    assert three > WASM_2 | {Proposal.TAIL_CALL, Proposal.GC, Proposal.MEMORY64, Proposal.MULTI_MEMORIES}
    assert Proposal.COMPONENT not in three
    configure = Configure(Proposal.THREADS, standard=Standard.WASM_3)
    configure.set_standard(Standard.WASM_2)
    assert proposals_of(configure) - {Proposal.THREADS} == WASM_2


def test_configure_options_and_settings_come_after_the_standard() -> None:
    configure = Configure(
        HostRegistration.WASI, Proposal.SIMD, max_memory_pages=7, standard=Standard.WASM_1, measure_cost=True
    )
    assert HostRegistration.WASI in configure
    assert Proposal.SIMD in configure
    assert Proposal.MULTI_VALUE not in configure
    assert (configure.max_memory_pages, configure.measure_cost) == (7, True)


@pytest.mark.parametrize("proposal", Proposal, ids=lambda proposal: proposal.name)
def test_configure_adds_and_removes_proposals(proposal: Proposal) -> None:
    configure = Configure(standard=Standard.WASM_1)
    configure.add(proposal)
    configure.add(proposal)
    assert proposal in configure
    configure.remove(proposal)
    configure.remove(proposal)
    assert proposal not in configure


def test_configure_adds_and_removes_host_registrations() -> None:
    configure = Configure()
    configure.add(HostRegistration.WASI)
    assert HostRegistration.WASI in configure
    configure.remove(HostRegistration.WASI)
    assert HostRegistration.WASI not in configure
    assert wasmedge.VM(configure).import_instance(HostRegistration.WASI) is None


def test_configure_does_not_keep_what_was_to_be_removed_in_silence() -> None:
    configure = Configure(Proposal.GC)
    assert {Proposal.GC, Proposal.FUNCTION_REFERENCES, Proposal.REFERENCE_TYPES} <= proposals_of(configure)
    for proposal in (Proposal.REFERENCE_TYPES, Proposal.FUNCTION_REFERENCES):
        with pytest.raises(ValueError, match="another proposal needs it"):
            configure.remove(proposal)
        assert proposal in configure
    for proposal in (Proposal.GC, Proposal.FUNCTION_REFERENCES, Proposal.REFERENCE_TYPES):
        configure.remove(proposal)
        assert proposal not in configure


@pytest.mark.parametrize("option", [None, "SIMD", 6, Standard.WASM_2, wasmedge.LogLevel.OFF])
def test_configure_refuses_other_options(option: Any) -> None:
    configure = Configure()
    for use in (configure.add, configure.remove, configure.__contains__, Configure):
        with pytest.raises(TypeError, match="expected a Proposal or a HostRegistration, not"):
            use(option)


@pytest.mark.parametrize("name", ["max_pages", "standards", "force", "self", "add"])
def test_configure_refuses_other_settings(name: str) -> None:
    with pytest.raises(TypeError):
        Configure(**{name: 1})  # type: ignore[arg-type]


@pytest.mark.parametrize("pages", [65537, 2**32, 2**63, 2**64, -1])
def test_configure_refuses_other_page_limits(pages: int) -> None:
    configure = Configure()
    with pytest.raises((ValueError, TypeError, OverflowError)):
        configure.max_memory_pages = pages
    with pytest.raises((ValueError, TypeError, OverflowError)):
        Configure(max_memory_pages=pages)
    assert configure.max_memory_pages == 65536


@pytest.mark.parametrize(
    "setting",
    [{"standard": 2}, {"standard": None}, {"max_memory_pages": "7"}, {"max_memory_pages": 1.5}, {"measure_time": "y"}],
)
def test_configure_refuses_settings_of_other_types(setting: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        Configure(**setting)


def test_configure_is_copied_by_what_is_made_with_it(wat: Wat) -> None:
    configure = Configure()
    vm = wasmedge.VM(configure)
    loader = wasmedge.Loader(configure)
    configure.add(Proposal.TAIL_CALL)
    module = wat('(module (func $f (export "f") (return_call $f)))')
    with pytest.raises(wasmedge.LoadError):
        loader.load(module)
    with pytest.raises(wasmedge.LoadError):
        vm.load(module)
    wasmedge.Loader(configure).load(module)


def test_configure_repr_tells_what_is_on() -> None:
    configure = Configure(HostRegistration.WASI, standard=Standard.WASM_1, max_memory_pages=3)
    assert repr(configure).endswith("WASI; max_memory_pages=3>")
    assert "SIMD" not in repr(configure)


def test_configure_proposals_reach_the_modules(wat: Wat) -> None:
    module = wat('(module (memory 1) (memory (export "second") 2))')
    with pytest.raises((wasmedge.LoadError, wasmedge.ValidationError)):
        wasmedge.instantiate(module)
    configure = Configure(Proposal.MULTI_MEMORIES)
    assert wasmedge.instantiate(module, configure=configure).exports.second.pages == 2
