# SPDX-License-Identifier: Apache-2.0
"""A small package archive with an `apt-get` of its own, which the tests of the tool run against."""
