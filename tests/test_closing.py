# SPDX-License-Identifier: Apache-2.0
"""close() and with: what is closed refuses everything, and what others hold stays as it was."""

from __future__ import annotations

import gc
import mmap
from typing import TYPE_CHECKING, Any

import pytest
from wat_modules import COUNTER

import wasmedge
from wasmedge import VM, HostRegistration

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import CheckPython, Wat

pytestmark = pytest.mark.quick


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


@pytest.mark.parametrize(
    "make", [lambda: wasmedge.Memory(1), lambda: wasmedge.Instance("a")], ids=["memory", "instance"]
)
def test_closing_leaves_the_identity(make: Callable[[], Any]) -> None:
    """A dict of objects goes on working when they are closed."""
    first, other = make(), make()
    before = hash(first)
    found = {first: 1, other: 2}
    first.close()
    assert hash(first) == before
    assert (found[first], found[other]) == (1, 2)
    assert first == first  # noqa: PLR0124
    assert first != other
    assert other != first
    other.close()
    assert first != other
    assert repr(first) == f"<{type(first).__name__} closed>"


def test_closing_one_of_two_objects_for_one_memory(wat: Wat) -> None:
    exports = wasmedge.instantiate(wat(COUNTER)).exports
    first, second = exports["memory"], exports["memory"]
    assert first == second
    first.close()
    assert first != second
    assert second == exports["memory"]
    assert len({first, second, exports["memory"]}) == 2


TAKEN_APART = """
import gc
import weakref
import wasmedge

configure = wasmedge.Configure(standard=wasmedge.Standard.WASM_3)
first, second = (eval(find, {"it": wasmedge.instantiate(module, configure=configure)}) for _ in range(2))
expected_hash = hash(first)


type_ = type(first)
found = []
# The collector does not look at a Limit, and so it ends, and is reported, only when the list is being cleared.
last = wasmedge.Limit(1)
watch = weakref.ref(last, lambda _: found.extend(each for each in gc.get_objects() if type(each) is type_))
gc.collect()
cycle = [first, second]
cycle += [cycle, last]
del first, second, last, cycle
gc.collect()
assert len(found) == 2, found
print(repr(found[0]), hash(found[0]) == expected_hash or hash(found[1]) == expected_hash)
print(found[0] == found[0], found[0] == found[1], len({*found}), found.index(found[1]))
for use in uses:
    try:
        eval(use, {"it": found[0]})
    except ValueError as error:
        print(error)
"""
KINDS = """
(module
  (func (export "f")) (table (export "t") 1 externref) (memory (export "m") 1) (tag (export "e"))
  (global (export "g") (mut externref) (ref.null extern)))
"""


@pytest.mark.parametrize(
    ("find", "shown", "uses"),
    [
        ("it.functions['f']", "Function", ["it()"]),
        ("it.tables['t']", "Table", ["it[0]", "it.__setitem__(0, 1)", "len(it)", "it.grow(1)", "it.type"]),
        ("it.memories['m']", "Memory", ["it.read(0, 1)", "it.pages", "it.grow(1)", "it.type"]),
        ("it.globals['g']", "Global", ["it.value", "setattr(it, 'value', 1)", "it.type"]),
        ("it.tags['e']", "Tag", ["it.type"]),
        ("it.exports", "Exports", ["it.f", "it['f']", "list(it)", "len(it)"]),
    ],
)
def test_closing_by_the_collector(check_python: CheckPython, wat: Wat, find: str, shown: str, uses: list[str]) -> None:
    """What Python code still finds of a cycle that the collector is taking apart is closed."""
    told = check_python(TAKEN_APART, module=wat(KINDS), find=find, uses=uses).splitlines()
    assert told[:2] == [f"<{shown} closed> True", "True False 2 1"]
    assert len(told) == 2 + len(uses)
    assert all(line.endswith("is closed") for line in told[2:])


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


def test_closing_what_a_store_gave_leaves_the_store(wat: Wat) -> None:
    vm = VM()
    vm.register(wat(COUNTER), "counter")
    for instance in (vm.store["counter"], vm.store.get("counter"), vm.registered["counter"]):
        assert instance is not None
        instance.close()
    assert "counter" in vm.store
    assert vm.execute_registered("counter", "next") == 1
    again = wat('(module (import "counter" "next" (func (result i32))) (export "next" (func 0)))')
    assert vm.run(again, "next") == 2
    vm.close()


def test_closing_an_instance_ends_its_exports_at_once(wat: Wat) -> None:
    instance = wasmedge.instantiate(wat(COUNTER))
    instance.close()
    with pytest.raises(ValueError, match="the instance is closed"):
        _ = instance.exports


WRITING = """
import threading
import time
import wasmedge

data = bytes(64 << 20)

def write():
    try:
        memory.write(0, data)
    except ValueError:
        pass  # it was closed before

for round in range(6):
    memory = wasmedge.Memory(1024)
    writer = threading.Thread(target=write)
    writer.start()
    time.sleep(0.001 * round)  # into the copy, more or less
    memory.close()
    writer.join()
print("done")
"""


def test_closing_a_memory_that_a_thread_is_writing_to(check_python: CheckPython) -> None:
    assert check_python(WRITING) == "done\n"
