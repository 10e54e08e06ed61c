# SPDX-License-Identifier: Apache-2.0
"""What a host function sees of its caller."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

import pytest

import wasmedge
from wasmedge import CallingFrame, Function, i32

if TYPE_CHECKING:
    from tests.conftest import CheckPython, Wat

pytestmark = pytest.mark.quick

CALLER = """
(module
  (import "env" "f" (func $f (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 8) "hello")
  (func (export "run") (param i32) (call $f (local.get 0))))
"""
STARTER = CALLER.replace(
    '(func (export "run")', '(func $start (call $f (i32.const 8))) (start $start) (func (export "run")'
)


def test_frame_tells_the_caller(wat: Wat) -> None:
    seen: list[Any] = []

    def work(frame: CallingFrame, address: i32) -> None:
        instance = frame.instance
        assert instance is not None
        seen.append((instance, frame.executor, frame.memory().read(address, 5), frame.memory(0), repr(frame)))

    vm = wasmedge.VM()
    env = wasmedge.Instance("env")
    env.add("f", work)
    vm.register(env)
    vm.run(wat(CALLER), "run", 8)
    instance, executor, data, memory, shown = seen[0]
    assert instance == vm.active_instance
    assert executor is vm.executor
    assert data == b"hello"
    assert memory == instance.exports.memory
    assert shown == f"<CallingFrame of {instance!r}>"


def test_frame_is_that_of_each_caller(wat: Wat) -> None:
    def work(frame: CallingFrame, address: i32) -> None:
        frame.memory().write(address, b"HELLO")

    first = wasmedge.instantiate(wat(CALLER), imports={"env": {"f": work}})
    second = wasmedge.instantiate(wat(CALLER), imports={"env": {"f": work}})
    first.exports.run(8)
    assert first.exports.memory.read(8, 5) == b"HELLO"
    assert second.exports.memory.read(8, 5) == b"hello"


def test_frame_by_annotation_only() -> None:
    def untyped(frame, a):  # type: ignore[no-untyped-def]
        assert (frame, a) == (1, 2)

    def second(a: i32, frame: CallingFrame) -> None:
        pass

    Function("(i32, i32) -> ()", untyped)(1, 2)
    with pytest.raises(TypeError, match="annotation of frame"):
        wasmedge.host_function(second)


def test_frame_of_a_call_from_python() -> None:
    def work(frame: CallingFrame) -> None:
        assert frame.instance is None
        assert isinstance(frame.executor, wasmedge.Executor)
        with pytest.raises(IndexError, match="no memory 0"):
            frame.memory()
        assert repr(frame) == "<CallingFrame of None>"

    Function("() -> ()", work)()


def test_frame_has_no_other_memories(wat: Wat) -> None:
    def work(frame: CallingFrame, _: i32) -> None:
        for index in (1, 2**32 - 1):
            with pytest.raises(IndexError, match="the caller has no memory"):
                frame.memory(index)
        with pytest.raises((TypeError, ValueError, OverflowError, IndexError)):
            frame.memory(-1)
        with pytest.raises((TypeError, ValueError, OverflowError, IndexError)):
            frame.memory(2**32)

    wasmedge.instantiate(wat(CALLER), imports={"env": {"f": work}}).exports.run(0)


@pytest.mark.parametrize("fails", [False, True])
def test_frame_that_has_ended_cannot_be_used(wat: Wat, fails: bool) -> None:
    frames: list[CallingFrame] = []

    def work(frame: CallingFrame, _: i32) -> None:
        frames.append(frame)
        if fails:
            raise KeyError

    run = wasmedge.instantiate(wat(CALLER), imports={"env": {"f": work}}).exports.run
    if fails:
        with pytest.raises(KeyError):
            run(0)
    else:
        run(0)
    frame = frames[0]
    del run
    gc.collect()
    for use in (lambda: frame.executor, lambda: frame.instance, frame.memory, lambda: frame.memory(0)):
        with pytest.raises(ValueError, match="the call of this frame has ended"):
            use()
    assert repr(frame) == "<CallingFrame ended>"


def test_frame_of_an_outer_call_can_be_used_in_a_nested_one(wat: Wat) -> None:
    frames: list[CallingFrame] = []

    def work(frame: CallingFrame, level: i32) -> None:
        frames.append(frame)
        if level:
            instance = frame.instance
            assert instance is not None
            instance.exports.run(level - 1)
            assert frame.memory().read(8, 5) == b"hello"
        assert repr(frames[-1]) == ("<CallingFrame ended>" if level else f"<CallingFrame of {frame.instance!r}>")

    wasmedge.instantiate(wat(CALLER), imports={"env": {"f": work}}).exports.run(3)
    assert len(frames) == 4


def test_frame_objects_outlive_the_call_and_the_instance(wat: Wat) -> None:
    kept: list[Any] = []

    def work(frame: CallingFrame, _: i32) -> None:
        kept.extend([frame.memory(), frame.instance])

    wasmedge.instantiate(wat(CALLER), imports={"env": {"f": work}}).exports.run(0)
    gc.collect()
    memory, instance = kept
    assert memory.read(8, 5) == b"hello"
    assert instance.exports.memory == memory
    instance.exports.run(0)


def test_frame_in_a_start_function(wat: Wat) -> None:
    kept: list[Any] = []

    def work(frame: CallingFrame, address: i32) -> None:
        kept.append(frame.instance)
        kept.append(frame.memory())
        frame.memory().write(address, b"START")
        assert frame.instance == kept[0]

    instance = wasmedge.instantiate(wat(STARTER), imports={"env": {"f": work}})
    assert kept[0] == instance
    assert kept[1] == instance.exports.memory
    assert kept[1].read(8, 5) == b"START"
    del instance
    gc.collect()
    assert kept[0].exports.memory.read(8, 5) == b"START"


START = """
import gc
import wasmedge
from wasmedge import *
kept = []

def work(frame: CallingFrame, address: i32) -> None:
    kept.extend([frame.instance, frame.memory()])
    {use}

for _ in range(20):
    try:
        wasmedge.instantiate(module, imports={{"env": {{"f": work}}}})
    except (KeyError, WasmEdgeError) as error:
        print(type(error).__name__)
    gc.collect()
    instance, memory = kept
    kept.clear()
    uses = [lambda: instance.exports.run, lambda: instance.functions, lambda: repr(instance), lambda: memory.read(8, 5)]
    uses += [lambda: repr(memory), lambda: memory.write(0, b"x"), lambda: memory.grow(1)]
    uses += [lambda: instance.exports.run(1)]
    for use in uses:
        try:
            use()
        except (ValueError, KeyError, IndexError, WasmEdgeError):
            pass
    kept.clear()
    del instance, memory, use, uses
    gc.collect()
print("done")
"""


@pytest.mark.parametrize(
    "use", ["raise KeyError", "raise HostError(1)", "raise Terminate", "frame.instance.exports.run"]
)
def test_frame_in_a_start_function_that_fails(check_python: CheckPython, wat: Wat, use: str) -> None:
    """What was got of the half-made instance stays harmless."""
    assert check_python(START.format(use=use), module=wat(STARTER)).endswith("done\n")


def test_frame_in_a_start_function_that_closes_its_instance(check_python: CheckPython, wat: Wat) -> None:
    assert check_python(START.format(use="frame.instance.close()"), module=wat(STARTER)).endswith("done\n")


BEHIND = """
import gc
import wasmedge
from wasmedge import CallingFrame, Function, Trap

def see(frame: CallingFrame) -> None:
    kept.append(frame.instance)

kept = []
# The starting module is known by nothing but this call of another instance, within which it calls back.
behind = wasmedge.instantiate(calling, imports={"env": {"start": lambda: behind.exports.call()}})
try:
    started = wasmedge.instantiate(starting, imports={"env": {"see": Function(None, see)}, "behind": behind})
    assert started == kept[0]
except Trap:
    started = None
behind.exports.table[0] = None
del behind, started
gc.collect()
others = [wasmedge.instantiate(calling, imports={"env": {"start": lambda: None}}) for _ in range(50)]
print(kept[0].exports.number())
"""


@pytest.mark.parametrize("end", ["nop", "unreachable"])
def test_frame_in_a_nested_call_during_a_start_function(check_python: CheckPython, wat: Wat, end: str) -> None:
    calling = wat("""
        (module (import "env" "start" (func $start)) (table $t (export "table") 1 funcref)
          (func (export "call") (call_indirect $t (i32.const 0)))
          (func (export "go") (call $start)))""")
    starting = wat(f"""
        (module (import "env" "see" (func $see)) (import "behind" "go" (func $go))
          (import "behind" "table" (table $t 1 funcref)) (elem (table $t) (i32.const 0) func $f)
          (global $number (mut i32) (i32.const 5))
          (func $f (call $see))
          (func (export "number") (result i32) (global.get $number))
          (func $main (call $go) {end}) (start $main))""")
    assert check_python(BEHIND, calling=calling, starting=starting) == "5\n"
