# SPDX-License-Identifier: Apache-2.0
"""Outputs and options: the module wasi_ephemeral_crypto_common."""

from __future__ import annotations

from typing import Annotated, NoReturn

from wasmedge.hosts.calls import GuestError
from wasmedge.hosts.crypto.encodings import find_type
from wasmedge.hosts.crypto.errno import Errno, numbered
from wasmedge.hosts.crypto.module import WasiCryptoModule
from wasmedge.hosts.crypto.objects import Objects
from wasmedge.hosts.crypto.options import Options
from wasmedge.hosts.crypto.outputs import ArrayOutput
from wasmedge.hosts.layout import Tagged, u32, u64
from wasmedge.hosts.pointers import In, OutU32, Slice

__all__ = ["OptionalHandle", "WasiCryptoCommonModule", "not_implemented"]

OptionalHandle = Annotated[int | None, Tagged({0: u32, 1: None})]


def not_implemented() -> NoReturn:
    """Refuse what only a manager of secrets could do.

    Raises:
        GuestError: Always.
    """
    raise GuestError(Errno.NOT_IMPLEMENTED, "there is no manager of secrets")


class _Common:
    """The functions of the module."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    @numbered
    def array_output_len(self, array_output: u32, size: OutU32) -> None:
        """Tell the size of an output, all of it."""
        size.set(len(self._objects.handles.get(array_output, ArrayOutput)))

    @numbered
    def array_output_pull(self, array_output: u32, buf: Slice, size: OutU32) -> None:
        """Copy what comes next of an output. Its handle is closed when nothing is left."""
        pulled, is_all = self._objects.handles.get(array_output, ArrayOutput).pull(buf)
        if is_all:
            self._objects.handles.close(array_output, ArrayOutput)
        size.set(pulled)

    @numbered
    def options_open(self, algorithm_type: u32, options: OutU32) -> None:
        """Open an option set."""
        options.set(self._objects.handles.open(Options(find_type(algorithm_type))))

    @numbered
    def options_close(self, options: u32) -> None:
        """Close an option set."""
        self._objects.handles.close(options, Options)

    @numbered
    def options_set(self, options: u32, name: Slice, value: Slice) -> None:
        """Set an option of bytes."""
        self._objects.handles.get(options, Options).set(name, value, self._objects.room)

    @numbered
    def options_set_u64(self, options: u32, name: Slice, value: u64) -> None:
        """Set an option that is a number."""
        self._objects.handles.get(options, Options).set_u64(name, value)

    @numbered
    def options_set_guest_buffer(self, options: u32, name: Slice, buf: Slice) -> None:
        """Set an option that is a buffer of the guest."""
        self._objects.handles.get(options, Options).set_guest_buffer(name)

    @numbered
    def secrets_manager_open(self, options: In[OptionalHandle], secrets_manager: OutU32) -> None:
        """Open a manager of secrets, of which there is none."""
        not_implemented()

    @numbered
    def secrets_manager_close(self, secrets_manager: u32) -> None:
        """Close a manager of secrets."""
        not_implemented()

    @numbered
    def secrets_manager_invalidate(self, secrets_manager: u32, key_id: Slice, version: u64) -> None:
        """Forget a managed key."""
        not_implemented()


class WasiCryptoCommonModule(WasiCryptoModule, name="wasi_ephemeral_crypto_common"):
    """Outputs and options of wasi-crypto: an `Instance` with the functions of WasmEdge's plug-in.

    Args:
        context: What it shares with the other modules; one of its own when None.

    Raises:
        MissingExtraError: The package cryptography is not installed (``pip install 'pywasmedge[crypto]'``).
    """

    @staticmethod
    def _receivers(objects: Objects) -> tuple[object, ...]:
        return (_Common(objects),)
