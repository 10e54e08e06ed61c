# SPDX-License-Identifier: Apache-2.0
"""Key pairs, public and secret keys: the module wasi_ephemeral_crypto_asymmetric_common."""

from __future__ import annotations

from wasmedge.hosts.calls import GuestError
from wasmedge.hosts.crypto.common import OptionalHandle, not_implemented
from wasmedge.hosts.crypto.encodings import (
    KEYPAIR_ENCODINGS,
    PUBLIC_KEY_ENCODINGS,
    SECRET_KEY_ENCODINGS,
    find_encoding,
    find_type,
    read_encoded,
)
from wasmedge.hosts.crypto.errno import Errno, numbered
from wasmedge.hosts.crypto.keys import KeyPair, PublicKey, SecretKey
from wasmedge.hosts.crypto.module import WasiCryptoModule
from wasmedge.hosts.crypto.objects import Objects
from wasmedge.hosts.layout import u32, u64
from wasmedge.hosts.pointers import In, OutU32, OutU64, Slice

__all__ = ["WasiCryptoAsymmetricCommonModule"]


class _KeyPairs:
    """The functions of key pairs."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._handles = objects.handles

    @numbered
    def keypair_generate(
        self, algorithm_type: u32, algorithm: Slice, options: In[OptionalHandle], keypair: OutU32
    ) -> None:
        """Make a key pair."""
        found = self._objects.asymmetric(algorithm_type, algorithm)
        self._objects.options(options, find_type(algorithm_type))
        keypair.set(self._handles.open(KeyPair(found, found.keys.generate())))

    @numbered
    def keypair_import(
        self, algorithm_type: u32, algorithm: Slice, encoded: Slice, encoding: u32, keypair: OutU32
    ) -> None:
        """Read a key pair."""
        found = self._objects.asymmetric(algorithm_type, algorithm)
        key = found.keys.import_pair(
            read_encoded(encoded, Errno.INVALID_KEY), find_encoding(KEYPAIR_ENCODINGS, encoding)
        )
        keypair.set(self._handles.open(KeyPair(found, key)))

    @numbered
    def keypair_export(self, keypair: u32, encoding: u32, array_output: OutU32) -> None:
        """Write a key pair."""
        pair = self._handles.get(keypair, KeyPair)
        encoded = pair.algorithm.keys.export_pair(pair.key, find_encoding(KEYPAIR_ENCODINGS, encoding))
        array_output.set(self._objects.output(encoded))

    @numbered
    def keypair_publickey(self, keypair: u32, publickey: OutU32) -> None:
        """Return the public key of a pair."""
        publickey.set(self._handles.open(self._handles.get(keypair, KeyPair).public()))

    @numbered
    def keypair_secretkey(self, keypair: u32, secretkey: OutU32) -> None:
        """Return the secret key of a pair."""
        secretkey.set(self._handles.open(self._handles.get(keypair, KeyPair).secret()))

    @numbered
    def keypair_from_pk_and_sk(self, publickey: u32, secretkey: u32, keypair: OutU32) -> None:
        """Make a pair of two keys, which the native plug-in does not either."""
        public, secret = self._handles.get(publickey, PublicKey), self._handles.get(secretkey, SecretKey)
        if public.algorithm is not secret.algorithm:
            raise GuestError(Errno.INVALID_KEY, f"keys of {public.algorithm.name} and {secret.algorithm.name}")
        raise GuestError(Errno.NOT_IMPLEMENTED, "pairs are imported as a whole")

    @numbered
    def keypair_close(self, keypair: u32) -> None:
        """Close a key pair."""
        self._handles.close(keypair, KeyPair)


class _ManagedKeyPairs:
    """The functions of key pairs in a manager of secrets, of which there is none."""

    @numbered
    def keypair_generate_managed(
        self,
        secrets_manager: u32,
        algorithm_type: u32,
        algorithm: Slice,
        options: In[OptionalHandle],
        keypair: OutU32,
    ) -> None:
        """Make a managed key pair."""
        not_implemented()

    @numbered
    def keypair_store_managed(self, secrets_manager: u32, keypair: u32, keypair_id: Slice) -> None:
        """Put a key pair into the manager."""
        not_implemented()

    @numbered
    def keypair_replace_managed(
        self, secrets_manager: u32, old_keypair: u32, new_keypair: u32, version: OutU64
    ) -> None:
        """Put another key pair in the place of one."""
        not_implemented()

    @numbered
    def keypair_id(self, keypair: u32, keypair_id: Slice, size: OutU32, version: OutU64) -> None:
        """Tell by what name a key pair is managed."""
        not_implemented()

    @numbered
    def keypair_from_id(self, secrets_manager: u32, keypair_id: Slice, version: u64, keypair: OutU32) -> None:
        """Take a key pair out of the manager."""
        not_implemented()


class _PublicKeys:
    """The functions of public keys."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._handles = objects.handles

    @numbered
    def publickey_import(
        self, algorithm_type: u32, algorithm: Slice, encoded: Slice, encoding: u32, publickey: OutU32
    ) -> None:
        """Read a public key."""
        found = self._objects.asymmetric(algorithm_type, algorithm)
        key = found.keys.import_public(
            read_encoded(encoded, Errno.INVALID_KEY), find_encoding(PUBLIC_KEY_ENCODINGS, encoding)
        )
        publickey.set(self._handles.open(PublicKey(found, key)))

    @numbered
    def publickey_export(self, publickey: u32, encoding: u32, array_output: OutU32) -> None:
        """Write a public key."""
        public = self._handles.get(publickey, PublicKey)
        encoded = public.algorithm.keys.export_public(public.key, find_encoding(PUBLIC_KEY_ENCODINGS, encoding))
        array_output.set(self._objects.output(encoded))

    @numbered
    def publickey_verify(self, publickey: u32) -> None:
        """Make sure that a public key is safe to use."""
        public = self._handles.get(publickey, PublicKey)
        public.algorithm.keys.verify_public(public.key)

    @numbered
    def publickey_from_secretkey(self, secretkey: u32, publickey: OutU32) -> None:
        """Return the public key of a secret key."""
        publickey.set(self._handles.open(self._handles.get(secretkey, SecretKey).public()))

    @numbered
    def publickey_close(self, publickey: u32) -> None:
        """Close a public key."""
        self._handles.close(publickey, PublicKey)


