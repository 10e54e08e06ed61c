// SPDX-License-Identifier: Apache-2.0
// Keeps the anchors of instances that are being instantiated (wasmedge/wasmedge_execution.h).
#include "provisional.hpp"

#include <mutex>
#include <unordered_map>
#include <utility>

#include "anchor.hpp"
#include "fork_gate.hpp"

namespace wasmedge {
namespace {

using Anchors = std::unordered_map<const WasmEdge_ModuleInstanceContext*, py::object>;

struct Provisional {
  GlobalMutex mutex;  // guards both; no Python code is run under it
  Anchors anchors;
  std::size_t instantiations = 0;  // going on
};

/// Never destroyed: it holds Python objects.
Provisional& provisional() {
  static auto* all = new Provisional();
  return *all;
}

}  // namespace

py::object make_provisional_anchor(const WasmEdge_ModuleInstanceContext* instance,
                                   const std::shared_ptr<Executor>& executor) {
  Anchor anchor;
  anchor.executor = executor;
  anchor.label = "a module that is being instantiated";
  // Not owned yet: the runtime gives it away when it has been instantiated, and keeps it for a failed instantiation.
  anchor.instance = std::shared_ptr<WasmEdge_ModuleInstanceContext>(
      const_cast<WasmEdge_ModuleInstanceContext*>(instance), [](WasmEdge_ModuleInstanceContext*) {});
  py::object made = make_anchor(std::move(anchor));
  const std::lock_guard lock(provisional().mutex);
  provisional().anchors.insert_or_assign(instance, made);
  return made;
}

Instantiation::Instantiation() {
  const std::lock_guard lock(provisional().mutex);
  ++provisional().instantiations;
}

Instantiation::~Instantiation() {
  Anchors dead;  // dies after the lock is released: that may run Python code
  const std::lock_guard lock(provisional().mutex);
  if (--provisional().instantiations == 0) dead.swap(provisional().anchors);
}

py::object Instantiation::take_anchor(const WasmEdge_ModuleInstanceContext* instance) {
  {
    const std::lock_guard lock(provisional().mutex);
    if (const auto found = provisional().anchors.extract(instance)) return std::move(found.mapped());
  }
  return make_anchor({});
}

void Instantiation::share_failure(const py::object& failed) {
  Anchors all;
  {
    const std::lock_guard lock(provisional().mutex);
    all = provisional().anchors;
  }
  for (const auto& [instance, anchor] : all) {
    add_dependency(anchor, failed);
    add_dependency(failed, anchor);
  }
}

}  // namespace wasmedge
