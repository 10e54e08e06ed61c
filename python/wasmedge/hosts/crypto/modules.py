# SPDX-License-Identifier: Apache-2.0
"""The five modules together."""

from __future__ import annotations

from typing import NamedTuple

from wasmedge.hosts.crypto.asymmetric_common import WasiCryptoAsymmetricCommonModule
from wasmedge.hosts.crypto.common import WasiCryptoCommonModule
from wasmedge.hosts.crypto.context import WasiCryptoContext
from wasmedge.hosts.crypto.kx import WasiCryptoKxModule
from wasmedge.hosts.crypto.signatures import WasiCryptoSignaturesModule
from wasmedge.hosts.crypto.symmetric import WasiCryptoSymmetricModule

__all__ = ["WasiCryptoModules", "wasi_crypto_modules"]


class WasiCryptoModules(NamedTuple):
    """The modules of wasi-crypto with one context."""

    common: WasiCryptoCommonModule
    asymmetric_common: WasiCryptoAsymmetricCommonModule
    kx: WasiCryptoKxModule
    signatures: WasiCryptoSignaturesModule
    symmetric: WasiCryptoSymmetricModule


def wasi_crypto_modules(context: WasiCryptoContext | None = None) -> WasiCryptoModules:
    """Make the five modules of wasi-crypto, which share their handles.

    ``imports={module.name: module for module in wasi_crypto_modules()}`` gives them to a guest.

    Args:
        context: What they share; a new one when None.

    Raises:
        MissingExtraError: The package cryptography is not installed (``pip install 'pywasmedge[crypto]'``).
    """
    shared = WasiCryptoContext() if context is None else context
    return WasiCryptoModules(
        WasiCryptoCommonModule(shared),
        WasiCryptoAsymmetricCommonModule(shared),
        WasiCryptoKxModule(shared),
        WasiCryptoSignaturesModule(shared),
        WasiCryptoSymmetricModule(shared),
    )
