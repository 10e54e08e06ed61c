# SPDX-License-Identifier: Apache-2.0
"""Calls that have only so much time, interpreted and compiled."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from endless import ENDLESS

import wasmedge
from wasmedge import VM, Executor, Instance

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import InThreads, Wat

MODES = ["interpreter", "aot"]
SOON = 0.05


@pytest.fixture(params=MODES)
def guest(request: pytest.FixtureRequest, wat: Wat) -> Instance:
    """Return an instance with functions that do not end."""
    found = wasmedge.instantiate(wat(ENDLESS), imports={"env": {"callback": lambda: None}}, run_mode=request.param)
    assert found.run_mode.name.lower() == request.param
    return found


@pytest.mark.parametrize("function", ["spin", "count", "call_back", "grow"])
def test_timeout_stops_what_does_not_end(guest: Instance, function: str) -> None:
    for _ in range(3):
        begin = time.monotonic()
        with pytest.raises(TimeoutError, match=rf"{function}\(\) did not end in the time that it had"):
            guest.exports[function](timeout=SOON)
        assert SOON <= time.monotonic() - begin < 20
        assert guest.exports.answer(timeout=20) == 42
        assert guest.exports.sum(10) == 55


@pytest.mark.parametrize("timeout", [30, 30.0, np.float32(30), np.int64(30), float("inf"), 1e300, None])
def test_timeout_that_is_long_enough(guest: Instance, timeout: Any) -> None:
    for n in range(1, 50):
        assert guest.exports.sum(n, timeout=timeout) == n * (n + 1) // 2


@pytest.mark.parametrize(
    ("timeout", "error"),
    [
        ("1", TypeError),
        (True, TypeError),
        ([1], TypeError),
        (-1, ValueError),
        (-0.5, ValueError),
        (float("nan"), ValueError),
    ],
)
def test_timeout_of_a_wrong_kind(guest: Instance, timeout: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="timeout must"):
        guest.exports.answer(timeout=timeout)


def test_timeout_of_no_time(guest: Instance) -> None:
    for _ in range(20):
        with pytest.raises(TimeoutError):
            guest.exports.spin(timeout=0)
        assert guest.exports.answer() == 42


def test_timeout_lets_host_functions_end(wat: Wat) -> None:
    """They are Python, which nothing stops; but the guest does not go on."""
    ended = []

    def callback() -> None:
        time.sleep(4 * SOON)
        ended.append(True)

    for mode in MODES:
        guest = wasmedge.instantiate(wat(ENDLESS), imports={"env": {"callback": callback}}, run_mode=mode)
        ended.clear()
        with pytest.raises(TimeoutError):
            guest.exports.call_back(timeout=SOON)
        assert ended == [True]


def test_timeout_of_the_outer_call_ends_the_inner_one(wat: Wat) -> None:
    seen: list[TimeoutError] = []

    def callback() -> None:
        try:
            inner.exports.spin()
        except TimeoutError as error:
            seen.append(error)
            raise

    inner = wasmedge.instantiate(wat(ENDLESS), imports={"env": {"callback": lambda: None}}, run_mode="aot")
    for mode in MODES:
        outer = wasmedge.instantiate(wat(ENDLESS), imports={"env": {"callback": callback}}, run_mode=mode)
        with pytest.raises(TimeoutError) as caught:
            outer.exports.call_back(timeout=SOON)
        assert caught.value is seen[-1]
        assert inner.exports.answer() == 42


def test_timeout_of_the_inner_call_leaves_the_outer_one(wat: Wat) -> None:
    count = 0

    def callback() -> None:
        nonlocal count
        with pytest.raises(TimeoutError):
            inner.exports.spin(timeout=SOON)
        count += 1

    inner = wasmedge.instantiate(wat(ENDLESS), imports={"env": {"callback": lambda: None}}, run_mode="aot")
    for mode in MODES:
        outer = wasmedge.instantiate(wat(ENDLESS), imports={"env": {"callback": callback}}, run_mode=mode)
        outer.exports.call_back_once(timeout=60)
    assert count == len(MODES)


def test_timeout_stops_no_other_call(guest: Instance, in_threads: InThreads) -> None:
    """Not one before it, after it, nor beside it, on the same instance."""

    def work(i: int) -> None:
        for n in range(15):
            if i == 0:
                with pytest.raises(TimeoutError):
                    guest.exports.spin(timeout=0.01)
            else:
                assert guest.exports.sum(1000 * (n + 1), timeout=60) == 1000 * (n + 1) * (1000 * (n + 1) + 1) // 2

    in_threads(4, work)


def _vm(guest: bytes, mode: str) -> VM:
    vm = VM(run_mode=mode)
    vm.register(wasmedge.instantiate(b"\0asm\1\0\0\0"), "nothing")
    env = Instance("env")
    env.add("callback", wasmedge.Function("()", lambda: None))
    vm.register(env)
    vm.register(guest, "guest")
    vm.load(guest)
    vm.validate()
    vm.instantiate()
    return vm


def test_timeout_on_every_way_of_calling(wat: Wat) -> None:
    source = wat(ENDLESS)
    vm = _vm(source, "interpreter")
    executor = Executor()
    spin = vm.active_instance.exports.spin  # type: ignore[union-attr]
    calls: list[Callable[[], Any]] = [
        lambda: vm.execute("spin", timeout=SOON),
        lambda: vm.execute_registered("guest", "spin", timeout=SOON),
        lambda: vm.run(source, "spin", timeout=SOON),
        lambda: executor.invoke(spin, timeout=SOON),
        lambda: wasmedge.run(source, "spin", imports={"env": {"callback": lambda: None}}, timeout=SOON),
        lambda: vm.execute_async("spin", timeout=SOON).result(30),
        lambda: executor.invoke_async(spin, timeout=SOON).result(30),
        lambda: spin.call_async(timeout=SOON).result(30),
    ]
    for call in calls:
        with pytest.raises(TimeoutError):
            call()


@pytest.mark.parametrize("mode", MODES)
def test_timeout_of_a_start_function(wat: Wat, mode: str) -> None:
    source = wat("(module (func $f (loop $again (br $again))) (start $f))")
    with pytest.raises(TimeoutError, match="instantiating"):
        wasmedge.instantiate(source, timeout=SOON, run_mode=mode)
    with pytest.raises(TimeoutError):
        wasmedge.run(source, "none", timeout=SOON, run_mode=mode)
