// SPDX-License-Identifier: Apache-2.0
// A linear memory.
#pragma once

#include <string>
#include <utility>

#include "external.hpp"
#include "handles.hpp"
#include "pybind.hpp"
#include "types.hpp"

namespace wasmedge {

/// A memory of an instance, or one that stands alone.
class Memory : public External<WasmEdge_MemoryInstanceContext> {
 public:
  static constexpr std::uint64_t kPageBytes = 65536;
  static constexpr const char* kKind = "memory";

  using External::External;

  std::uint64_t pages() const { return WasmEdge_MemoryInstanceGetPageSize(context()); }
  std::uint64_t size() const { return pages() * kPageBytes; }
  MemoryType type() const { return MemoryType::copy_of(WasmEdge_MemoryInstanceGetMemoryType(context())); }
};

}  // namespace wasmedge