class _SecretKeys:
    """The functions of secret keys."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._handles = objects.handles

    @numbered
    def secretkey_import(
        self, algorithm_type: u32, algorithm: Slice, encoded: Slice, encoding: u32, secretkey: OutU32
    ) -> None:
        """Read a secret key."""
        found = self._objects.asymmetric(algorithm_type, algorithm)
        key = found.keys.import_secret(
            read_encoded(encoded, Errno.INVALID_KEY), find_encoding(SECRET_KEY_ENCODINGS, encoding)
        )
        secretkey.set(self._handles.open(SecretKey(found, key)))

    @numbered
    def secretkey_export(self, secretkey: u32, encoding: u32, array_output: OutU32) -> None:
        """Write a secret key."""
        secret = self._handles.get(secretkey, SecretKey)
        encoded = secret.algorithm.keys.export_secret(secret.key, find_encoding(SECRET_KEY_ENCODINGS, encoding))
        array_output.set(self._objects.output(encoded))

    @numbered
    def secretkey_close(self, secretkey: u32) -> None:
        """Close a secret key."""
        self._handles.close(secretkey, SecretKey)


class WasiCryptoAsymmetricCommonModule(WasiCryptoModule, name="wasi_ephemeral_crypto_asymmetric_common"):
    """Keys of signatures and of key exchange: an `Instance` with the functions of WasmEdge's plug-in.

    Args:
        context: What it shares with the other modules of wasi-crypto; one of its own when None.

    Raises:
        MissingExtraError: The package cryptography is not installed (``pip install 'pywasmedge[crypto]'``).
    """

    @staticmethod
    def _receivers(objects: Objects) -> tuple[object, ...]:
        return (_KeyPairs(objects), _ManagedKeyPairs(), _PublicKeys(objects), _SecretKeys(objects))
