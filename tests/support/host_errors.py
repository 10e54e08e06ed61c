# SPDX-License-Identifier: Apache-2.0
"""The error numbers of the host modules that tests write."""

from __future__ import annotations

import enum


class Errno(enum.IntEnum):
    """What these modules answer."""

    SUCCESS = 0
    FAULT = 21
    FAILURE = 5
    REFUSED = 7
