# SPDX-License-Identifier: Apache-2.0
"""The store: a mapping of names to instances, filled by VMs and executors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pytest

import wasmedge
from wasmedge import VM, ErrCode, Executor, Module, Store, Validator

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Wat

pytestmark = pytest.mark.quick

EMPTY = b"\0asm\1\0\0\0"
NUMBER = '(module (func (export "number") (result i32) (i32.const {})))'
ASK = """
(module (import "numbers" "number" (func $number (result i32))) (func (export "ask") (result i32) (call $number)))
"""


def empty_module() -> Module:
    """Make a validated module that holds nothing."""
    module = Module.from_bytes(EMPTY)
    Validator().validate(module)
    return module


def test_store_is_empty_at_first() -> None:
    store = Store()
    assert (len(store), list(store), "a" in store, store.get("a")) == (0, [], False, None)
    assert repr(store) == "<Store of nothing>"


def test_store_is_a_mapping() -> None:
    store, executor = Store(), Executor()
    instances = {name: executor.register(store, empty_module(), name) for name in ["b", "a", "ünï ☃", "a.b"]}
    assert isinstance(store, Iterable)
    assert sorted(store) == sorted(instances)
    assert len(store) == 4
    assert {name: store[name] for name in store} == instances
    assert all(name in store for name in instances)
    assert store.get("a") == instances["a"]
    assert store.get("none", 5) == 5
    assert repr(store).startswith("<Store of a, a.b, b, ")


@pytest.mark.parametrize("name", ["none", "", "\ud800", "a\0"])
def test_store_misses_raise_key_errors(name: str) -> None:
    store = Store()
    Executor().register(store, empty_module(), "a")
    assert name not in store
    assert store.get(name, "nothing") == "nothing"
    with pytest.raises(KeyError):
        store[name]


@pytest.mark.parametrize("key", [None, 3, b"a", ("a",)])
def test_store_keys_are_str(key: object) -> None:
    store = Store()
    Executor().register(store, empty_module(), "a")
    assert key not in store
    with pytest.raises((TypeError, KeyError)):
        store[key]  # type: ignore[index]


def test_store_cannot_be_written_to_as_a_dict() -> None:
    store = Store()
    instance = wasmedge.instantiate(EMPTY)
    with pytest.raises(TypeError):
        store["a"] = instance  # type: ignore[index]
    with pytest.raises(TypeError):
        del store["a"]  # type: ignore[attr-defined]


def test_store_iterates_over_a_copy() -> None:
    store, executor = Store(), Executor()
    for name in "abc":
        executor.register(store, empty_module(), name)
    for name in store:
        executor.register(store, empty_module(), name * 2)
    assert len(store) == 6


@pytest.mark.parametrize("name", ["\ud800", b"\xff", b"name", None, 3])
def test_store_names_are_text(name: object) -> None:
    vm = VM()
    with pytest.raises((TypeError, UnicodeError)):
        vm.register(EMPTY, name)  # type: ignore[call-overload]
    with pytest.raises((TypeError, UnicodeError)):
        vm.executor.register(vm.store, empty_module(), name)  # type: ignore[arg-type]
    assert list(vm.store) == []


def test_store_refuses_a_name_twice(wat: Wat) -> None:
    store, executor = Store(), Executor()
    first = executor.register(store, empty_module(), "a")
    other = wasmedge.instantiate(wat(NUMBER.format(1)))
    vm = VM(store=store)
    attempts: list[Callable[[], object]] = [
        lambda: executor.register(store, empty_module(), "a"),
        lambda: executor.register_import(store, other, "a"),
        lambda: executor.register_import(store, first),
        lambda: vm.register(EMPTY, "a"),
        lambda: vm.register(other, "a"),
    ]
    for attempt in attempts:
        with pytest.raises(wasmedge.WasmEdgeError, match="an instance is registered as 'a' already") as caught:
            attempt()
        assert caught.value.code is ErrCode.MODULE_NAME_CONFLICT
        assert store["a"] == first
    assert len(store) == 1


def test_store_takes_an_empty_name_only_when_it_is_given() -> None:
    store, executor = Store(), Executor()
    anonymous = wasmedge.instantiate(EMPTY)
    assert anonymous.name == ""
    for attempt in (
        lambda: executor.register_import(store, anonymous),
        lambda: VM(store=store).register(anonymous),
    ):
        with pytest.raises(ValueError, match="its own is empty"):
            attempt()
    assert len(store) == 0
    executor.register_import(store, anonymous, "")
    assert store[""] == anonymous


def test_store_is_shared_by_two_vms(wat: Wat) -> None:
    store = Store()
    first, second = VM(store=store), VM(store=store)
    first.register(wat(NUMBER.format(7)), "numbers")
    assert second.run(wat(ASK), "ask") == 7
    assert second.execute_registered("numbers", "number") == 7
    assert set(second.registered) == {"numbers"}
    assert first.store is second.store


def test_store_two_vms_do_not_clean_up_for_each_other(wat: Wat) -> None:
    store = Store()
    first, second = VM(store=store), VM(store=store)
    first.register(wat(NUMBER.format(7)), "numbers")
    second.register(wat(NUMBER.format(8)), "others")
    assert second.run(wat(ASK), "ask") == 7
    first.cleanup()
    assert list(store) == ["others"]
    assert second.execute("ask") == 7
    with pytest.raises(wasmedge.LinkError):
        second.instantiate()
    second.register(wat(NUMBER.format(9)), "numbers")
    second.instantiate()
    assert second.execute("ask") == 9


def test_store_keeps_its_instances_alive(wat: Wat) -> None:
    store = Store()
    VM(store=store).executor.register_import(store, wasmedge.instantiate(wat(NUMBER.format(3))), "numbers")
    assert store["numbers"].exports.number() == 3
    assert VM(store=store).run(wat(ASK), "ask") == 3


def test_store_with_two_vms_of_wasi_serves_both(wat: Wat) -> None:
    store = Store()
    configure = wasmedge.Configure(wasmedge.HostRegistration.WASI)
    program = wat("""
        (module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (func (export "_start") (call $exit (i32.const 4))))""")
    for vm in (VM(configure, store), VM(configure, store)):
        wasi = vm.import_instance(wasmedge.HostRegistration.WASI)
        assert wasi is not None
        assert vm.run(program, "_start") is None
        assert wasi.exit_code == 4
    assert list(store) == ["wasi_snapshot_preview1"]
