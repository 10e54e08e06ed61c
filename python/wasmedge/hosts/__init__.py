# SPDX-License-Identifier: Apache-2.0
"""Host modules written in Python, and what they are written with."""

from __future__ import annotations

from wasmedge.hosts.calls import GuestError
from wasmedge.hosts.crypto import (
    WasiCryptoAsymmetricCommonModule,
    WasiCryptoCommonModule,
    WasiCryptoContext,
    WasiCryptoKxModule,
    WasiCryptoModules,
    WasiCryptoSignaturesModule,
    WasiCryptoSymmetricModule,
    wasi_crypto_modules,
)
from wasmedge.hosts.extras import MissingExtraError, import_extra, require_extra
from wasmedge.hosts.functions import add_functions, guest_function
from wasmedge.hosts.handles import HandleTable
from wasmedge.hosts.image import ImageModule
from wasmedge.hosts.layout import AtMost, Tagged, i8, i16, u8, u16, u32, u64
from wasmedge.hosts.logging import LoggingModule
from wasmedge.hosts.module import HostModule
from wasmedge.hosts.nn import WasiNNModule
from wasmedge.hosts.pointers import Array, In, Out, OutI32, OutI64, OutU8, OutU32, OutU64, Ptr, Slice, Text
from wasmedge.hosts.process import ProcessModule
from wasmedge.hosts.tensorflow import TensorflowModule
from wasmedge.hosts.tensorflowlite import TensorflowLiteModule

__all__ = [
    "Array",
    "AtMost",
    "GuestError",
    "HandleTable",
    "HostModule",
    "ImageModule",
    "In",
    "LoggingModule",
    "MissingExtraError",
    "Out",
    "OutI32",
    "OutI64",
    "OutU8",
    "OutU32",
    "OutU64",
    "ProcessModule",
    "Ptr",
    "Slice",
    "Tagged",
    "TensorflowLiteModule",
    "TensorflowModule",
    "Text",
    "WasiCryptoAsymmetricCommonModule",
    "WasiCryptoCommonModule",
    "WasiCryptoContext",
    "WasiCryptoKxModule",
    "WasiCryptoModules",
    "WasiCryptoSignaturesModule",
    "WasiCryptoSymmetricModule",
    "WasiNNModule",
    "add_functions",
    "guest_function",
    "i8",
    "i16",
    "import_extra",
    "require_extra",
    "u8",
    "u16",
    "u32",
    "u64",
    "wasi_crypto_modules",
]
