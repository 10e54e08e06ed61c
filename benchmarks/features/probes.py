# SPDX-License-Identifier: Apache-2.0
"""What packages are asked to do: each probe does it, and returns, raises, hangs or crashes."""

from __future__ import annotations

import importlib
import pickle
import signal
import statistics
import sys
import threading
import time
import timeit
from pathlib import Path
from typing import TYPE_CHECKING, Any

import wasmtime

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    Wat = Callable[[str], bytes]

FIB = """
(module (func $fib (export "fib") (param i32) (result i32)
  (if (result i32) (i32.lt_s (local.get 0) (i32.const 2)) (then (local.get 0)) (else
    (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1))) (call $fib (i32.sub (local.get 0) (i32.const 2))))))))
"""
NOOP = '(module (func (export "noop")))'
ENDLESS = '(module (func (export "run") (loop $on (br $on))))'
# Compilers make a loop of a function that calls itself once.
RECURSION = """
(module (func $run (export "run") (param i32) (result i32)
  (i32.add (call $run (i32.add (local.get 0) (i32.const 1))) (call $run (i32.add (local.get 0) (i32.const 2))))))
"""
CALLER = '(module (import "env" "call" (func $call)) (func (export "run") (call $call)))'
SIMD = """
(module (func (export "run") (result i32)
  (i32x4.extract_lane 1 (i32x4.mul (i32x4.splat (i32.const 6)) (i32x4.splat (i32.const 7))))))
"""
COLLECTED = """
(module (type $pair (struct (field i32) (field i32)))
  (func (export "run") (result i32) (struct.get $pair 1 (struct.new $pair (i32.const 6) (i32.const 42)))))
"""
THROWS = """
(module (tag $error (param i32))
  (func (export "run") (result i32)
    (block $caught (result i32)
      (try_table (catch $error $caught) (throw $error (i32.const 42)))
      (i32.const 0))))
"""
MEMORY = """
(module (memory (export "memory") 1)
  (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))
"""
HELLO = """
(module (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1) (data (i32.const 8) "\\10\\00\\00\\00\\05\\00\\00\\00hello")
  (func (export "_start") (drop (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 0)))))
"""


class LackingError(Exception):
    """The package has nothing for it."""


class Peer:
    """A package, by what is written differently with each; a method that is not there says that there is no way.

    Attributes:
        package: The name that it is imported by.
    """

    package: str

    def functions(self, wasm: bytes, imports: dict[str, Any] | None = None) -> Any:
        """Instantiate a module, with Python functions of no parameters for its imports from "env"; return exports."""
        raise LackingError

    def compiled(self, wat: Wat) -> None:
        """Run a guest at the speed of native code: interpreters take 100 ms for this, compiled code 10 ms at most."""
        fib = self.functions(wat(FIB)).fib
        fib(20)
        assert min(timeit.repeat(lambda: fib(30), number=1, repeat=3)) < 0.025

    def microsecond(self, wat: Wat) -> None:
        """Call a guest's function in less than a microsecond."""
        noop = self.functions(wat(NOOP)).noop
        assert statistics.median(timeit.repeat(noop, number=20_000, repeat=7)) < 20_000e-6

    def threads(self, wat: Wat) -> None:
        """Let other threads of Python run while a guest computes."""
        fib = self.functions(wat(FIB)).fib
        thread = threading.Thread(target=fib, args=(38,))
        thread.start()
        begin = time.perf_counter()
        time.sleep(0.01)
        assert time.perf_counter() - begin < 0.1
        assert thread.is_alive()
        thread.join()

    def ctrl_c(self, wat: Wat) -> None:
        """End an endless guest by Ctrl-C."""
        run = self.functions(wat(ENDLESS)).run
        threading.Timer(0.3, signal.raise_signal, (signal.SIGINT,)).start()
        try:
            run()
        except KeyboardInterrupt:
            return
        raise LackingError

    def recursion(self, wat: Wat) -> None:
        """Make an exception of endless recursion, and go on."""
        exports = self.functions(wat(RECURSION))
        for _ in range(3):
            try:
                exports.run(0)
            except Exception:  # noqa: S112 - each package has its own
                continue
            raise LackingError

    def exceptions(self, wat: Wat) -> None:
        """Raise an exception of a Python function, unchanged, out of the call of the guest."""
        error = KeyError("mine")

        def call() -> None:
            raise error

        caught = None
        try:
            self.functions(wat(CALLER), {"call": call}).run()
        except KeyError as raised:
            caught = raised
        assert caught is error

    def simd(self, wat: Wat) -> None:
        """Run fixed-width SIMD."""
        assert self.functions(wat(SIMD)).run() == 42

    def collected(self, wat: Wat) -> None:
        """Run structures of the garbage-collection proposal."""
        assert self.functions(wat(COLLECTED)).run() == 42

    def throws(self, wat: Wat) -> None:
        """Run the exception-handling proposal."""
        assert self.functions(wat(THROWS)).run() == 42

    def array(self, wat: Wat) -> None:
        """See linear memory as a numpy array without a copy."""
        view, exports = self.view(wat(MEMORY))
        view[4:8] = [1, 2, 3, 4]
        assert exports.load(4) == 0x04030201

    def outlives(self, wat: Wat) -> None:
        """Keep such an array when the memory has grown and everything else is gone."""
        view, exports = self.view(wat(MEMORY))
        view[4:8] = [1, 2, 3, 4]
        assert exports.grow(2000) == 1
        del exports
        for _ in range(50):
            self.view(wat(MEMORY))
        assert view[:9].tolist() == [0, 0, 0, 0, 1, 2, 3, 4, 0]
        assert int(view.sum()) == 10

    def view(self, wasm: bytes) -> tuple[np.ndarray[Any, np.dtype[np.uint8]], Any]:
        """Return an array on a module's memory, and the module's exports."""
        raise LackingError

    def awaited(self, wat: Wat) -> None:
        """Await a call in an event loop."""
        raise LackingError

    def timeout(self, wat: Wat) -> None:
        """Give a single call a time limit, and use the instance afterwards."""
        raise LackingError

    def fuel(self, wat: Wat) -> None:
        """Limit how many instructions a guest carries out."""
        raise LackingError

    def streams(self, wat: Wat) -> None:
        """Get the output of a WASI program without a file."""
        raise LackingError

    def cached(self, wat: Wat) -> None:
        """Keep compiled code for other processes."""
        raise LackingError

    def pickled(self, wat: Wat) -> None:
        """Pickle a module."""
        assert type(pickle.loads(pickle.dumps(self.module(wat(NOOP))))) is type(self.module(wat(NOOP)))  # noqa: S301

    def module(self, wasm: bytes) -> Any:
        """Return the package's object of a module."""
        raise LackingError

    def ufunc(self, wat: Wat) -> None:
        """Make a numpy.ufunc of a guest's function."""
        raise LackingError

    def neural(self, wat: Wat) -> None:
        """Offer WASI-NN to guests."""
        raise LackingError

    def component(self, wat: Wat) -> None:
        """Load a component of the component model."""
        raise LackingError

    def typed(self, wat: Wat) -> None:
        """Have types for type checkers."""
        (directory,) = importlib.import_module(self.package).__path__
        assert (Path(directory) / "py.typed").exists()


def main(peer: Peer) -> None:
    """Carry out the probe that is named on the command line, and say so when it has passed."""
    signal.alarm(30)  # for those that hang
    getattr(peer, sys.argv[1])(lambda text: bytes(wasmtime.wat2wasm(text)))
    print("passed", flush=True)
