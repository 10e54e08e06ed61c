// SPDX-License-Identifier: Apache-2.0
// Guards for the GIL that survive a thread's meeting with the end of the interpreter.
#pragma once

#include <cxxabi.h>

#include <chrono>
#include <thread>

#include "pybind.hpp"

namespace wasmedge {

/// Parks a thread for ever: what CPython 3.14 does by itself with a thread that wants the GIL of an ended interpreter.
[[noreturn]] inline void park_thread() {
  for (;;) std::this_thread::sleep_for(std::chrono::hours(24));
}

/// Takes the GIL back for `state`.
///
/// Up to CPython 3.13 a daemon thread that asks for the GIL during finalisation is ended by pthread_exit, which
/// unwinds the stack as an exception would: through destructors that then touch Python objects without the GIL. The
/// thread is caught on its way out and parked instead; the process ends without it.
inline void restore_thread(PyThreadState* state) noexcept {
  try {
    PyEval_RestoreThread(state);
  } catch (...) {
    park_thread();
  }
}

/// Makes one call of Python's C API that may run Python code, with C++ frames of ours below it.
///
/// Up to CPython 3.13 the interpreter ends a daemon thread by pthread_exit wherever it next wants the GIL after the
/// interpreter's end, in the midst of Python code too. That unwinds the stack as an exception would, through functions that
/// must not throw and destructors that need the GIL. So each such call stands by itself in here, and the thread is parked.
template <class Call>
auto call_python(Call&& call) {
  try {
    return call();
  } catch (const abi::__forced_unwind&) {
    park_thread();
  }
}

/// Takes over what a call of Python's C API gave, or throws the exception that it has set.
inline py::object steal(PyObject* object) {
  if (object == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(object);
}

/// Imports a module by call_python().
inline py::object import_module(const char* name) {
  return steal(call_python([&] { return PyImport_ImportModule(name); }));
}

/// Calls a method by call_python(), with arguments as Py_BuildValue() makes them.
template <class... Args>
py::object call_method(py::handle object, const char* name, const char* format, Args... args) {
  return steal(call_python([&] { return PyObject_CallMethod(object.ptr(), name, format, args...); }));
}

/// Calls a function of a module by call_python().
template <class... Args>
py::object call_in(const char* module, const char* name, const Args&... args) {
  const py::object function = import_module(module).attr(name);
  const py::tuple arguments = py::make_tuple(args...);
  return steal(call_python([&] { return PyObject_CallObject(function.ptr(), arguments.ptr()); }));
}

/// Releases the GIL for a scope. Whoever holds it must not touch a Python object until the scope ends.
class GilRelease {
 public:
  GilRelease() noexcept : state_(PyEval_SaveThread()) {}
  ~GilRelease() { restore_thread(state_); }
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
