// SPDX-License-Identifier: Apache-2.0
// Counts the shares in externrefs; over no header of WasmEdge's.
#include "live_externrefs.hpp"

#include <cstddef>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "fork_gate.hpp"

namespace wasmedge {
namespace {

struct Shares {
  std::unordered_map<const void*, std::size_t> counts;
  GlobalMutex mutex;
};

/// Never destroyed: anchors may die after the statics of this file.
Shares& shares() {
  static auto* all = new Shares();
  return *all;
}

}  // namespace

LiveExternref::LiveExternref(py::object object) : object_(std::move(object)) {
  const std::lock_guard lock(shares().mutex);
  ++shares().counts[object_.ptr()];
}

LiveExternref::~LiveExternref() {
  if (!object_) return;
  const std::lock_guard lock(shares().mutex);
  const auto found = shares().counts.find(object_.ptr());
  if (--found->second == 0) shares().counts.erase(found);
}

bool LiveExternref::is_live(const void* address) {
  const std::lock_guard lock(shares().mutex);
  return shares().counts.contains(address);
}

}  // namespace wasmedge
