// SPDX-License-Identifier: Apache-2.0
// Who may be reached over the network, and the functions of WASI that connect, bind and send (<sys/socket.h>).
#include "wasi_sockets.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <climits>
#include <cstring>

#include "fork_gate.hpp"
#include "wasi_errno.hpp"
#include "wasi_functions.hpp"
#include "wasi_lookup.hpp"

namespace wasmedge {
namespace {

constexpr std::size_t kMostGranted = 4096;  // addresses that names have stood for

// The families of WasmEdge's sockets, in an address of 128 bytes that begins with one.
constexpr std::size_t kStorageSize = 128;
constexpr unsigned kInet4 = 1, kInet6 = 2;

bool matches(const SocketRule& rule, const std::array<std::uint8_t, 16>& address) {
  const unsigned whole = rule.prefix / 8;
  if (!std::equal(address.begin(), address.begin() + whole, rule.network.begin())) return false;
  const unsigned rest = rule.prefix % 8;
  return rest == 0 || ((address[whole] ^ rule.network[whole]) >> (8 - rest)) == 0;
}

bool matches(const SocketRule& rule, const SocketAddress& address) {
  return rule.name.empty() && (rule.port == 0 || rule.port == address.port) && matches(rule, address.bytes);
}

/// How names are compared: in small letters, without the dot at the end.
std::string normal(std::string name) {
  if (name.ends_with('.')) name.pop_back();
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name;
}

std::optional<std::array<std::uint8_t, 16>> parse(const std::string& host) {
  std::array<std::uint8_t, 16> bytes{};
  if (inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1) return bytes;
  in_addr v4{};
  if (inet_pton(AF_INET, host.c_str(), &v4) != 1) return std::nullopt;
  return mapped(v4);
}

/// What a guest wants to reach, for the system.
struct Target {
  SocketAddress address;
  sockaddr_storage storage{};
  socklen_t size = 0;
};

void set(Target& target, const std::uint8_t* bytes, bool is_v6, std::uint16_t port) {
  target.address.port = port;
  if (is_v6) {
    auto& to = reinterpret_cast<sockaddr_in6&>(target.storage);
    to.sin6_family = AF_INET6;
    to.sin6_port = htons(port);
    std::memcpy(&to.sin6_addr, bytes, sizeof(to.sin6_addr));
    std::memcpy(target.address.bytes.data(), bytes, sizeof(to.sin6_addr));
    target.size = sizeof(to);
    return;
  }
  auto& to = reinterpret_cast<sockaddr_in&>(target.storage);
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  std::memcpy(&to.sin_addr, bytes, sizeof(to.sin_addr));
  target.address.bytes = mapped(to.sin_addr);
  target.size = sizeof(to);
}

/// Reads {buf, buf_len}: 4 bytes are an address of IPv4, 16 one of IPv6, 128 begin with the family. Gives the errno.
std::int32_t read_target(const WasmEdge_CallingFrameContext* frame, const WasmEdge_Value& pointer,
                         const WasmEdge_Value& port, Target& target) {
  if (unsigned_of(pointer) % 4 != 0) return kErrnoAddrnotavail;
  const std::uint8_t* pair = guest_memory(frame, unsigned_of(pointer), 8);
  if (pair == nullptr) return kErrnoFault;
  const std::uint32_t size = load32(pair + 4);
  if (size != 4 && size != 16 && size != kStorageSize) return kErrnoInval;
  const std::uint8_t* bytes = guest_memory(frame, load32(pair), size);
  if (bytes == nullptr) return kErrnoFault;
  bool is_v6 = size == 16;
  if (size == kStorageSize) {
    const unsigned family = bytes[0] | static_cast<unsigned>(bytes[1]) << 8U;
    if (family != kInet4 && family != kInet6) return kErrnoInval;
    is_v6 = family == kInet6;
    bytes += 2;
  }
  set(target, bytes, is_v6, static_cast<std::uint16_t>(unsigned_of(port)));
  return 0;
}

/// Connects, or binds: both have (fd, address*, port).
template <int (*Call)(int, const sockaddr*, socklen_t)>
WasmEdge_Result reach(void* data, const WasmEdge_CallingFrameContext* frame, const WasmEdge_Value* args,
                      WasmEdge_Value* returns) {
  const auto& gate = *static_cast<const SocketGate*>(data);
  Target target;
  const std::int32_t error = read_target(frame, args[1], args[2], target);
  if (error != 0) return answer(returns, error);
  if (!gate.allows(target.address)) return answer(returns, kErrnoNotcapable);
  const int descriptor = gate.native(WasmEdge_ValueGetI32(args[0]));
  if (descriptor < 0) return answer(returns, kErrnoBadf);
  const int done = Call(descriptor, reinterpret_cast<const sockaddr*>(&target.storage), target.size);
  return answer(returns, done == 0 ? 0 : wasi_errno(errno));
}

/// sock_send_to(fd, ciovec*, count, address*, port, flags, size*).
WasmEdge_Result send_to(void* data, const WasmEdge_CallingFrameContext* frame, const WasmEdge_Value* args,
                        WasmEdge_Value* returns) {
  const auto& gate = *static_cast<const SocketGate*>(data);
  const std::uint32_t count = unsigned_of(args[2]);
  if (unsigned_of(args[1]) % 4 != 0 || unsigned_of(args[6]) % 4 != 0) return answer(returns, kErrnoAddrnotavail);
  if (count > IOV_MAX) return answer(returns, kErrnoInval);
  const std::uint8_t* parts = guest_memory(frame, unsigned_of(args[1]), std::uint64_t{8} * count);
  std::uint8_t* written = guest_memory(frame, unsigned_of(args[6]), 4);
  if (parts == nullptr || written == nullptr) return answer(returns, kErrnoFault);
  std::vector<iovec> vectors;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint8_t* part = parts + (std::size_t{8} * i);
    const std::uint32_t size = load32(part + 4);
    std::uint8_t* begin = guest_memory(frame, load32(part), size);
    if (begin == nullptr) return answer(returns, kErrnoFault);
    vectors.push_back({begin, size});
  }
  Target target;
  const std::int32_t error = read_target(frame, args[3], args[4], target);
  if (error != 0) return answer(returns, error);
  if (!gate.allows(target.address)) return answer(returns, kErrnoNotcapable);
  const int descriptor = gate.native(WasmEdge_ValueGetI32(args[0]));
  if (descriptor < 0) return answer(returns, kErrnoBadf);
  msghdr message{};
  message.msg_name = &target.storage;
  message.msg_namelen = target.size;
  message.msg_iov = vectors.data();
  message.msg_iovlen = vectors.size();
  const ssize_t sent = sendmsg(descriptor, &message, MSG_NOSIGNAL);
  if (sent < 0) return answer(returns, wasi_errno(errno));
  store32(written, static_cast<std::uint32_t>(sent));
  return answer(returns, 0);
}

bool has_port(const sockaddr_storage& bound) {
  if (bound.ss_family == AF_INET) return reinterpret_cast<const sockaddr_in&>(bound).sin_port != 0;
  return bound.ss_family == AF_INET6 && reinterpret_cast<const sockaddr_in6&>(bound).sin6_port != 0;
}

/// sock_listen(fd, backlog). A socket that was not bound would be bound by the system, to every address.
WasmEdge_Result listen_bound(void* data, const WasmEdge_CallingFrameContext*, const WasmEdge_Value* args,
                             WasmEdge_Value* returns) {
  const auto& gate = *static_cast<const SocketGate*>(data);
  const int descriptor = gate.native(WasmEdge_ValueGetI32(args[0]));
  if (descriptor < 0) return answer(returns, kErrnoBadf);
  sockaddr_storage bound{};
  socklen_t size = sizeof(bound);
  if (getsockname(descriptor, reinterpret_cast<sockaddr*>(&bound), &size) != 0) {
    return answer(returns, wasi_errno(errno));
  }
  if (!gate.is_open() && !has_port(bound)) return answer(returns, kErrnoNotcapable);
  return answer(returns, listen(descriptor, WasmEdge_ValueGetI32(args[1])) == 0 ? 0 : wasi_errno(errno));
}

}  // namespace

