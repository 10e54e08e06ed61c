# SPDX-License-Identifier: Apache-2.0
"""Cryptography for guests: the five modules of wasi-crypto, over the package cryptography."""

from __future__ import annotations

from wasmedge.hosts.crypto.asymmetric_common import WasiCryptoAsymmetricCommonModule
from wasmedge.hosts.crypto.common import WasiCryptoCommonModule
from wasmedge.hosts.crypto.context import WasiCryptoContext
from wasmedge.hosts.crypto.errno import Errno
from wasmedge.hosts.crypto.kx import WasiCryptoKxModule
from wasmedge.hosts.crypto.modules import WasiCryptoModules, wasi_crypto_modules
from wasmedge.hosts.crypto.signatures import WasiCryptoSignaturesModule
from wasmedge.hosts.crypto.symmetric import WasiCryptoSymmetricModule

__all__ = [
    "Errno",
    "WasiCryptoAsymmetricCommonModule",
    "WasiCryptoCommonModule",
    "WasiCryptoContext",
    "WasiCryptoKxModule",
    "WasiCryptoModules",
    "WasiCryptoSignaturesModule",
    "WasiCryptoSymmetricModule",
    "wasi_crypto_modules",
]
