# SPDX-License-Identifier: Apache-2.0
"""Scripts of the WebAssembly specification's test suite, carried out through the package's public interface."""
