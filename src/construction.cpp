// SPDX-License-Identifier: Apache-2.0
// The metaclass that guards construction; over no header of WasmEdge's.
#include "construction.hpp"

#include <array>
#include <utility>

#include "register.hpp"

namespace wasmedge {
namespace {

PyTypeObject* metaclass = nullptr;  // set once, when the module is imported

/// The class that this thread is calling, until its tp_new has run.
thread_local PyTypeObject* being_called = nullptr;

PyTypeObject* base_metaclass() { return metaclass->tp_base; }

PyObject* metaclass_call(PyObject* type, PyObject* args, PyObject* keywords) {
  PyTypeObject* outer = std::exchange(being_called, reinterpret_cast<PyTypeObject*>(type));
  PyObject* made = base_metaclass()->tp_call(type, args, keywords);
  being_called = outer;
  return made;
}

std::array<PyType_Slot, 2> metaclass_slots{{
    {Py_tp_call, reinterpret_cast<void*>(&metaclass_call)},
    {0, nullptr},
}};

}  // namespace

PyObject* guarded_new(PyTypeObject* type, PyObject* args, PyObject* keywords) {
  if (std::exchange(being_called, nullptr) != type) {
    PyErr_Format(PyExc_TypeError, "%s.__new__() makes no object by itself: call the class", type->tp_name);
    return nullptr;
  }
  return py::detail::pybind11_object_new(type, args, keywords);
}

py::metaclass guarded_metaclass() { return py::metaclass(reinterpret_cast<PyObject*>(metaclass)); }

py::custom_type_setup guarded() {
  return py::custom_type_setup([](PyHeapTypeObject* type) { type->ht_type.tp_new = &guarded_new; });
}

void register_construction(py::module_&) {
  PyTypeObject* base = py::detail::get_internals().default_metaclass;
  PyType_Spec spec{
      .name = "wasmedge._core._Class",
      .basicsize = static_cast<int>(base->tp_basicsize),
      .itemsize = static_cast<int>(base->tp_itemsize),
      .flags = Py_TPFLAGS_DEFAULT,
      .slots = metaclass_slots.data(),
  };
  const auto bases = py::make_tuple(py::handle(reinterpret_cast<PyObject*>(base)));
  metaclass = reinterpret_cast<PyTypeObject*>(PyType_FromSpecWithBases(&spec, bases.ptr()));
  if (metaclass == nullptr) throw py::error_already_set();
}

}  // namespace wasmedge
