# SPDX-License-Identifier: Apache-2.0
"""Functions over arrays with dask: lazy arrays, threads, processes, and a local cluster."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import wasmedge

dask = pytest.importorskip("dask")
da = pytest.importorskip("dask.array")
distributed = pytest.importorskip("distributed")

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Wat

ROOT = Path(__file__).resolve().parent.parent

# What dask and distributed warn of is for them to mend.
pytestmark = [pytest.mark.filterwarnings("default"), pytest.mark.timeout(300)]

GUEST = """
(module
  (memory (export "memory") 1)
  (func (export "square") (param f64) (result f64) (f64.mul (local.get 0) (local.get 0)))
  (func (export "divide") (param i64 i64) (result i64) (i64.div_s (local.get 0) (local.get 1)))
  (func (export "spin") (param i64) (result i64)
    (loop $again (br_if $again (i64.eq (local.get 0) (i64.const 7)))) (local.get 0))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "slow") (param i64) (result i64) (local $n i64)
    (local.set $n (i64.const 300000))
    (loop $again (br_if $again (i64.ne (i64.const 0) (local.tee $n (i64.sub (local.get $n) (i64.const 1))))))
    (i64.add (local.get 0) (i64.const 1)))
  (func (export "twice") (param i32 i32 i32) (local $i i32)
    (loop $again
      (f64.store (i32.add (local.get 1) (i32.shl (local.get $i) (i32.const 3)))
        (f64.mul (f64.const 2) (f64.load (i32.add (local.get 0) (i32.shl (local.get $i) (i32.const 3))))))
      (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get 2))))))
"""


@pytest.fixture(scope="module")
def guest(wat: Wat) -> wasmedge.Module:
    return wasmedge.Module.from_bytes(wat(GUEST))


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    """Give a client of a local cluster of two processes."""
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, scheduler_port=0
        ) as cluster,
        distributed.Client(cluster) as made,
    ):
        yield made


@pytest.mark.parametrize("scheduler", ["synchronous", "threads", "processes"])
def test_dask_arrays(guest: wasmedge.Module, scheduler: str) -> None:
    square = wasmedge.vectorize(guest, "square")
    x = np.linspace(0, 1, 1000)
    lazy = square(da.from_array(x, chunks=100))
    assert isinstance(lazy, da.Array)
    assert np.array_equal(lazy.compute(scheduler=scheduler), x * x)


def test_dask_guide_runs(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "cluster.md").read_text("utf-8")
    blocks = re.findall(r"```py(?:thon)?\n(.*?)```", text[: text.index("## Ray")], re.DOTALL)
    script = tmp_path / "guide.py"
    script.write_text("\n".join(blocks).replace("200_000_001", "2_000_001").replace("4_000_000", "200_000"))
    command = [sys.executable, str(script)]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, encoding="utf-8", timeout=240)
    # The longest of all below two million begins with 1,723,519.
    assert (done.returncode, done.stdout.split()) == (0, ["556"] * 3), done.stderr


def test_dask_names_work_by_content(guest: wasmedge.Module) -> None:
    names = {dask.base.tokenize(wasmedge.vectorize(guest, "square")) for _ in range(2)}
    assert len(names) == 1
    assert dask.base.tokenize(wasmedge.vectorize(guest, "square", fuel=9)) not in names


def test_dask_generalized(guest: wasmedge.Module) -> None:
    twice = wasmedge.guvectorize(guest, "twice", "(n)->(n)")
    x = np.arange(12.0).reshape(4, 3)
    lazy = twice(da.from_array(x, chunks=(2, 3)))
    assert np.array_equal(lazy.compute(scheduler="threads"), 2 * x)


def test_dask_cluster(guest: wasmedge.Module, client: Any) -> None:
    square = wasmedge.vectorize(guest, "square")
    x = da.arange(100_000, chunks=10_000, dtype="f8")
    assert square(x).sum().compute() == (np.arange(100_000.0) ** 2).sum()
    blocks = da.map_blocks(square, x, dtype="f8")
    assert np.array_equal(blocks[:5].compute(), [0, 1, 4, 9, 16])


def call(module: wasmedge.Module, x: int) -> tuple[int, int]:
    return os.getpid(), wasmedge.run(module, "divide", 100, x)


def test_dask_modules_travel(guest: wasmedge.Module, client: Any) -> None:
    found = dask.compute(*[dask.delayed(call)(guest, x) for x in (1, 2, 5)])
    assert [result for _, result in found] == [100, 50, 20]
    assert os.getpid() not in {pid for pid, _ in found}
    divide = wasmedge.instantiate(guest).exports.divide
    assert client.gather(client.map(divide, [10, 20], [5, 5])) == [2, 4]


def test_dask_exceptions_come_back(guest: wasmedge.Module, client: Any) -> None:
    divide = wasmedge.vectorize(guest, "divide")
    divisors = da.from_array(np.array([1, 1, 1, 0, 1, 1, 1, 1]), chunks=8)
    with pytest.raises(wasmedge.Trap, match="divide by zero, at element 3") as caught:
        # Without a dtype dask would call it with whatever numbers to see what comes out.
        divide(da.arange(8, chunks=8), divisors, dtype="i8").compute()
    assert caught.value.index == 3
    assert caught.value.trap is wasmedge.TrapCode.INTEGER_DIVIDE_BY_ZERO


def test_dask_limits_hold_on_workers(guest: wasmedge.Module, client: Any) -> None:
    x = da.arange(10, chunks=10)
    with pytest.raises(TimeoutError):
        wasmedge.vectorize(guest, "spin", timeout=0.2)(x, dtype="i8").compute()
    with pytest.raises(wasmedge.CostLimitExceeded):
        wasmedge.vectorize(guest, "slow", fuel=10_000)(x, dtype="i8").compute()
    small = wasmedge.Configure(max_memory_pages=3)
    grown = wasmedge.vectorize(guest, "grow", configure=small)(da.ones(4, dtype="i4", chunks=4), dtype="i4").compute()
    assert grown.tolist() == [1, 2, -1, -1]


def test_dask_worker_that_is_killed_loses_nothing(guest: wasmedge.Module, client: Any) -> None:
    slow = wasmedge.vectorize(guest, "slow")
    future = client.compute(slow(da.arange(1_200, chunks=50)).sum())
    time.sleep(0.5)
    victim = client.run(os.getpid)
    os.kill(next(iter(victim.values())), signal.SIGKILL)
    assert future.result(timeout=200) == 1_200 * 1_201 // 2
