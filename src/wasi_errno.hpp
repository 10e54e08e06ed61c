// SPDX-License-Identifier: Apache-2.0
// Errors of the system as errors of WASI.
#pragma once

#include <cstdint>

namespace wasmedge {

/// What WASI preview 1 calls an errno that a socket's system call gives; EIO for what it has no name for.
std::int32_t wasi_errno(int error) noexcept;

/// What WasmEdge's sockets call an error of getaddrinfo().
std::int32_t wasi_lookup_error(int error) noexcept;

}  // namespace wasmedge
