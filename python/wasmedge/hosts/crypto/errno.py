# SPDX-License-Identifier: Apache-2.0
"""The error numbers of wasi-crypto."""

from __future__ import annotations

import enum

from wasmedge.hosts.functions import guest_function

__all__ = ["Errno", "numbered"]


class Errno(enum.IntEnum):
    """The error numbers of all five modules."""

    SUCCESS = 0
    GUEST_ERROR = 1
    NOT_IMPLEMENTED = 2
    UNSUPPORTED_FEATURE = 3
    PROHIBITED_OPERATION = 4
    UNSUPPORTED_ENCODING = 5
    UNSUPPORTED_ALGORITHM = 6
    UNSUPPORTED_OPTION = 7
    INVALID_KEY = 8
    INVALID_LENGTH = 9
    VERIFICATION_FAILED = 10
    RNG_ERROR = 11
    ALGORITHM_FAILURE = 12
    INVALID_SIGNATURE = 13
    CLOSED = 14
    INVALID_HANDLE = 15
    OVERFLOW = 16
    INTERNAL_ERROR = 17
    TOO_MANY_HANDLES = 18
    KEY_NOT_SUPPORTED = 19
    KEY_REQUIRED = 20
    INVALID_TAG = 21
    INVALID_OPERATION = 22
    NONCE_REQUIRED = 23
    INVALID_NONCE = 24
    OPTION_NOT_SET = 25
    NOT_FOUND = 26
    PARAMETERS_MISSING = 27
    IN_PROGRESS = 28
    INCOMPATIBLE_KEYS = 29
    EXPIRED = 30


# Pointers outside of the memory are a failure of the algorithm, in the native plug-in too.
numbered = guest_function(success=Errno.SUCCESS, fault=Errno.ALGORITHM_FAILURE, failure=Errno.INTERNAL_ERROR)
