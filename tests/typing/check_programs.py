# SPDX-License-Identifier: Apache-2.0
"""What type checkers make of WASI programs. Nothing here is run: `nox -s typecheck` reads it."""

from __future__ import annotations

from typing_extensions import assert_type

import wasmedge
from wasmedge import CAPTURE, VM, CompletedProgram, HostRegistration, ReadOnly, WasiModule, WasiProcess


def check_running(data: bytes) -> None:
    done = wasmedge.run_wasi(data, ["-n"], stdin="text", preopens={"/d": ReadOnly("d")}, capture_output=True)
    assert_type(done, CompletedProgram)
    assert_type(done.returncode, int)
    with WasiProcess(data, stdout=wasmedge.PIPE) as process:
        assert_type(process, WasiProcess)
    wasmedge.run_wasi(data, check="yes")  # type: ignore[arg-type]


async def check_awaiting(data: bytes) -> None:
    assert_type(await wasmedge.run_wasi_async(data), CompletedProgram)


def check_modules(vm: VM) -> None:
    wasi = vm.import_instance(HostRegistration.WASI)
    assert_type(wasi, WasiModule | None)
    assert_type(WasiModule(args=["a"], env="inherit", stdout=CAPTURE).exit_code, int)
