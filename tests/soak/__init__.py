# SPDX-License-Identifier: Apache-2.0
"""Everything at once, in threads, for a long time: no result is lost, nothing fails, and nothing grows."""
