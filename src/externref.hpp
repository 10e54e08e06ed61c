// SPDX-License-Identifier: Apache-2.0
// The explicit form of a reference to a Python object.
#pragma once

#include "pybind.hpp"

namespace wasmedge {

/// Stands for the object in it where an externref is wanted.
struct ExternRef {
  py::object value;

  template <class Visitor>
  void visit(Visitor&& visitor) const {
    visitor(value);
  }
  void clear() { const py::object dead = std::move(value); }
};

}  // namespace wasmedge
