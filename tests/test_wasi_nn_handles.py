# SPDX-License-Identifier: Apache-2.0
"""Graphs and contexts of WASI-NN, and the handles that guests have of them: how long they are open, and how many."""

from __future__ import annotations

import gc
import struct
import threading
import weakref
from typing import TYPE_CHECKING, Any

import pytest
from nn_guest import BUILDERS, MODEL, NUMBER, ONE, NnGuest, load, make_loading_guest

from wasmedge import WasiNNModule
from wasmedge.hosts.nn import Encoding, Errno

if TYPE_CHECKING:
    from tests.conftest import InThreads, Wat

pytestmark = pytest.mark.quick

INVALID = Errno.INVALID_ARGUMENT

guest = pytest.fixture(make_loading_guest)


def test_wasi_nn_unknown_handles(guest: NnGuest) -> None:
    for handle in (0, 1, 7, -1, 2**31 - 1):
        assert guest.call("init_execution_context", handle, NUMBER) == INVALID
        assert guest.call("unload", handle) == INVALID
        assert guest.set_input(handle, 0, ONE) == INVALID
        for name in ("compute", "compute_single", "fini_single", "finalize_execution_context"):
            assert guest.call(name, handle) == INVALID
        for name in ("get_output", "get_output_single"):
            assert guest.get_output(handle, function=name) == INVALID


def test_wasi_nn_closed_handles_are_given_out_again(guest: NnGuest) -> None:
    assert guest.load_by_name("model") == 0
    graph = guest.number
    contexts = [guest.init(graph) for _ in range(3)]
    assert contexts == [0, 1, 2]
    assert guest.call("finalize_execution_context", 1) == 0
    assert guest.call("finalize_execution_context", 1) == INVALID
    assert guest.compute(1) == INVALID
    assert [guest.init(graph), guest.init(graph)] == [1, 3]
    assert guest.call("unload", graph) == 0
    assert guest.call("unload", graph) == INVALID
    assert guest.load(b"model") == 0
    assert guest.number == graph


def test_wasi_nn_contexts_end_with_their_graph(guest: NnGuest) -> None:
    context = guest.open()
    graph = 0
    assert guest.set_input(context, 0, ONE) == 0
    assert guest.compute(context) == 0
    assert guest.call("unload", graph) == 0
    assert guest.set_input(context, 0, ONE) == INVALID
    assert guest.compute(context) == INVALID
    assert guest.get_output(context) == INVALID
    assert guest.open() != context
    assert guest.compute(context) == INVALID  # which is another graph's again
    assert guest.call("finalize_execution_context", context) == 0


def test_wasi_nn_a_context_is_no_graph(guest: NnGuest) -> None:
    assert guest.load_by_name("model") == 0
    guest.init(0)
    last = guest.init(0)
    assert guest.call("init_execution_context", last, NUMBER) == INVALID
    assert guest.call("unload", last) == INVALID


def test_wasi_nn_a_name_is_one_graph(guest: NnGuest) -> None:
    numbers = []
    for config in (None, "", None, "{}"):
        assert guest.load_by_name("model", config) == 0
        numbers.append(guest.number)
    assert numbers == [0, 0, 0, 1]
    assert guest.call("unload", 0) == 0
    assert guest.load_by_name("model") == 0
    assert guest.number == 0


def test_wasi_nn_a_guest_that_leaks_handles(wat: Wat) -> None:
    guest = NnGuest(wat, WasiNNModule(backends={"onnx": load}, max_graphs=5, max_contexts=7))
    guest.memory.write(BUILDERS, struct.pack("<II", MODEL, 5))
    answers = [guest.call("load", BUILDERS, 1, Encoding.ONNX, 0, NUMBER) for _ in range(100)]
    assert answers == [0] * 5 + [Errno.BUSY] * 95
    answers = [guest.call("init_execution_context", 0, NUMBER) for _ in range(20_000)]
    assert answers == [0] * 7 + [Errno.BUSY] * 19_993
    # To unload graphs and keep their contexts gives no more of them.
    assert guest.call("unload", 0) == 0
    assert guest.call("load", BUILDERS, 1, Encoding.ONNX, 0, NUMBER) == 0
    assert guest.call("init_execution_context", 0, NUMBER) == Errno.BUSY


def test_wasi_nn_a_model_that_calls_its_guest(wat: Wat) -> None:
    answers = []

    def model() -> bytes:
        answers.append(caller.compute(0))
        answers.append(caller.call("finalize_execution_context", 0))
        return b"done"

    caller = NnGuest(wat, WasiNNModule(backends=(), preloads={"model": model}))
    context = caller.open()
    assert caller.compute(context) == 0
    assert answers == [Errno.BUSY, 0]
    assert caller.compute(context) == INVALID


def test_wasi_nn_a_context_is_one_threads(wat: Wat, in_threads: InThreads) -> None:
    begun, ends = threading.Event(), threading.Event()

    def model() -> bytes:
        begun.set()
        assert ends.wait(30)
        return b"done"

    module = WasiNNModule(backends=(), preloads={"model": model})
    first, second = NnGuest(wat, module), NnGuest(wat, module)
    context = first.open()

    def work(number: int) -> int:
        if number == 0:
            return first.compute(context)
        assert begun.wait(30)
        answer = second.compute(context)
        ends.set()
        return answer

    assert in_threads(2, work) == [0, Errno.BUSY]
    assert second.get_output(context) == b"done"


def test_wasi_nn_leaves_nothing_behind(wat: Wat) -> None:
    class Model:
        def __call__(self, *inputs: Any) -> bytes:
            return b""

    model = Model()
    gone = weakref.ref(model)
    guest = NnGuest(wat, WasiNNModule(backends=(), preloads={"model": model}))
    del model
    gc.collect()
    context = guest.open()
    assert guest.set_input(context, 0, ONE) == 0
    assert guest.compute(context) == 0
    gc.disable()
    try:
        del guest
        assert gone() is None
    finally:
        gc.enable()
