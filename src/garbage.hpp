// SPDX-License-Identifier: Apache-2.0
// Garbage collection for bound classes that hold Python objects.
#pragma once

#include "construction.hpp"
#include "pybind.hpp"

namespace wasmedge {

/// Gives a bound class T tp_traverse and tp_clear. T has `void visit(Visitor)` that calls it with each py::object that it
/// holds, and `void clear()` that drops them. `HasDict` goes with py::dynamic_attr(), whose own slots these replace.
template <class T, bool HasDict = false>
py::custom_type_setup collectable() {
  return py::custom_type_setup([](PyHeapTypeObject* heap_type) {
    PyTypeObject* type = &heap_type->ht_type;
    type->tp_flags |= Py_TPFLAGS_HAVE_GC;
    type->tp_new = &guarded_new;
    type->tp_traverse = [](PyObject* self, visitproc visit, void* arg) -> int {
      if constexpr (HasDict) {
        if (const int result = py::detail::pybind11_traverse(self, visit, arg); result != 0) return result;
      } else {
        Py_VISIT(Py_TYPE(self));
      }
      // The collector may come between the allocation of an object and its constructor.
      if (!py::detail::is_holder_constructed(self)) return 0;
      int result = 0;
      py::cast<T&>(py::handle(self)).visit([&](const py::object& held) {
        if (result == 0 && held) result = visit(held.ptr(), arg);
      });
      return result;
    };
    type->tp_clear = [](PyObject* self) -> int {
      if constexpr (HasDict) py::detail::pybind11_clear(self);
      if (py::detail::is_holder_constructed(self)) py::cast<T&>(py::handle(self)).clear();
      return 0;
    };
  });
}

}  // namespace wasmedge
