# SPDX-License-Identifier: Apache-2.0
"""Hashes, authentication codes, key derivation and ciphers: the module wasi_ephemeral_crypto_symmetric."""

from __future__ import annotations

from wasmedge.hosts.calls import GuestError
from wasmedge.hosts.crypto.common import OptionalHandle, not_implemented
from wasmedge.hosts.crypto.encodings import AlgorithmType
from wasmedge.hosts.crypto.errno import Errno, numbered
from wasmedge.hosts.crypto.module import WasiCryptoModule
from wasmedge.hosts.crypto.objects import Objects
from wasmedge.hosts.crypto.options import option_name
from wasmedge.hosts.crypto.states import SymmetricKey, SymmetricState, Tag
from wasmedge.hosts.layout import u32, u64
from wasmedge.hosts.pointers import In, OutU32, OutU64, Slice

__all__ = ["WasiCryptoSymmetricModule"]


class _Keys:
    """The functions of keys."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._handles = objects.handles

    @numbered
    def symmetric_key_generate(self, algorithm: Slice, options: In[OptionalHandle], key: OutU32) -> None:
        """Make a key."""
        found = self._objects.symmetric(algorithm)
        self._objects.options(options, AlgorithmType.SYMMETRIC)
        key.set(self._handles.open(SymmetricKey(found, self._objects.keep(found.generate()))))

    @numbered
    def symmetric_key_import(self, algorithm: Slice, raw: Slice, key: OutU32) -> None:
        """Take a key of the guest's."""
        found = self._objects.symmetric(algorithm)
        found.check_key(len(raw))
        key.set(self._handles.open(SymmetricKey(found, self._objects.keep(raw))))

    @numbered
    def symmetric_key_export(self, key: u32, array_output: OutU32) -> None:
        """Give a key to the guest."""
        array_output.set(self._objects.output(self._handles.get(key, SymmetricKey).raw))

    @numbered
    def symmetric_key_close(self, key: u32) -> None:
        """Close a key."""
        self._handles.close(key, SymmetricKey)


class _ManagedKeys:
    """The functions of keys in a manager of secrets, of which there is none."""

    @numbered
    def symmetric_key_generate_managed(
        self, secrets_manager: u32, algorithm: Slice, options: In[OptionalHandle], key: OutU32
    ) -> None:
        """Make a managed key."""
        not_implemented()

    @numbered
    def symmetric_key_store_managed(self, secrets_manager: u32, key: u32, key_id: Slice) -> None:
        """Put a key into the manager."""
        not_implemented()

    @numbered
    def symmetric_key_replace_managed(self, secrets_manager: u32, old_key: u32, new_key: u32, version: OutU64) -> None:
        """Put another key in the place of one."""
        not_implemented()

    @numbered
    def symmetric_key_id(self, key: u32, key_id: Slice, size: OutU32, version: OutU64) -> None:
        """Tell by what name a key is managed."""
        not_implemented()

    @numbered
    def symmetric_key_from_id(self, secrets_manager: u32, key_id: Slice, version: u64, key: OutU32) -> None:
        """Take a key out of the manager."""
        not_implemented()


