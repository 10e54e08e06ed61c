# SPDX-License-Identifier: Apache-2.0
"""What the documentation is built with, beside Sphinx."""
