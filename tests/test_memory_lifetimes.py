# SPDX-License-Identifier: Apache-2.0
"""What views a memory outlives everything else, and shows the right bytes."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import wasmedge
from wasmedge import Limit, Memory

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import CheckPython, InThreads, Wat

PAGE = 65536
GROWING = """
(module
  (memory (export "memory") 1 20000)
  (data (i32.const 0) "begin")
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "store") (param i32 i32) (i32.store (local.get 0) (local.get 1))))
"""
# Ways to look at a memory, and ways to be rid of all else.
VIEWS = {
    "view": "memory.view('<u4', 0, 8)",
    "whole view": "memory.view()",
    "slice of a view": "memory.view()[4:64:2]",
    "cast view": "memory.view().view('<f8')[1:]",
    "memoryview": "memoryview(memory)",
    "slice of a memoryview": "memoryview(memory)[8:80]",
    "asarray": "np.asarray(memory)",
    "frombuffer": "np.frombuffer(memory, '<u2', 100, 6)",
    "dlpack": "np.from_dlpack(memory.view('<f4', 0, 16))",
}
ENDS = {
    "del": "del memory, instance, vm, store",
    "closing": "memory.close(); instance.close(); vm.close(); del memory, instance, vm, store",
    "closing the memory and keeping it": "memory.close(); instance.close(); vm.close(); del instance, vm, store",
    "with": "\nwith vm, instance, memory: pass\ndel memory, instance, vm, store",
    "instantiating again": "vm.load(source); vm.validate(); vm.instantiate(); del memory, instance, vm, store",
    "clean-up": "vm.cleanup(); del memory, instance, vm, store",
    "growing": "memory.grow(1000); del memory, instance, vm, store",
}
OUTLIVING = """
import gc
import numpy as np
import wasmedge

def make():
    store = wasmedge.Store()
    vm = wasmedge.VM(None, store)
    vm.load(source)
    vm.validate()
    vm.instantiate()
    return store, vm, vm.active_instance, vm.active_instance.exports.memory

numbers = np.arange(1024, dtype=np.uint8)
for name, view in views.items():
    for end, code in ends.items():
        store, vm, instance, memory = make()
        memory.write(0, numbers)
        names = {"np": np, "store": store, "vm": vm, "instance": instance, "memory": memory, "source": source}
        seen = eval(view, names)
        wanted = bytes(seen)
        del store, vm, instance, memory
        exec(code, names)
        names.clear()
        gc.collect()
        # Whatever was given back is most likely taken by these.
        others = [wasmedge.Memory(3) for _ in range(3)]
        for other in others:
            other.fill(0, 0xEE, other.size)
        assert bytes(seen) == wanted, (name, end)
        if isinstance(seen, np.ndarray):
            seen[...] = 0
            assert not seen.any()
        del seen, others
