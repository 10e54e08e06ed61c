// SPDX-License-Identifier: Apache-2.0
// Names of hosts, for guests.
#pragma once

#include <netinet/in.h>

#include <array>
#include <cstdint>
#include <cstring>

#include <wasmedge/wasmedge.h>

namespace wasmedge {

/// An address of IPv4 as one of IPv6.
inline std::array<std::uint8_t, 16> mapped(const in_addr& address) {
  std::array<std::uint8_t, 16> bytes{};
  bytes[10] = bytes[11] = 0xff;
  std::memcpy(bytes.data() + 12, &address, 4);
  return bytes;
}

/// sock_getaddrinfo(node*, node_len, service*, service_len, hints*, result**, most, count*), over a SocketGate.
WasmEdge_Result look_up(void* data, const WasmEdge_CallingFrameContext* frame, const WasmEdge_Value* args,
                        WasmEdge_Value* returns);

}  // namespace wasmedge
