// SPDX-License-Identifier: Apache-2.0
// The function of WASI that asks for the addresses of names (<netdb.h>).
#include "wasi_lookup.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include "wasi_errno.hpp"
#include "wasi_functions.hpp"
#include "wasi_sockets.hpp"

namespace wasmedge {
namespace {

constexpr std::int32_t kBadFlags = 79, kFamily = 81, kMemory = 82, kNoName = 84;  // of WasmEdge's sockets
constexpr std::array<int, 7> kFlags{AI_PASSIVE,  AI_CANONNAME, AI_NUMERICHOST, AI_NUMERICSERV,
                                    AI_V4MAPPED, AI_ALL,       AI_ADDRCONFIG};  // from the lowest bit on
constexpr std::array<int, 3> kFamilies{AF_UNSPEC, AF_INET, AF_INET6};
constexpr std::array<int, 3> kSocketTypes{0, SOCK_DGRAM, SOCK_STREAM};
constexpr std::array<int, 3> kProtocols{0, IPPROTO_TCP, IPPROTO_UDP};

// Where the fields of the guest's addrinfo and sockaddr are.
constexpr std::size_t kInfoSize = 28, kInfoFamily = 2, kInfoType = 3, kInfoProtocol = 4, kInfoAddressSize = 8,
                      kInfoAddress = 12, kInfoName = 16, kInfoNameSize = 20, kInfoNext = 24;
constexpr std::size_t kAddressSize = 12, kAddressDataSize = 4, kAddressData = 8;

struct FreeAddresses {
  void operator()(addrinfo* list) const noexcept { freeaddrinfo(list); }
};

template <class Table>
std::optional<std::uint8_t> index_of(const Table& table, int value) {
  const auto found = std::ranges::find(table, value);
  if (found == table.end()) return std::nullopt;
  return static_cast<std::uint8_t>(found - table.begin());
}

/// Text of the guest; nothing when it is not in its memory, or has a NUL, which no name has.
std::optional<std::string> read_text(const WasmEdge_CallingFrameContext* frame, const WasmEdge_Value& pointer,
                                     const WasmEdge_Value& size) {
  const std::uint32_t length = unsigned_of(size);
  if (length == 0) return std::string();
  const std::uint8_t* begin = guest_memory(frame, unsigned_of(pointer), length);
  if (begin == nullptr) return std::nullopt;
  // Names that end with a NUL are what C programs have.
  std::string text(begin, begin + length);
  while (text.ends_with('\0')) text.pop_back();
  if (text.find('\0') != std::string::npos) return std::nullopt;
  return text;
}

/// Translates the guest's hints. Gives the errno.
std::int32_t read_hints(const std::uint8_t* from, addrinfo& hints) {
  const unsigned flags = from[0] | static_cast<unsigned>(from[1]) << 8U;
  if (flags >= 1U << kFlags.size()) return kBadFlags;
  for (std::size_t i = 0; i < kFlags.size(); ++i) {
    if ((flags >> i & 1U) != 0) hints.ai_flags |= kFlags[i];
  }
  if (from[kInfoFamily] >= kFamilies.size()) return kFamily;
  if (from[kInfoType] >= kSocketTypes.size() || from[kInfoProtocol] >= kProtocols.size()) return kErrnoNosys;
  hints.ai_family = kFamilies[from[kInfoFamily]];
  hints.ai_socktype = kSocketTypes[from[kInfoType]];
  hints.ai_protocol = kProtocols[from[kInfoProtocol]];
  return 0;
}

/// Writes one result into what the guest has prepared for it. False when it does not fit there, or is of no kind that guests
/// know; an errno when the guest has prepared nothing.
std::int32_t write_result(const WasmEdge_CallingFrameContext* frame, std::uint8_t* info, const addrinfo& found,
                          bool& fits) {
  const auto family = index_of(kFamilies, found.ai_family);
  const auto type = index_of(kSocketTypes, found.ai_socktype);
  const auto protocol = index_of(kProtocols, found.ai_protocol);
  std::uint8_t* address = guest_memory(frame, load32(info + kInfoAddress), kAddressSize);
  if (address == nullptr) return kErrnoFault;
  const std::size_t size = found.ai_addrlen - sizeof(sa_family_t);
  const std::uint32_t room = load32(address + kAddressDataSize);
  std::uint8_t* data = guest_memory(frame, load32(address + kAddressData), room);
  if (data == nullptr) return kErrnoFault;
  fits = family && type && protocol && room >= size;
  if (!fits) return 0;
  std::uint32_t name_size = 0;
  if (found.ai_canonname != nullptr) {
    const std::string name(found.ai_canonname);
    const std::uint32_t name_room = load32(info + kInfoNameSize);
    std::uint8_t* to = guest_memory(frame, load32(info + kInfoName), name_room);
    if (to != nullptr && name_room > name.size()) {
      std::memcpy(to, name.c_str(), name.size() + 1);
      name_size = static_cast<std::uint32_t>(name.size());
    }
  }
  info[0] = info[1] = 0;  // flags are for asking
  info[kInfoFamily] = *family;
  info[kInfoType] = *type;
  info[kInfoProtocol] = *protocol;
  store32(info + kInfoAddressSize, found.ai_addrlen);
  store32(info + kInfoNameSize, name_size);
  address[0] = *family;
  store32(address + kAddressDataSize, static_cast<std::uint32_t>(size));
  std::memcpy(data, found.ai_addr->sa_data, size);
  return 0;
}

SocketAddress address_of(const addrinfo& found) {
  SocketAddress address;
  if (found.ai_family == AF_INET) {
    address.bytes = mapped(reinterpret_cast<const sockaddr_in*>(found.ai_addr)->sin_addr);
  } else if (found.ai_family == AF_INET6) {
    std::memcpy(address.bytes.data(), &reinterpret_cast<const sockaddr_in6*>(found.ai_addr)->sin6_addr, 16);
  }
  return address;
}

}  // namespace

WasmEdge_Result look_up(void* data, const WasmEdge_CallingFrameContext* frame, const WasmEdge_Value* args,
                        WasmEdge_Value* returns) {
  auto& gate = *static_cast<SocketGate*>(data);
  for (const int i : {4, 5, 7}) {
    if (unsigned_of(args[i]) % 4 != 0) return answer(returns, kErrnoAddrnotavail);
  }
  const auto host = read_text(frame, args[0], args[1]);
  const auto service = read_text(frame, args[2], args[3]);
  const std::uint8_t* asked = guest_memory(frame, unsigned_of(args[4]), kInfoSize);
  const std::uint8_t* results = guest_memory(frame, unsigned_of(args[5]), 4);
  std::uint8_t* count = guest_memory(frame, unsigned_of(args[7]), 4);
  if (!host || !service || asked == nullptr || results == nullptr || count == nullptr) {
    return answer(returns, kErrnoFault);
  }
  if (host->empty() && service->empty()) return answer(returns, kNoName);
  const std::uint32_t most = unsigned_of(args[6]);
  if (most == 0) return answer(returns, kMemory);
  addrinfo hints{};
  const std::int32_t refused = read_hints(asked, hints);
  if (refused != 0) return answer(returns, refused);
  if (!gate.allows_lookup(*host)) return answer(returns, kErrnoNotcapable);
  addrinfo* raw = nullptr;
  const int failed =
      getaddrinfo(host->empty() ? nullptr : host->c_str(), service->empty() ? nullptr : service->c_str(), &hints, &raw);
  if (failed != 0) return answer(returns, wasi_lookup_error(failed));
  const std::unique_ptr<addrinfo, FreeAddresses> list(raw);
  std::uint32_t written = 0;
  std::uint32_t next = load32(results);
  for (const addrinfo* found = raw; found != nullptr && written < most; found = found->ai_next) {
    std::uint8_t* info = guest_memory(frame, next, kInfoSize);
    if (info == nullptr) return answer(returns, kErrnoFault);
    bool fits = false;
    const std::int32_t error = write_result(frame, info, *found, fits);
    if (error != 0) return answer(returns, error);
    if (!fits) continue;
    gate.grant(*host, address_of(*found));
    next = load32(info + kInfoNext);
    ++written;
  }
  store32(count, written);
  return answer(returns, 0);
}

}  // namespace wasmedge
