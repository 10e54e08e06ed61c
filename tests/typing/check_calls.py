# SPDX-License-Identifier: Apache-2.0
"""What type checkers make of calls. Nothing here is run: `nox -s typecheck` reads it."""

from __future__ import annotations

import concurrent.futures
from typing import Any

from typing_extensions import assert_type

import wasmedge
from wasmedge import VM, Async, CallingFrame, Executor, Function, FunctionType, Instance, Store, f64, host_function, i32


def check_shortcuts(data: bytes) -> None:
    assert_type(wasmedge.run("a.wasm", "f", 1, 2.5, timeout=1), Any)
    assert_type(wasmedge.instantiate(data, run_mode="auto"), Instance)
    wasmedge.run(data, "f", fuel="much")  # type: ignore[arg-type]
    wasmedge.instantiate(data, mode="interpreter")  # type: ignore[call-arg]


def check_functions(instance: Instance) -> None:
    function = instance.functions["f"]
    assert_type(function, Function)
    assert_type(function.type, FunctionType)
    assert_type(function.name, str)
    assert_type(function(1, fuel=10, timeout=None), Any)
    assert_type(function.call_async(1), Async[Any])
    function(1, timeout="soon")  # type: ignore[arg-type]


async def check_asynchronous_calls(call: Async[int]) -> None:
    assert_type(await call, int)
    assert_type(call.result(timeout=1), int)
    assert_type(call.wait(1.0), bool)
    assert_type(call.cancel(), bool)
    futures: list[concurrent.futures.Future[int]] = [call]
    assert_type(next(concurrent.futures.as_completed(futures)).result(), int)


def check_host_functions() -> None:
    @host_function
    def add(a: i32, b: f64) -> f64:
        assert_type(a, int)
        assert_type(b, float)
        return a + b

    @host_function(type="(i32) -> i32", cost=3)
    def frame_first(frame: CallingFrame, number: int) -> int:
        assert_type(frame.instance, Instance | None)
        return number

    assert_type(add, Function)
    assert_type(frame_first, Function)
    assert_type(Function("(i32) -> i32", abs, data=None), Function)
    Function(abs, "(i32) -> i32")  # type: ignore[arg-type]


def check_machines(vm: VM, executor: Executor, store: Store) -> None:
    assert_type(vm.active_instance, Instance | None)
    assert_type(vm.execute("f"), Any)
    assert_type(vm.execute_async("f"), Async[Any])
    assert_type(vm.function_type("f"), FunctionType | None)
    assert_type(vm.register(b"", "name"), Instance)
    assert_type(store["name"], Instance)
    assert_type(store.get("name"), Instance | None)
    assert_type(store.get("name", 3), Instance | int)
    assert_type(list(store), list[str])
    assert_type(executor.invoke_async(vm.registered["m"].functions["f"]), Async[Any])
    vm.run("a.wasm")  # type: ignore[call-arg]
