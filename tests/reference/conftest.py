# SPDX-License-Identifier: Apache-2.0
"""The examples of the WasmEdge-Go 0.11.2 reference, in Python.

Each test is named after the section that its example comes from, and says which of the document's blocks of code it
is, counted from the beginning (those that show Go, WebAssembly text, or the states of the VM). What an example prints
is asserted, and what its comments say. The files follow the document's order: basics, structures, configurations,
statistics, vm, vm_modules, tracing, runtime, instances, host_functions, host_modules, host_data, compiler.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wasmedge import VM

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Wat

# As the document has it, but for the names of today: local.get for get_local, and `then`.
FIBONACCI = """
(module
  (export "fib" (func $fib))
  (func $fib (param $n i32) (result i32)
    (if
      (i32.lt_s (local.get $n)(i32.const 2))
      (then (return (i32.const 1)))
    )
    (return
      (i32.add
        (call $fib (i32.sub (local.get $n)(i32.const 2)))
        (call $fib (i32.sub (local.get $n)(i32.const 1)))
      )
    )
  )
)
"""


@pytest.fixture
def fibonacci(wat: Wat, tmp_path: Path) -> Path:
    """Return the path of the document's fibonacci.wasm."""
    path = tmp_path / "fibonacci.wasm"
    path.write_bytes(wat(FIBONACCI))
    return path


@pytest.fixture
def fibonacci_vm(fibonacci: Path) -> VM:
    """Return a VM that has instantiated fibonacci.wasm."""
    vm = VM()
    vm.load(fibonacci)
    vm.validate()
    vm.instantiate()
    return vm
