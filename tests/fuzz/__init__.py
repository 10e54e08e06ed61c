# SPDX-License-Identifier: Apache-2.0
"""Damaged modules and strange arguments: none may end the process, hang it, or come to a wrong result."""
