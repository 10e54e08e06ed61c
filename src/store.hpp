// SPDX-License-Identifier: Apache-2.0
// Named instances, for modules to import from.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "pybind.hpp"

namespace wasmedge {

/// Holds instances (their anchors) by name.
///
/// It wraps no C store: that one links instances by raw pointers, cannot unregister, and owns the half-made instance of the
/// last failed instantiation. Each instantiation gets a C store of its own, filled from here (linking.cpp).
class Store {
 public:
  /// The anchor of that name, or a null object. GIL held.
  py::object find(const std::string& name) const;

  /// Throws RuntimeFailure (ModuleNameConflict) when the name is taken. GIL held.
  void require_free(const std::string& name) const;

  /// Adds an instance under a free name. A WasiModule stays linked by what it stands for at the time; of any other
  /// instance the store has a share of its own, which close() does not touch. GIL held.
  void add(const std::string& name, const py::object& instance);

  /// The object to give out for a name: the WasiModule itself, or a new Instance, which may be closed without an effect
  /// on the store; a null object when there is none. GIL held.
  py::object get(const std::string& name) const;

  /// Drops a name, if it is there and stands for this instance. GIL held.
  void remove(const std::string& name, const py::object& instance);

  std::vector<std::string> names() const;

  template <class Visitor>
  void visit(Visitor&& visitor) const {
    // No lock: the collector has stopped every thread that could hold it.
    for (const auto& [name, instance] : instances_) visitor(instance);
  }
  void clear();

 private:
  /// The store's own object of that name, or a null object.
  py::object share(const std::string& name) const;

  std::map<std::string, py::object> instances_;  // Instance objects
  mutable std::mutex mutex_;  // guards instances_; nothing of Python runs under it but reference counts going up
};

}  // namespace wasmedge
