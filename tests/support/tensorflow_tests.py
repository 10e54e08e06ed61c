# SPDX-License-Identifier: Apache-2.0
"""What the tests that need TensorFlow have in common, beside the fixture `tf`."""

from __future__ import annotations

import importlib.util

import pytest

NEEDS_TENSORFLOW = [
    pytest.mark.extras,
    pytest.mark.timeout(300),
    pytest.mark.filterwarnings("default"),  # TensorFlow's own, of many kinds
    pytest.mark.skipif(
        importlib.util.find_spec("tensorflow") is None, reason="tensorflow, of the extra of that name, is not installed"
    ),
]
