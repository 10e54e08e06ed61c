# SPDX-License-Identifier: Apache-2.0
"""Calls that are cancelled at random moments, beside others that must never notice."""

from __future__ import annotations

import concurrent.futures
import random
import threading
import time
from functools import partial
from typing import TYPE_CHECKING

import pytest
from endless import ENDLESS

import wasmedge

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Wat

CANCELLATIONS = 10_000
AT_ONCE = 8
ENDLESSLY = ["spin", "count", "call_back"]


class Bystander(threading.Thread):
    """A thread that calls what ends, over and over, until it is told to stop or something goes wrong."""

    def __init__(self, call: Callable[[int], int]) -> None:
        super().__init__(daemon=True)
        self.calls = 0
        self.error: BaseException | None = None
        self._call = call
        self._stops = threading.Event()

    def run(self) -> None:
        """Call, and check what comes back."""
        try:
            while not self._stops.is_set():
                size = random.randrange(1, 2000)
                assert self._call(size) == size * (size + 1) // 2
                self.calls += 1
        except BaseException as error:
            self.error = error

    def finish(self) -> None:
        """Stop, and raise what went wrong."""
        self._stops.set()
        self.join(60)
        assert not self.is_alive()
        if self.error:
            raise self.error


@pytest.mark.parametrize("mode", ["interpreter", "aot"])
def test_cancellations_reach_their_own_calls_only(wat: Wat, mode: str) -> None:
    random.seed(mode)
    env = wasmedge.Instance("env")
    env.add("callback", wasmedge.Function("() -> ()", lambda: None))
    vm = wasmedge.VM(run_mode=mode)
    vm.register(env)
    vm.load(wat(ENDLESS))
    vm.validate()
    vm.instantiate()
    guest = vm.active_instance
    assert guest is not None
    bystanders = [Bystander(guest.exports.sum), Bystander(lambda size: vm.execute("sum", size))]
    for each in bystanders:
        each.start()
    for _ in range(CANCELLATIONS // AT_ONCE):
        names = random.choices(ENDLESSLY, k=AT_ONCE)
        ways = [
            partial(vm.execute_async, name) if random.random() < 0.5 else guest.exports[name].call_async
            for name in names
        ]
        calls = [way() for way in ways]
        time.sleep(random.random() * 0.0005)
        for call in random.sample(calls, AT_ONCE):
            assert call.cancel()
        for call in calls:
            with pytest.raises(concurrent.futures.CancelledError):
                call.result(60)
    for each in bystanders:
        each.finish()
        assert each.calls > 0
    assert guest.exports.sum(100) == 5050
