// SPDX-License-Identifier: Apache-2.0
// Calls into Python, and scopes without the GIL.
#pragma once

#include "pybind.hpp"

namespace wasmedge {

/// Takes over what a call of Python's C API gave, or throws the exception that it has set.
inline py::object steal(PyObject* object) {
  if (object == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(object);
}

/// Imports a module.
inline py::object import_module(const char* name) { return steal(PyImport_ImportModule(name)); }

/// Calls a method, with arguments as Py_BuildValue() makes them.
template <class... Args>
py::object call_method(py::handle object, const char* name, const char* format, Args... args) {
  return steal(PyObject_CallMethod(object.ptr(), name, format, args...));
}

/// Calls a function of a module.
template <class... Args>
py::object call_in(const char* module, const char* name, const Args&... args) {
  const py::object function = import_module(module).attr(name);
  const py::tuple arguments = py::make_tuple(args...);
  return steal(PyObject_CallObject(function.ptr(), arguments.ptr()));
}

/// Releases the GIL for a scope. Whoever holds it must not touch a Python object until the scope ends.
class GilRelease {
 public:
  GilRelease() noexcept : state_(PyEval_SaveThread()) {}
  ~GilRelease() { PyEval_RestoreThread(state_); }
  GilRelease(const GilRelease&) = delete;
  GilRelease& operator=(const GilRelease&) = delete;
  GilRelease(GilRelease&&) = delete;
  GilRelease& operator=(GilRelease&&) = delete;

 private:
  PyThreadState* state_;
};

/// Runs work that touches no Python object without the GIL, and gives its result.
template <class Work>
auto without_gil(Work&& work) {
  const GilRelease release;
  return work();
}

}  // namespace wasmedge
