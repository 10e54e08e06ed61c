# SPDX-License-Identifier: Apache-2.0
"""What the five modules of wasi-crypto share."""

from __future__ import annotations

from wasmedge.hosts.crypto.objects import Objects
from wasmedge.hosts.extras import require_extra

__all__ = ["WasiCryptoContext"]


class WasiCryptoContext:
    """The handles of guests, and what is behind them: keys, states, signatures.

    Modules of one context share their handles, and so do all guests that import them. Guests that must not use each
    other's keys get modules of different contexts.

    Args:
        max_handles: The most handles that are open at a time. One more is the error number too_many_handles.
        max_bytes: How many bytes of guests are kept at a time: symmetric keys, options, additional data, salts,
            messages of EdDSA, outputs that are not pulled. More is the error number overflow.

    Raises:
        MissingExtraError: The package cryptography is not installed (``pip install 'pywasmedge[crypto]'``).
        ValueError: A limit is negative.
    """

    def __init__(self, *, max_handles: int = 65536, max_bytes: int = 64 * 1024 * 1024) -> None:
        require_extra("WASI-crypto", "crypto", "cryptography")
        if max_handles < 0 or max_bytes < 0:
            raise ValueError(f"limits are not negative: max_handles={max_handles}, max_bytes={max_bytes}")
        self._objects = Objects(max_handles, max_bytes)

    @property
    def open_handles(self) -> int:
        """How many handles are open."""
        return len(self._objects.handles)

    @property
    def kept_bytes(self) -> int:
        """How many bytes of guests are kept."""
        return self._objects.room.taken

    def __repr__(self) -> str:
        return f"<WasiCryptoContext open_handles={self.open_handles} kept_bytes={self.kept_bytes}>"


def objects_of(context: WasiCryptoContext) -> Objects:
    """Return what a context keeps, for the functions of its modules."""
    if not isinstance(context, WasiCryptoContext):
        raise TypeError(f"context must be a WasiCryptoContext, not {type(context).__name__}")
    return context._objects
