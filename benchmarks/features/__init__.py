# SPDX-License-Identifier: Apache-2.0
"""What WebAssembly packages for Python can do, tried one by one; compare_features.py makes a table of it."""
