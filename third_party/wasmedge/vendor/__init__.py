# SPDX-License-Identifier: Apache-2.0
"""Lay a pinned, verified WasmEdge prefix out of Debian's binary packages."""