print("done")
"""


def test_views_outlive_everything(check_python: CheckPython, wat: Wat) -> None:
    assert check_python(OUTLIVING, source=wat(GROWING), views=VIEWS, ends=ENDS) == "done\n"


def test_views_at_the_end_of_the_interpreter(check_python: CheckPython, wat: Wat) -> None:
    code = """
        import sys
        import numpy as np
        import wasmedge
        kept = []
        for make in (lambda m: m.view("<u4"), memoryview, np.asarray, iter):
            memory = wasmedge.instantiate(source).exports.memory
            kept.append((make(memory), memory))
        sys.kept = kept
        wasmedge.kept = kept[0][0]
        class Late:
            def __del__(self, view=kept[0][0], view2=kept[1][0]):
                view[0] = 5
                assert bytes(view2[:5]) == b"begin"
        late = Late()
        print("done")
    """
    assert check_python(code, source=wat(GROWING)) == "done\n"


MAKERS: dict[str, Callable[[Memory], Any]] = {
    "view": lambda memory: memory.view("<u4"),
    "memoryview": memoryview,
    "asarray": np.asarray,
}


@pytest.mark.parametrize("make", MAKERS)
def test_view_dies_with_its_last_user(make: str) -> None:
    memory = Memory(1)
    view = MAKERS[make](memory)
    value = memory.view()
    dead = weakref.ref(value)
    del memory, value
    gc.collect()
    assert dead() is None
    assert len(bytes(view)) == PAGE


@pytest.mark.parametrize("make", MAKERS)
def test_view_keeps_host_functions_no_longer_than_needed(wat: Wat, make: str) -> None:
    """A memory is a part of its instance, which holds what it imports."""

    def function() -> None:
        raise AssertionError

    memory: Memory = wasmedge.instantiate(
        wat('(module (import "a" "b" (func)) (memory (export "memory") 1))'), imports={"a": {"b": function}}
    ).exports.memory
    dead = weakref.ref(function)
    view = MAKERS[make](memory)
    memory.close()
    del function, memory
    gc.collect()
    assert dead() is not None
    assert not any(bytes(view))
    del view
    gc.collect()
    assert dead() is None


def test_memoryview_in_a_cycle_is_collected(wat: Wat) -> None:
    seen: list[Any] = []

    def function(seen: list[Any] = seen) -> None:
        seen.clear()

    instance = wasmedge.instantiate(
        wat('(module (import "a" "b" (func)) (memory (export "memory") 1))'),
        imports={"a": {"b": wasmedge.Function("()", function)}},
    )
    seen.append(memoryview(instance.exports.memory))
    seen.append(instance.exports.memory)
    dead = weakref.ref(function)
    del instance, function, seen
    gc.collect()
    assert dead() is None


def test_memoryview_that_is_released_lets_go() -> None:
    memory = Memory(1)
    view = memoryview(memory)
    memory.close()
    assert view[0] == 0
    view.release()
    with pytest.raises(ValueError, match="released"):
        view[0]


def test_view_of_an_instance_that_failed_to_start(wat: Wat) -> None:
    kept = []

    def keep(frame: wasmedge.CallingFrame) -> None:
        kept.append(frame.memory().view("<u4", 0, 4))
        kept.append(np.asarray(frame.memory())[:16])

    source = wat("""(module (import "env" "keep" (func $keep)) (memory 1)
        (func $start (i32.store (i32.const 4) (i32.const 77)) (call $keep) unreachable) (start $start))""")
    with pytest.raises(wasmedge.WasmEdgeError):
        wasmedge.instantiate(source, imports={"env": {"keep": keep}})
    gc.collect()
    others = [Memory(2) for _ in range(4)]
    for other in others:
        other.fill(0, 0xFF, other.size)
    assert kept[0].tolist() == [0, 77, 0, 0]
    assert kept[1].view("<u4").tolist() == [0, 77, 0, 0]


def test_views_in_threads_while_the_memory_grows(wat: Wat, in_threads: InThreads) -> None:
    exports = wasmedge.instantiate(wat(GROWING)).exports
    memory: Memory = exports.memory
    view = memory.view("<u4", 64, 256)
    view[:] = np.arange(256)
    done: list[bool] = []

    def work(i: int) -> int:
        if i == 0:
            for _ in range(500):
                exports.grow(1)
                memory.grow(1)
            done.append(True)
            return memory.pages
        rounds = 0
        while not done or rounds < 50:
            assert int(view.sum()) == 255 * 128
            later = memory.view("<u4", memory.size - 64, 16)
            assert not later.any()
            assert memory.read(64, 1024) == view.tobytes()
            rounds += 1
        return rounds

    results = in_threads(3, work)
    assert results[0] == 1001
    assert min(results) >= 50


def test_memory_closed_while_another_thread_copies(in_threads: InThreads) -> None:
    for _ in range(10):
        memory = Memory(Limit(800))
        memory.fill(0, 1, memory.size)

        def work(i: int, memory: Memory = memory) -> bytes:
            if i:
                memory.close()
                return b""
            try:
                return memory.read(0, 800 * PAGE)
            except ValueError:
                return b""

        data = in_threads(2, work)[0]
        assert data.count(1) == len(data)


def test_views_leak_nothing() -> None:
    """Address space is what would run out first: 12 GiB for each memory that is kept, of 128 TiB."""
    for _ in range(15_000):
        memory = Memory(1)
        view = memory.view("<u4", 0, 4)
        with memoryview(memory) as other:
            other[0] = 1
        memory.close()
        assert view[0] == 1
