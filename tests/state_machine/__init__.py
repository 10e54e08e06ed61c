# SPDX-License-Identifier: Apache-2.0
"""A state machine that uses the package at random, and a model of what has to come of it."""
