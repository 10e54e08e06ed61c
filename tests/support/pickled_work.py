# SPDX-License-Identifier: Apache-2.0
"""What other processes do with the ufuncs and functions that they are sent."""

from __future__ import annotations

from typing import Any

import numpy as np


def work(job: tuple[np.ufunc, Any, int]) -> tuple[list[float], int]:
    """Use a ufunc and a function of two integers."""
    ufunc, function, number = job
    return ufunc(np.arange(3.0), number).tolist(), function(number, 1)