class _States:
    """The functions of states, but for those of ciphers."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._handles = objects.handles

    @numbered
    def symmetric_state_open(
        self, algorithm: Slice, key: In[OptionalHandle], options: In[OptionalHandle], state: OutU32
    ) -> None:
        """Begin a computation."""
        found = self._objects.symmetric(algorithm)
        own_key = None if key is None else self._handles.get(key, SymmetricKey)
        own_options = self._objects.options(options, AlgorithmType.SYMMETRIC)
        state.set(self._handles.open(found.open(own_key, own_options, self._objects)))

    @numbered
    def symmetric_state_clone(self, state: u32, clone: OutU32) -> None:
        """Begin another computation where one is now."""
        found = self._handles.get(state, SymmetricState)
        with found.lock:
            cloned = found.clone()
        clone.set(self._handles.open(cloned))

    @numbered
    def symmetric_state_options_get(self, state: u32, name: Slice, value: Slice, size: OutU32) -> None:
        """Return an option of bytes."""
        option = self._handles.get(state, SymmetricState).option(option_name(name))
        if len(option) > len(value):
            raise GuestError(Errno.OVERFLOW, f"the option has {len(option)} bytes, the buffer {len(value)}")
        size.set(value.write(option))

    @numbered
    def symmetric_state_options_get_u64(self, state: u32, name: Slice, value: OutU64) -> None:
        """Return an option that is a number, which no algorithm here has."""
        self._handles.get(state, SymmetricState)
        raise GuestError(Errno.UNSUPPORTED_OPTION, f"the state has no number {option_name(name)!r}")

    @numbered
    def symmetric_state_close(self, state: u32) -> None:
        """Close a state."""
        self._handles.close(state, SymmetricState)

    @numbered
    def symmetric_state_absorb(self, state: u32, data: Slice) -> None:
        """Put data into a state."""
        found = self._handles.get(state, SymmetricState)
        with found.lock:
            found.absorb(data)

    @numbered
    def symmetric_state_squeeze(self, state: u32, out: Slice) -> None:
        """Fill a buffer out of a state."""
        found = self._handles.get(state, SymmetricState)
        with found.lock:
            out.write(found.squeeze(len(out)))

    @numbered
    def symmetric_state_squeeze_tag(self, state: u32, tag: OutU32) -> None:
        """Return what authenticates the data so far."""
        found = self._handles.get(state, SymmetricState)
        with found.lock:
            squeezed = found.squeeze_tag()
        tag.set(self._handles.open(squeezed))

    @numbered
    def symmetric_state_squeeze_key(self, state: u32, algorithm: Slice, key: OutU32) -> None:
        """Return a key for another algorithm."""
        found = self._handles.get(state, SymmetricState)
        target = self._objects.symmetric(algorithm)
        with found.lock:
            squeezed = found.squeeze_key(target)
        key.set(self._handles.open(squeezed))

    @numbered
    def symmetric_state_ratchet(self, state: u32) -> None:
        """Forget how the state came about, which no algorithm here can."""
        self._handles.get(state, SymmetricState)
        raise GuestError(Errno.INVALID_OPERATION)


class _Ciphers:
    """The functions of states that encrypt."""

    def __init__(self, objects: Objects) -> None:
        self._handles = objects.handles

    @numbered
    def symmetric_state_max_tag_len(self, state: u32, size: OutU32) -> None:
        """Tell how much longer messages are when they are encrypted."""
        size.set(self._handles.get(state, SymmetricState).max_tag_len())

    @numbered
    def symmetric_state_encrypt(self, state: u32, out: Slice, data: Slice, size: OutU32) -> None:
        """Encrypt, with the tag at the end."""
        found = self._handles.get(state, SymmetricState)
        _check_lengths(len(out), len(data) + found.max_tag_len())
        with found.lock:
            encrypted = found.encrypt(data)
        size.set(out.write(encrypted))

    @numbered
    def symmetric_state_encrypt_detached(self, state: u32, out: Slice, data: Slice, tag: OutU32) -> None:
        """Encrypt, with the tag by itself."""
        found = self._handles.get(state, SymmetricState)
        found.max_tag_len()
        _check_lengths(len(out), len(data))
        with found.lock:
            encrypted = memoryview(found.encrypt(data))
        handle = self._handles.open(Tag(bytes(encrypted[len(data) :])))
        out.write(encrypted[: len(data)])
        tag.set(handle)

    @numbered
    def symmetric_state_decrypt(self, state: u32, out: Slice, data: Slice, size: OutU32) -> None:
        """Decrypt what has the tag at the end."""
        found = self._handles.get(state, SymmetricState)
        _check_lengths(len(data), len(out) + found.max_tag_len())
        size.set(_decrypt(found, out, data))

    @numbered
    def symmetric_state_decrypt_detached(
        self, state: u32, out: Slice, data: Slice, raw_tag: Slice, size: OutU32
    ) -> None:
        """Decrypt with a tag."""
        found = self._handles.get(state, SymmetricState)
        tag_size = found.max_tag_len()
        _check_lengths(len(out), len(data))
        if len(raw_tag) != tag_size:
            raise GuestError(Errno.INVALID_TAG, f"tags have {tag_size} bytes, not {len(raw_tag)}")
        size.set(_decrypt(found, out, bytes(data) + bytes(raw_tag)))


class _Tags:
    """The functions of tags."""

    def __init__(self, objects: Objects) -> None:
        self._handles = objects.handles

    @numbered
    def symmetric_tag_len(self, tag: u32, size: OutU32) -> None:
        """Tell the size of a tag."""
        size.set(len(self._handles.get(tag, Tag).raw))

    @numbered
    def symmetric_tag_pull(self, tag: u32, buf: Slice, size: OutU32) -> None:
        """Copy a tag to where there is exactly room for it."""
        raw = self._handles.get(tag, Tag).raw
        if len(buf) < len(raw):
            raise GuestError(Errno.OVERFLOW, f"the tag has {len(raw)} bytes, the buffer {len(buf)}")
        _check_lengths(len(buf), len(raw))
        size.set(buf.write(raw))

    @numbered
    def symmetric_tag_verify(self, tag: u32, expected: Slice) -> None:
        """Compare a tag."""
        self._handles.get(tag, Tag).verify(expected)

    @numbered
    def symmetric_tag_close(self, tag: u32) -> None:
        """Close a tag."""
        self._handles.close(tag, Tag)


class WasiCryptoSymmetricModule(WasiCryptoModule, name="wasi_ephemeral_crypto_symmetric"):
    """Hashes, authentication codes, key derivation and ciphers: an `Instance` with the functions of WasmEdge's plug-in.

    Args:
        context: What it shares with the other modules of wasi-crypto; one of its own when None.

    Raises:
        MissingExtraError: The package cryptography is not installed (``pip install 'pywasmedge[crypto]'``).
    """

    @staticmethod
    def _receivers(objects: Objects) -> tuple[object, ...]:
        return (_Keys(objects), _ManagedKeys(), _States(objects), _Ciphers(objects), _Tags(objects))


def _check_lengths(size: int, expected: int) -> None:
    if size != expected:
        raise GuestError(Errno.INVALID_LENGTH, f"there are {size} bytes instead of {expected}")


def _decrypt(state: SymmetricState, out: Slice, data: Slice | bytes) -> int:
    try:
        with state.lock:
            decrypted = state.decrypt(data)
    except GuestError:
        out.write(bytes(len(out)))
        raise
    return out.write(decrypted)
