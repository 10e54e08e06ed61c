// SPDX-License-Identifier: Apache-2.0
// What a guest may reach over the network.
#pragma once

#include <netinet/in.h>

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <wasmedge/wasmedge.h>

namespace wasmedge {

/// An address of either family; those of IPv4 are mapped into IPv6, so that neither notation gets round a rule.
struct SocketAddress {
  std::array<std::uint8_t, 16> bytes{};
  std::uint16_t port = 0;
};

/// Addresses that a guest may use: a network, or those of a name.
struct SocketRule {
  std::array<std::uint8_t, 16> network{};
  unsigned prefix = 128;   // how many bits of it count
  std::uint16_t port = 0;  // 0 is any
  std::string name;        // in small letters; then there is no network
};

/// What is allowed to one WASI instance.
class SocketGate {
 public:
  /// No rules at all let everything through.
  SocketGate(const WasmEdge_ModuleInstanceContext* wasi, std::optional<std::vector<SocketRule>> rules)
      : wasi_(wasi), is_open_(!rules), rules_(std::move(rules).value_or(std::vector<SocketRule>())) {}

  bool is_open() const noexcept { return is_open_; }

  /// Whether the guest may connect to, send to, or bind to an address.
  bool allows(const SocketAddress& address) const;

  /// Whether it may ask for the addresses of a host: a name that a rule has, or an address that is allowed with some port.
  bool allows_lookup(const std::string& host) const;

  /// Lets the guest use what a name that it may ask for stands for.
  void grant(const std::string& host, SocketAddress address);

  /// The descriptor on the host; -1 when the guest has no such descriptor.
  int native(std::int32_t descriptor) const;

 private:
  const WasmEdge_ModuleInstanceContext* wasi_;
  bool is_open_;
  std::vector<SocketRule> rules_;
  mutable std::mutex mutex_;  // guards granted_; nothing else is taken under it
  std::vector<SocketRule> granted_;
};

/// Replaces the functions of an instance that name an address by such as ask a gate, which has to outlive it. Those of the
/// runtime also write past what the guest has given them, or past its memory, and take families for granted.
void gate_sockets(WasmEdge_ModuleInstanceContext* wasi, SocketGate& gate);

}  // namespace wasmedge
