// SPDX-License-Identifier: Apache-2.0
// The exports of an instance as a namespace.
#pragma once

#include "instance.hpp"
#include "pybind.hpp"

namespace wasmedge {

/// Finds exports by attribute and by item. A Python object of this class has a __dict__, where what was once found stays:
/// the next look-up is an ordinary attribute access.
class Exports {
 public:
  explicit Exports(Instance instance) : instance_(std::move(instance)) {}

  const Instance& instance() const noexcept { return instance_; }

  template <class Visitor>
  void visit(Visitor&& visitor) const {
    instance_.visit(visitor);
  }
  void clear() { instance_.clear(); }

 private:
  Instance instance_;
};

}  // namespace wasmedge
