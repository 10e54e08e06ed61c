# SPDX-License-Identifier: Apache-2.0
"""Pickles and copies of what is made of modules, in this process and in others."""

from __future__ import annotations

import concurrent.futures
import copy
import gc
import io
import multiprocessing
import pickle
import weakref
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from array_guests import NUMBERS, POINTERS, STATE
from pickled_work import work

import wasmedge

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import CheckPython, Wat

pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")

WAYS: list[Callable[[Any], Any]] = [
    lambda value: pickle.loads(pickle.dumps(value)),  # noqa: S301 - our own
    lambda value: pickle.loads(pickle.dumps(value, 2)),  # noqa: S301 - our own
    copy.copy,
    copy.deepcopy,
]


def elsewhere(value: Any) -> Any:
    """Pickle a value, and unpickle it as another process would: with nothing of it known."""
    return pickle.loads(pickle.dumps(value))  # noqa: S301 - our own


@pytest.mark.parametrize("way", WAYS)
def test_pickling_configure(way: Callable[[Any], Any]) -> None:
    configure = wasmedge.Configure(
        wasmedge.Proposal.MULTI_MEMORIES,
        wasmedge.HostRegistration.WASI,
        max_memory_pages=7,
        measure_cost=True,
        run_mode="jit",
        strict=True,
        cache=False,
        optimization_level=wasmedge.OptimizationLevel.O1,
        output_format=wasmedge.OutputFormat.WASM,
    )
    configure.remove(wasmedge.Proposal.SIMD)
    other = way(configure)
    assert other is not configure
    assert repr(other) == repr(configure)
    for name in (
        "max_memory_pages",
        "measure_cost",
        "run_mode",
        "strict",
        "cache",
        "optimization_level",
        "output_format",
    ):
        assert getattr(other, name) == getattr(configure, name)
    assert way(wasmedge.Configure())._chosen_run_mode is None
    for standard in wasmedge.Standard:
        assert repr(way(wasmedge.Configure(standard=standard))) == repr(wasmedge.Configure(standard=standard))


@pytest.mark.parametrize("way", WAYS)
def test_pickling_modules_and_types(wat: Wat, way: Callable[[Any], Any]) -> None:
    module = wasmedge.Module.from_bytes(wat(NUMBERS))
    assert way(module)._bytes() == module._bytes()
    for value in (
        wasmedge.ValType.I64,
        wasmedge.FunctionType("(i32, f64) -> i64"),
        wasmedge.Limit(1, 2),
        wasmedge.MemoryType("1..2"),
        wasmedge.TableType("funcref 1"),
        wasmedge.GlobalType("var i32"),
        module.exports[0],
        wasmedge.V128(1, 2),
    ):
        assert way(value) == value


def test_pickling_functions_by_their_module(wat: Wat, check_python: CheckPython) -> None:
    add = wasmedge.instantiate(wat(NUMBERS)).exports.add_i64
    for way in WAYS:
        assert way(add) is add
    code = """
    import pickle, wasmedge
    add, other = pickle.loads(data)
    assert add(40, 2) == 42
    count, again = pickle.loads(state)
    assert (count(0), again(0)) == (11, 12)
    assert pickle.loads(state)[0](0) == 13
    print("done")
    """
    without_import = STATE.replace('(import "env" "f" (func $f (param f64) (result f64)))', "").replace(
        "(call $f (local.get 0))", "(local.get 0)"
    )
    configure = wasmedge.Configure(wasmedge.Proposal.MULTI_MEMORIES)
    count = wasmedge.instantiate(wat(without_import), configure=configure).exports.count_up
    assert count(0) == 11
    data, state = pickle.dumps((add, 1)), pickle.dumps((count, count))
    assert check_python(code, data=data, state=state) == "done\n"


def successor(x: float) -> float:
    return x + 1


def test_pickling_functions_with_imports(wat: Wat) -> None:
    configure = wasmedge.Configure(wasmedge.Proposal.MULTI_MEMORIES)
    imports = {"env": {"f": successor}}
    call = wasmedge.instantiate(wat(STATE), imports=imports, configure=configure).exports.call_f
    data = pickle.dumps(call)
    del call
    gc.collect()
    assert pickle.loads(data)(1.0) == 2.0  # noqa: S301 - our own
    local = wasmedge.instantiate(wat(STATE), imports={"env": {"f": lambda x: x}}, configure=configure).exports.call_f
    with pytest.raises((pickle.PicklingError, AttributeError), match="lambda"):
        pickle.dumps(local)


def test_pickling_what_cannot_be(wat: Wat) -> None:
    with wasmedge.VM() as vm:
        vm.load(wat(NUMBERS))
        vm.validate()
        vm.instantiate()
        assert vm.active_instance is not None
        for function in (vm.active_instance.exports.add_i32, wasmedge.Function("() -> ()", print)):
            with pytest.raises(TypeError, match=r"only functions that wasmedge.instantiate\(\) has made"):
                pickle.dumps(function)
    with pytest.raises(TypeError, match="pickle"):
        pickle.dumps(wasmedge.instantiate(wat(NUMBERS)))


def test_pickling_leaves_nothing_behind(wat: Wat) -> None:
    instance = wasmedge.instantiate(wat(NUMBERS))
    function = instance.exports.add_i32
    elsewhere(function)
    gone = weakref.ref(function)
    del function, instance
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("kind", ["vectorize", "guvectorize"])
def test_pickling_ufuncs(wat: Wat, kind: str) -> None:
    if kind == "vectorize":
        ufunc = wasmedge.vectorize(wat(NUMBERS), "add_f64", doc="adds", threads=2, identity=0)
        arguments: tuple[Any, ...] = (1, 2)
    else:
        ufunc = wasmedge.guvectorize(wat(POINTERS), "dot", "(n),(n)->()", doc="adds")
        arguments = ([1, 1], [1, 2])
    for way in WAYS:
        other = way(ufunc)
        assert type(other) is np.ufunc
        assert (other.types, other.signature, other.identity) == (ufunc.types, ufunc.signature, ufunc.identity)
        assert str(other.__doc__).endswith("adds")
        assert other(*arguments) == 3
    assert elsewhere(ufunc) is elsewhere(ufunc)


def test_pickling_ufuncs_with_imports_and_errors(wat: Wat) -> None:
    call = wasmedge.vectorize(wat(STATE), "call_f", imports={"env": {"f": successor}})
    assert elsewhere(call)(1.0) == 2.0
    with pytest.raises((pickle.PicklingError, AttributeError)):
        pickle.dumps(wasmedge.vectorize(wat(STATE), "call_f", imports={"env": {"f": lambda x: x}}))
    pickler = pickle.Pickler(io.BytesIO())
    pickler.dump({"a": call, "b": np.add})


@pytest.mark.parametrize("method", ["spawn", "fork", "forkserver"])
def test_pickling_to_other_processes(wat: Wat, method: str, cache_directory: object) -> None:
    module = wasmedge.Module.from_bytes(wat(NUMBERS))
    ufunc = wasmedge.vectorize(module, "add_f64", run_mode="aot", threads=2)
    function = wasmedge.instantiate(module, run_mode="aot").exports.add_i64
    jobs = [(ufunc, function, number) for number in range(4)]
    expected = [([float(n), n + 1.0, n + 2.0], n + 1) for n in range(4)]
    before = wasmedge.cache.size()
    assert before > 0
    context = multiprocessing.get_context(method)
    with context.Pool(2) as pool:
        assert pool.map(work, jobs) == expected
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as executor:
        assert list(executor.map(work, jobs)) == expected
    # The other side has found what it needed.
    assert wasmedge.cache.size() == before
