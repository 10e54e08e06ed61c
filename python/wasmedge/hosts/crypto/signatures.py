# SPDX-License-Identifier: Apache-2.0
"""Signatures: the module wasi_ephemeral_crypto_signatures."""

from __future__ import annotations

from wasmedge.hosts.crypto.encodings import SIGNATURE_ENCODINGS, find_encoding, read_encoded
from wasmedge.hosts.crypto.errno import Errno, numbered
from wasmedge.hosts.crypto.keys import KeyPair, PublicKey
from wasmedge.hosts.crypto.module import WasiCryptoModule
from wasmedge.hosts.crypto.objects import Objects
from wasmedge.hosts.crypto.signing import Signature, SigningState, VerificationState
from wasmedge.hosts.layout import u32
from wasmedge.hosts.pointers import OutU32, Slice

__all__ = ["WasiCryptoSignaturesModule"]


class _Signatures:
    """The functions of the module."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._handles = objects.handles

    @numbered
    def signature_export(self, signature: u32, encoding: u32, array_output: OutU32) -> None:
        """Write a signature."""
        found = self._handles.get(signature, Signature)
        encoded = found.algorithm.export_signature(found.raw, find_encoding(SIGNATURE_ENCODINGS, encoding))
        array_output.set(self._objects.output(encoded))

    @numbered
    def signature_import(self, algorithm: Slice, encoded: Slice, encoding: u32, signature: OutU32) -> None:
        """Read a signature."""
        found = self._objects.signature(algorithm)
        form = find_encoding(SIGNATURE_ENCODINGS, encoding)
        raw = found.import_signature(read_encoded(encoded, Errno.INVALID_SIGNATURE), form)
        signature.set(self._handles.open(Signature(found, raw)))

    @numbered
    def signature_close(self, signature: u32) -> None:
        """Close a signature."""
        self._handles.close(signature, Signature)

    @numbered
    def signature_state_open(self, keypair: u32, state: OutU32) -> None:
        """Begin to sign a message."""
        state.set(self._handles.open(SigningState(self._handles.get(keypair, KeyPair), self._objects)))

    @numbered
    def signature_state_update(self, state: u32, data: Slice) -> None:
        """Append to a message."""
        self._handles.get(state, SigningState).update(data)

    @numbered
    def signature_state_sign(self, state: u32, signature: OutU32) -> None:
        """Sign a message so far."""
        signature.set(self._handles.open(self._handles.get(state, SigningState).sign()))

    @numbered
    def signature_state_close(self, state: u32) -> None:
        """Close a message."""
        self._handles.close(state, SigningState)

    @numbered
    def signature_verification_state_open(self, publickey: u32, state: OutU32) -> None:
        """Begin to verify a message."""
        state.set(self._handles.open(VerificationState(self._handles.get(publickey, PublicKey), self._objects)))

    @numbered
    def signature_verification_state_update(self, state: u32, data: Slice) -> None:
        """Append to a message."""
        self._handles.get(state, VerificationState).update(data)

    @numbered
    def signature_verification_state_verify(self, state: u32, signature: u32) -> None:
        """Verify a message so far."""
        self._handles.get(state, VerificationState).verify(self._handles.get(signature, Signature))

    @numbered
    def signature_verification_state_close(self, state: u32) -> None:
        """Close a message."""
        self._handles.close(state, VerificationState)


class WasiCryptoSignaturesModule(WasiCryptoModule, name="wasi_ephemeral_crypto_signatures"):
    """Signatures: an `Instance` with the functions of WasmEdge's plug-in.

    Args:
        context: What it shares with the other modules of wasi-crypto; one of its own when None.

    Raises:
        MissingExtraError: The package cryptography is not installed (``pip install 'pywasmedge[crypto]'``).
    """

    @staticmethod
    def _receivers(objects: Objects) -> tuple[object, ...]:
        return (_Signatures(objects),)