bool SocketGate::allows(const SocketAddress& address) const {
  const auto fits = [&](const SocketRule& rule) { return matches(rule, address); };
  if (is_open() || std::ranges::any_of(rules_, fits)) return true;
  const ForkPass pass;
  const std::lock_guard lock(mutex_);
  return std::ranges::any_of(granted_, fits);
}

bool SocketGate::allows_lookup(const std::string& host) const {
  if (is_open() || host.empty()) return true;
  const auto address = parse(host);
  const std::string name = normal(host);
  return std::ranges::any_of(rules_, [&](const SocketRule& rule) {
    return address ? rule.name.empty() && matches(rule, *address) : !rule.name.empty() && rule.name == name;
  });
}

void SocketGate::grant(const std::string& host, SocketAddress address) {
  if (is_open()) return;
  const std::string name = normal(host);
  const ForkPass pass;
  const std::lock_guard lock(mutex_);
  for (const SocketRule& rule : rules_) {
    if (rule.name.empty() || rule.name != name) continue;
    SocketRule made{address.bytes, 128, rule.port, {}};
    const bool is_known = std::ranges::any_of(
        granted_, [&](const SocketRule& old) { return old.network == made.network && old.port == made.port; });
    if (!is_known && granted_.size() < kMostGranted) granted_.push_back(std::move(made));
  }
}

int SocketGate::native(std::int32_t descriptor) const {
  std::uint64_t handle = 0;
  if (WasmEdge_ModuleInstanceWASIGetNativeHandler(wasi_, descriptor, &handle) != 0) return -1;
  return static_cast<int>(handle);
}

void gate_sockets(WasmEdge_ModuleInstanceContext* wasi, SocketGate& gate) {
  for (const char* suffix : {"", "_v2"}) {
    replace(wasi, std::string("sock_bind") + suffix, &reach<&bind>, &gate);
    replace(wasi, std::string("sock_connect") + suffix, &reach<&connect>, &gate);
    replace(wasi, std::string("sock_send_to") + suffix, &send_to, &gate);
    replace(wasi, std::string("sock_listen") + suffix, &listen_bound, &gate);
  }
  replace(wasi, "sock_getaddrinfo", &look_up, &gate);
}

}  // namespace wasmedge
