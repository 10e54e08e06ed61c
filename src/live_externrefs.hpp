// SPDX-License-Identifier: Apache-2.0
// The Python objects that guests may hold at present.
#pragma once

#include "pybind.hpp"

namespace wasmedge {

/// A share in an object that a guest has been given as externref: keeps it alive, and known as such.
///
/// The garbage-collection proposal lets a guest make an externref of its own value, whose bits must not be taken for a
/// Python object; so every externref that comes back is looked up first. GIL held for everything.
class LiveExternref {
 public:
  explicit LiveExternref(py::object object);
  ~LiveExternref();
  LiveExternref(LiveExternref&& other) noexcept = default;
  LiveExternref& operator=(LiveExternref&& other) = delete;
  LiveExternref(const LiveExternref&) = delete;
  LiveExternref& operator=(const LiveExternref&) = delete;

  PyObject* ptr() const noexcept { return object_.ptr(); }

  /// Whether anybody has a share in an object at this address.
  static bool is_live(const void* address);

 private:
  py::object object_;
};

}  // namespace wasmedge
