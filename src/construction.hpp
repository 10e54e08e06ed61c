// SPDX-License-Identifier: Apache-2.0
// Keeps Python from making objects of bound classes that were never constructed.
#pragma once

#include "pybind.hpp"

namespace wasmedge {

/// The metaclass of all bound classes. `Class.__new__(Class)` gives pybind11 an object without a C++ one, and the first
/// method called on it gets raw memory; so only a call of the class itself may make an object.
py::metaclass guarded_metaclass();

/// tp_new of all bound classes: a TypeError unless the class is being called. For custom_type_setup callbacks.
PyObject* guarded_new(PyTypeObject* type, PyObject* args, PyObject* keywords);

/// The setup of a class that needs nothing but the guard.
py::custom_type_setup guarded();

/// What __reduce__ gives for an object that its class makes again from these arguments. pybind11's own pickling would make
/// objects without constructing them.
template <class T>
py::tuple reduced(const py::tuple& arguments) {
  return py::make_tuple(py::type::of<T>(), arguments);
}

}  // namespace wasmedge
