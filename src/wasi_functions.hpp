// SPDX-License-Identifier: Apache-2.0
// What functions of WASI that replace the runtime's own are made of. They touch no Python, as guests call them without
// the GIL.
#pragma once

#include <cstdint>
#include <string>

#include <wasmedge/wasmedge.h>

#include "handles.hpp"

namespace wasmedge {

// Errors of WASI preview 1 (snapshot preview 1, type errno), and of WasmEdge's sockets.
constexpr std::int32_t kErrnoAddrnotavail = 4;  // the runtime's answer to a pointer that is not aligned
constexpr std::int32_t kErrnoBadf = 8;
constexpr std::int32_t kErrnoFault = 21;
constexpr std::int32_t kErrnoInval = 28;
constexpr std::int32_t kErrnoNametoolong = 37;
constexpr std::int32_t kErrnoNosys = 52;
constexpr std::int32_t kErrnoNotcapable = 76;

/// Bytes of the guest that calls; null when it does not have as many there, or no memory.
inline std::uint8_t* guest_memory(const WasmEdge_CallingFrameContext* frame, std::uint32_t address,
                                  std::uint64_t size) {
  return WasmEdge_MemoryInstanceGetPointer(WasmEdge_CallingFrameGetMemoryInstance(frame, 0), address, size);
}

inline std::uint32_t unsigned_of(const WasmEdge_Value& value) {
  return static_cast<std::uint32_t>(WasmEdge_ValueGetI32(value));
}

inline WasmEdge_Result answer(WasmEdge_Value* returns, std::int32_t error) {
  returns[0] = WasmEdge_ValueGenI32(error);
  return WasmEdge_Result_Success;
}

inline std::uint32_t load32(const std::uint8_t* from) {
  std::uint32_t result = 0;
  for (unsigned i = 0; i < 4; ++i) result |= static_cast<std::uint32_t>(from[i]) << (8 * i);
  return result;
}

inline void store32(std::uint8_t* to, std::uint32_t value) {
  for (unsigned i = 0; i < 4; ++i) to[i] = static_cast<std::uint8_t>(value >> (8 * i));
}

/// Puts another function in the place of one. What was there stays owned by the instance, out of reach of guests.
void replace(WasmEdge_ModuleInstanceContext* wasi, const std::string& name, WasmEdge_HostFunc_t by,
             void* data = nullptr);

}  // namespace wasmedge
