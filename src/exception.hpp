// SPDX-License-Identifier: Apache-2.0
// The Python exception that is set, as an object.
#pragma once

#include <utility>

#include "pybind.hpp"

namespace wasmedge {

/// The exception that is set, with its traceback in it, and none set afterwards.
inline py::object take_exception() {
#if PY_VERSION_HEX >= 0x030c0000
  return py::reinterpret_steal<py::object>(PyErr_GetRaisedException());
#else
  PyObject* type = nullptr;
  PyObject* value = nullptr;
  PyObject* traceback = nullptr;
  PyErr_Fetch(&type, &value, &traceback);
  PyErr_NormalizeException(&type, &value, &traceback);
  if (traceback != nullptr) PyException_SetTraceback(value, traceback);
  Py_XDECREF(type);
  Py_XDECREF(traceback);
  return py::reinterpret_steal<py::object>(value);
#endif
}

/// Sets an exception object as it is: PyErr_SetObject would chain it to what is being handled.
inline void set_exception(py::object exception) {
#if PY_VERSION_HEX >= 0x030c0000
  PyErr_SetRaisedException(exception.release().ptr());
#else
  PyObject* value = exception.release().ptr();
  PyErr_Restore(Py_NewRef(reinterpret_cast<PyObject*>(Py_TYPE(value))), value, PyException_GetTraceback(value));
#endif
}

}  // namespace wasmedge
