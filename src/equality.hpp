// SPDX-License-Identifier: Apache-2.0
// Equality of bound values, as Python wants it.
#pragma once

#include <functional>

#include "pybind.hpp"

namespace wasmedge {

/// `__eq__` by the C++ operator; what is of another class is left to the other side.
template <class T>
py::object equal(const T& self, const py::object& other) {
  if (!py::isinstance<T>(other)) return py::reinterpret_borrow<py::object>(Py_NotImplemented);
  return py::bool_(self == other.cast<const T&>());
}

/// `__hash__` of what is equal by where something is. The low bits, which are always 0, make way.
inline py::ssize_t hash_address(const void* address) noexcept {
  return static_cast<py::ssize_t>(std::hash<const void*>()(address) >> 4);
}

}  // namespace wasmedge
