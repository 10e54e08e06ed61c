// SPDX-License-Identifier: Apache-2.0
// A linear memory.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "external.hpp"
#include "handles.hpp"
#include "pybind.hpp"
#include "types.hpp"

namespace wasmedge {

/// A memory of an instance, or one that stands alone.
///
/// The runtime reserves 12 GiB of address space for each, never moves its base and never makes it shorter: a pointer into
/// it stays valid as long as the anchor. Arrays and buffers on it hold this object, which keeps the anchor for them even
/// when it is closed.
class Memory : public External<WasmEdge_MemoryInstanceContext, WasmEdge_ExternalType_Memory> {
 public:
  static constexpr std::uint64_t kPageBytes = 65536;

  using External::External;

  std::uint64_t pages() const { return WasmEdge_MemoryInstanceGetPageSize(context()); }
  std::uint64_t size() const { return pages() * kPageBytes; }
  MemoryType type() const { return MemoryType::copy_of(WasmEdge_MemoryInstanceGetMemoryType(context())); }

  /// The first byte of some that are all inside of the memory, or OutOfBoundsError. What it points to may be changed by
  /// guests at any time. Never null, not even where there is no byte.
  std::uint8_t* bytes(std::int64_t offset, std::uint64_t length) const;
};

}  // namespace wasmedge
