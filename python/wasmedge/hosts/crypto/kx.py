# SPDX-License-Identifier: Apache-2.0
"""Key exchange: the module wasi_ephemeral_crypto_kx."""

from __future__ import annotations

from wasmedge.hosts.calls import GuestError
from wasmedge.hosts.crypto.errno import Errno, numbered
from wasmedge.hosts.crypto.keys import KeyExchange, PublicKey, SecretKey
from wasmedge.hosts.crypto.module import WasiCryptoModule
from wasmedge.hosts.crypto.objects import Objects
from wasmedge.hosts.layout import u32
from wasmedge.hosts.pointers import OutU32, Slice

__all__ = ["WasiCryptoKxModule"]


class _Kx:
    """The functions of the module."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._handles = objects.handles

    @numbered
    def kx_dh(self, publickey: u32, secretkey: u32, array_output: OutU32) -> None:
        """Return what two keys have in common."""
        secret, public = self._handles.get(secretkey, SecretKey), self._handles.get(publickey, PublicKey)
        algorithm = _key_exchange(secret)
        if _key_exchange(public) is not algorithm:
            raise GuestError(Errno.INVALID_KEY, f"keys of {public.algorithm.name} and {algorithm.name}")
        array_output.set(self._objects.output(algorithm.exchange(secret.key, public.key)))

    @numbered
    def kx_encapsulate(self, publickey: u32, secret: OutU32, encapsulated_secret: OutU32) -> None:
        """Make a secret for the owner of a public key, which no algorithm here can."""
        _key_exchange(self._handles.get(publickey, PublicKey))
        raise GuestError(Errno.NOT_IMPLEMENTED)

    @numbered
    def kx_decapsulate(self, secretkey: u32, encapsulated_secret: Slice, secret: OutU32) -> None:
        """Return a secret that somebody has made for the owner of a secret key."""
        _key_exchange(self._handles.get(secretkey, SecretKey))
        raise GuestError(Errno.NOT_IMPLEMENTED)


class WasiCryptoKxModule(WasiCryptoModule, name="wasi_ephemeral_crypto_kx"):
    """Key exchange: an `Instance` with the functions of WasmEdge's plug-in.

    Args:
        context: What it shares with the other modules of wasi-crypto; one of its own when None.

    Raises:
        MissingExtraError: The package cryptography is not installed (``pip install 'pywasmedge[crypto]'``).
    """

    @staticmethod
    def _receivers(objects: Objects) -> tuple[object, ...]:
        return (_Kx(objects),)


def _key_exchange(key: PublicKey | SecretKey) -> KeyExchange:
    if not isinstance(key.algorithm, KeyExchange):
        raise GuestError(Errno.INVALID_HANDLE, f"the key is one of {key.algorithm.name}, which exchanges no keys")
    return key.algorithm
