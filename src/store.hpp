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

  /// Throws RuntimeFailure (ModuleNameConflict) when the name is taken, ValueError when it is no name. GIL held.
  void require_free(const std::string& name) const;

  /// Adds an anchor under a free name. GIL held.
  void add(const std::string& name, const py::object& anchor);

  /// Drops a name, if it is there and stands for this anchor. GIL held.
  void remove(const std::string& name, const py::object& anchor);

  std::vector<std::string> names() const;

  template <class Visitor>
  void visit(Visitor&& visitor) const {
    // No lock: the collector has stopped every thread that could hold it.
    for (const auto& [name, anchor] : anchors_) visitor(anchor);
  }
  void clear();

 private:
  std::map<std::string, py::object> anchors_;
  mutable std::mutex mutex_;  // guards anchors_; nothing of Python runs under it but reference counts going up
};

}  // namespace wasmedge
