// SPDX-License-Identifier: Apache-2.0
// The lifetime of a module instance: what keeps it, and all that it refers to by raw pointer, alive.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "executor.hpp"
#include "handles.hpp"
#include "pybind.hpp"

namespace wasmedge {

/// Owns one module instance and holds what must outlive it.
///
/// WasmEdge links instances by raw pointers and counts nothing. An anchor is a Python object that the garbage collector
/// sees (no class of the public API): every Python object that points into the instance (Instance, Function, Memory)
/// holds a strong reference to the anchor and visits it, and the anchor holds the anchors that its instance points to.
/// So ownership is exact for the collector, and no order of `del` leaves a dangling pointer.
///
/// It is no aliasing shared_ptr because a cycle through one (instance → host function → closure → instance, or two
/// instances that share a table) would be invisible to the collector.
struct Anchor {
  /// The instances that this one imports from, and those that wrote references to their functions into its tables or
  /// globals. The second kind makes cycles, which the collector finds.
  std::vector<py::object> dependencies;
  std::shared_ptr<Executor> executor;
  /// Null once the collector has cleared a dead cycle: whoever is still asked for something by then must refuse.
  std::shared_ptr<WasmEdge_ModuleInstanceContext> instance;
  /// Set instead of `instance` by a failed instantiation: the runtime leaves the half-made instance to the C store, and
  /// its functions may have been written into imported tables already.
  std::shared_ptr<WasmEdge_StoreContext> failed;
  std::string label;  // for messages: the file or the name that the instance was made from
};

/// Makes the Python object around an anchor. GIL held.
py::object make_anchor(Anchor anchor);

/// The anchor inside of an object made by make_anchor; valid as long as the object. Never fails: nothing else is passed.
Anchor& anchor_of(py::handle object) noexcept;

}  // namespace wasmedge
