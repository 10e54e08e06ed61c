# SPDX-License-Identifier: Apache-2.0
"""The numbers by which guests name encodings and types of algorithms."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from wasmedge.hosts.calls import GuestError
from wasmedge.hosts.crypto.errno import Errno

if TYPE_CHECKING:
    from wasmedge.hosts.pointers import Slice

__all__ = [
    "KEYPAIR_ENCODINGS",
    "PUBLIC_KEY_ENCODINGS",
    "SECRET_KEY_ENCODINGS",
    "SIGNATURE_ENCODINGS",
    "AlgorithmType",
    "Encoding",
    "find_encoding",
    "find_type",
    "read_encoded",
    "unsupported",
]

_LONGEST = 65536  # bytes; the PEM of a key of RSA with 4096 bits has some 3200


class AlgorithmType(enum.IntEnum):
    """What an algorithm is for."""

    SIGNATURES = 0
    SYMMETRIC = 1
    KEY_EXCHANGE = 2


class Encoding(enum.Enum):
    """How a key or a signature is encoded."""

    RAW = enum.auto()
    PKCS8 = enum.auto()  # public keys: SubjectPublicKeyInfo
    PEM = enum.auto()  # the same, as text
    SEC = enum.auto()
    LOCAL = enum.auto()
    DER = enum.auto()


# The number of an encoding is its place.
KEYPAIR_ENCODINGS = (Encoding.RAW, Encoding.PKCS8, Encoding.PEM, Encoding.LOCAL)
PUBLIC_KEY_ENCODINGS = (Encoding.RAW, Encoding.PKCS8, Encoding.PEM, Encoding.SEC, Encoding.LOCAL)
SECRET_KEY_ENCODINGS = PUBLIC_KEY_ENCODINGS
SIGNATURE_ENCODINGS = (Encoding.RAW, Encoding.DER)


def find_encoding(encodings: tuple[Encoding, ...], number: int) -> Encoding:
    """Return the encoding of a number.

    Raises:
        GuestError: There is none.
    """
    if number >= len(encodings):
        raise GuestError(Errno.UNSUPPORTED_ENCODING, f"{number} is no encoding")
    return encodings[number]


def find_type(number: int) -> AlgorithmType:
    """Return the type of algorithms of a number.

    Raises:
        GuestError: There is none.
    """
    try:
        return AlgorithmType(number)
    except ValueError:
        raise GuestError(Errno.UNSUPPORTED_ALGORITHM, f"{number} is no type of algorithms") from None


def read_encoded(encoded: Slice, error: Errno) -> bytes:
    """Copy what is encoded, unless it is too long to be anything.

    Raises:
        GuestError: It is.
    """
    if len(encoded) > _LONGEST:
        raise GuestError(error, f"no key or signature has {len(encoded)} bytes")
    return bytes(encoded)


def unsupported(encoding: Encoding) -> GuestError:
    """Return the error of an encoding that an algorithm does not have."""
    return GuestError(Errno.UNSUPPORTED_ENCODING, f"this algorithm has no {encoding.name} encoding")
