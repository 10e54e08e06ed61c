// SPDX-License-Identifier: Apache-2.0
// Maps errno (<errno.h>) and EAI_ codes (<netdb.h>) to the numbers of WASI preview 1 and of WasmEdge's sockets.
#include "wasi_errno.hpp"

#include <netdb.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace wasmedge {
namespace {

using Pair = std::pair<int, std::int32_t>;

constexpr std::array kErrnos{
    Pair{EACCES, 2},        Pair{EADDRINUSE, 3},       Pair{EADDRNOTAVAIL, 4}, Pair{EAFNOSUPPORT, 5},
    Pair{EAGAIN, 6},        Pair{EALREADY, 7},         Pair{EBADF, 8},         Pair{ECONNABORTED, 13},
    Pair{ECONNREFUSED, 14}, Pair{ECONNRESET, 15},      Pair{EDESTADDRREQ, 17}, Pair{EFAULT, 21},
    Pair{EHOSTUNREACH, 23}, Pair{EINPROGRESS, 26},     Pair{EINTR, 27},        Pair{EINVAL, 28},
    Pair{EIO, 29},          Pair{EISCONN, 30},         Pair{EMFILE, 33},       Pair{EMSGSIZE, 35},
    Pair{ENETDOWN, 38},     Pair{ENETRESET, 39},       Pair{ENETUNREACH, 40},  Pair{ENFILE, 41},
    Pair{ENOBUFS, 42},      Pair{ENOMEM, 48},          Pair{ENOPROTOOPT, 50},  Pair{ENOTCONN, 53},
    Pair{ENOTSOCK, 57},     Pair{EOPNOTSUPP, 58},      Pair{EPERM, 63},        Pair{EPIPE, 64},
    Pair{EPROTO, 65},       Pair{EPROTONOSUPPORT, 66}, Pair{EPROTOTYPE, 67},   Pair{ETIMEDOUT, 73},
};

constexpr std::int32_t kSystem = 87;

constexpr std::array kLookupErrors{
    Pair{EAI_ADDRFAMILY, 77}, Pair{EAI_AGAIN, 78},    Pair{EAI_BADFLAGS, 79},    Pair{EAI_FAIL, 80},
    Pair{EAI_FAMILY, 81},     Pair{EAI_MEMORY, 82},   Pair{EAI_NODATA, 83},      Pair{EAI_NONAME, 84},
    Pair{EAI_SERVICE, 85},    Pair{EAI_SOCKTYPE, 86}, Pair{EAI_SYSTEM, kSystem},
};

template <class Table>
std::int32_t find(const Table& table, int error, std::int32_t otherwise) noexcept {
  const auto found = std::ranges::find(table, error, &Pair::first);
  return found == table.end() ? otherwise : found->second;
}

}  // namespace

std::int32_t wasi_errno(int error) noexcept { return find(kErrnos, error, 29); }

std::int32_t wasi_lookup_error(int error) noexcept { return find(kLookupErrors, error, kSystem); }

}  // namespace wasmedge
