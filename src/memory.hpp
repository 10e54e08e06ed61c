// SPDX-License-Identifier: Apache-2.0
// A linear memory.
#pragma once

#include <string>
#include <utility>

#include "handles.hpp"
#include "pybind.hpp"

namespace wasmedge {

/// A memory of an instance, held by the instance's anchor.
class Memory {
 public:
  static constexpr std::uint64_t kPageBytes = 65536;

  Memory(py::object anchor, WasmEdge_MemoryInstanceContext* context) : anchor_(std::move(anchor)), context_(context) {}

  /// Throws when the collector has taken the instance apart.
  WasmEdge_MemoryInstanceContext* context() const;

  std::uint64_t pages() const { return WasmEdge_MemoryInstanceGetPageSize(context()); }
  std::uint64_t size() const { return pages() * kPageBytes; }

  template <class Visitor>
  void visit(Visitor&& visitor) const {
    visitor(anchor_);
  }
  void clear() { const py::object dead = std::move(anchor_); }

 private:
  py::object anchor_;
  WasmEdge_MemoryInstanceContext* context_;
};

}  // namespace wasmedge
