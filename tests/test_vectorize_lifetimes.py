# SPDX-License-Identifier: Apache-2.0
"""How long what a ufunc is made of lives."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import numpy as np
import pytest
from array_guests import NUMBERS, POINTERS, STATE

import wasmedge
from wasmedge import _core

if TYPE_CHECKING:
    from tests.conftest import CheckPython, Wat


def kernels() -> int:
    gc.collect()
    return sum(isinstance(each, _core._ArrayKernel) for each in gc.get_objects())


@pytest.mark.parametrize("mode", ["interpreter", "jit"])
def test_lifetime_of_ufuncs(wat: Wat, mode: str) -> None:
    before = kernels()
    add = wasmedge.vectorize(wat(NUMBERS), "add_f64", threads=2, identity=0, run_mode=mode)
    dot = wasmedge.guvectorize(wat(POINTERS), "dot", "(n),(n)->()", run_mode=mode)
    add(np.zeros(50_000), 1)
    add.reduce(np.zeros(3))
    assert dot([1], [2]) == 2
    with pytest.raises(TypeError):
        add("x", 1)
    assert kernels() == before + 2
    del add, dot
    assert kernels() == before


def test_lifetime_of_ufuncs_in_cycles(wat: Wat) -> None:
    before = kernels()

    def make() -> None:
        made: list[np.ufunc] = []

        def f(x: float) -> float:
            assert made
            return x

        made.append(wasmedge.vectorize(wat(STATE), "call_f", imports={"env": {"f": f}}))
        assert made[0](2.0) == 2.0

    for _ in range(3):
        make()
    assert kernels() == before


def test_lifetime_of_failed_ufuncs(wat: Wat) -> None:
    before = kernels()
    for _ in range(5):
        with pytest.raises(wasmedge.LinkError):
            wasmedge.vectorize(wat(STATE), "call_f")
    assert kernels() == before


def test_lifetime_beyond_the_program(check_python: CheckPython, wat: Wat) -> None:
    code = """
import threading, time, numpy as np, wasmedge
add = wasmedge.vectorize(numbers, "add_f64", threads=2)
add(np.zeros(100_000), 1)
spin = wasmedge.vectorize(state, "spin", imports={"env": {"f": abs}})
threading.Thread(target=spin, args=(np.full(10, 7, "i4"),), daemon=True).start()
time.sleep(0.3)
print("done")
"""
    assert check_python(code, numbers=wat(NUMBERS), state=wat(STATE)) == "done\n"
