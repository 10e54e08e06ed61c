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
class Memory : public External<WasmEdge_MemoryInstanceContext> {
 public:
  static constexpr std::uint64_t kPageBytes = 65536;
  static constexpr const char* kKind = "memory";

  using External::External;

  /// Throws ValueError when the memory is closed.
  WasmEdge_MemoryInstanceContext* context() const;

  std::uint64_t pages() const { return WasmEdge_MemoryInstanceGetPageSize(context()); }
  std::uint64_t size() const { return pages() * kPageBytes; }
  MemoryType type() const { return MemoryType::copy_of(WasmEdge_MemoryInstanceGetMemoryType(context())); }

  /// The first byte of some that are all inside of the memory, or OutOfBoundsError. What it points to may be changed by
  /// guests at any time. Never null, not even where there is no byte.
  std::uint8_t* bytes(std::int64_t offset, std::uint64_t length) const;

  bool is_closed() const noexcept { return closed_ || External::is_closed(); }
  bool is_same(const Memory& other) const noexcept {
    return this == &other || (External::is_same(other) && !closed_ && !other.closed_);
  }

  /// Refuses whatever is asked from now on, and lets go of the anchor as soon as no buffer needs it.
  void clear();

  /// A buffer on the memory was given out, and given back.
  void lend() noexcept { ++lent_; }
  void take_back();

  /// An array was made whose base this object is. It does not say when it goes, so the anchor stays as long as this.
  void pin() noexcept { pinned_ = true; }

 private:
  std::size_t lent_ = 0;
  bool pinned_ = false;
  bool closed_ = false;
};

}  // namespace wasmedge
