# SPDX-License-Identifier: Apache-2.0
"""close() and with: what is closed refuses everything, and what others hold stays as it was."""

from __future__ import annotations

import gc
import mmap
from typing import TYPE_CHECKING, Any

import pytest

import wasmedge
from wasmedge import VM, HostRegistration

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Wat

pytestmark = pytest.mark.quick

COUNTER = """
(module
  (global $count (mut i32) (i32.const 0))
  (memory (export "memory") 1)
  (func (export "next") (result i32)
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (global.get $count)))
"""

# The function "f", without parameters and results.
FUNCTION = b"\0asm\1\0\0\0\1\4\1\x60\0\0\3\2\1\0\7\5\1\1f\0\0\x0a\4\1\2\0\x0b"

VM_USES: dict[str, Callable[[VM], Any]] = {
    "state": lambda vm: vm.state,
    "store": lambda vm: vm.store,
    "functions": lambda vm: vm.functions,
    "active_instance": lambda vm: vm.active_instance,
    "registered": lambda vm: vm.registered,
    "load": lambda vm: vm.load(b"\0asm\1\0\0\0"),
    "validate": lambda vm: vm.validate(),
    "instantiate": lambda vm: vm.instantiate(),
    "execute": lambda vm: vm.execute("next"),
    "execute_registered": lambda vm: vm.execute_registered("counter", "next"),
    "run": lambda vm: vm.run(vm.loader.load(FUNCTION), "f"),
    "register": lambda vm: vm.register(b"\0asm\1\0\0\0", "name"),
    "cleanup": lambda vm: vm.cleanup(),
    "function_type": lambda vm: vm.function_type("next"),
    "function_type_registered": lambda vm: vm.function_type_registered("counter", "next"),
    "import_instance": lambda vm: vm.import_instance(HostRegistration.WASI),
}


@pytest.mark.parametrize("use", VM_USES)
def test_closing_a_vm_ends_its_use(wat: Wat, use: str) -> None:
    vm = VM(wasmedge.Configure(HostRegistration.WASI))
    vm.register(wat(COUNTER), "counter")
    vm.run(wat(COUNTER), "next")
    VM_USES[use](vm)
    vm.close()
    with pytest.raises(ValueError, match="the VM is closed"):
        VM_USES[use](vm)
    vm.close()


def test_closing_a_vm_leaves_what_others_hold(wat: Wat) -> None:
    store = wasmedge.Store()
    mine = wasmedge.instantiate(wat(COUNTER))
    with VM(store=store) as vm:
        vm.register(mine, "mine")
        counter = vm.register(wat(COUNTER), "counter")
        vm.run(wat(COUNTER), "next")
        active = vm.active_instance
        assert active is not None
        assert set(store) == {"mine", "counter"}
    gc.collect()
    assert len(store) == 0
    assert [mine.exports.next(), counter.exports.next(), active.exports.next()] == [1, 1, 2]
    assert active.exports.memory.pages == 1


def test_closing_a_vm_leaves_what_others_registered(wat: Wat) -> None:
    store = wasmedge.Store()
    first, second = VM(store=store), VM(store=store)
    first.register(wat(COUNTER), "first")
    second.register(wat(COUNTER), "second")
    first.close()
    assert list(store) == ["second"]
    second.cleanup()
    assert list(store) == []


def test_closing_by_with_does_not_hide_exceptions(wat: Wat) -> None:
    with pytest.raises(ZeroDivisionError), VM() as vm:
        raise ZeroDivisionError
    assert repr(vm) == "<VM closed>"
    with pytest.raises(ZeroDivisionError), wasmedge.instantiate(wat(COUNTER)) as instance:
        raise ZeroDivisionError
    assert repr(instance) == "<Instance closed>"


INSTANCE_USES: dict[str, Callable[[wasmedge.Instance], Any]] = {
    "name": lambda instance: instance.name,
    "exports": lambda instance: instance.exports["next"],
    "dir": lambda instance: dir(instance.exports),
    "functions": lambda instance: instance.functions,
    "memories": lambda instance: instance.memories,
    "register": lambda instance: VM().register(instance, "name"),
    "register_import": lambda instance: wasmedge.Executor().register_import(wasmedge.Store(), instance, "name"),
    "import": lambda instance: wasmedge.instantiate(b"\0asm\1\0\0\0", imports={"name": instance}),
    "hash": hash,
    "equality": lambda instance: instance == wasmedge.instantiate(b"\0asm\1\0\0\0"),
}


@pytest.mark.parametrize("use", INSTANCE_USES)
def test_closing_an_instance_ends_its_use(wat: Wat, use: str) -> None:
    instance = wasmedge.instantiate(wat(COUNTER))
    INSTANCE_USES[use](instance)
    instance.close()
    with pytest.raises(ValueError, match="the instance is closed"):
        INSTANCE_USES[use](instance)
    instance.close()
    assert repr(instance) == "<Instance closed>"


def test_closing_an_instance_leaves_what_others_hold(wat: Wat) -> None:
    vm = VM()
    vm.run(wat(COUNTER), "next")
    instance = vm.active_instance
    assert instance is not None
    exports, function, memory = instance.exports, instance.exports.next, instance.exports.memory
    with instance as entered:
        assert entered is instance
    gc.collect()
    assert [exports.next(), function(), vm.execute("next")] == [2, 3, 4]
    assert memory.read(0, 2) == b"\0\0"
    assert vm.active_instance is not None


def test_closing_an_instance_gives_its_memory_back(wat: Wat) -> None:
    def reserved() -> int:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * mmap.PAGESIZE

    gc.collect()
    before = reserved()
    instance = wasmedge.instantiate(wat(COUNTER))
    assert reserved() - before > 2**33
    instance.close()
    assert reserved() - before < 2**33
