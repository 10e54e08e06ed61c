// SPDX-License-Identifier: Apache-2.0
// Reads the options of calls; over no header of WasmEdge's.
#include "call_options.hpp"

#include <cmath>
#include <string>

#include "errors.hpp"
#include "integers.hpp"

namespace wasmedge {
namespace {

std::chrono::nanoseconds timeout_from(py::handle object) {
  const PyNumberMethods* methods = Py_TYPE(object.ptr())->tp_as_number;
  const bool has_float = methods != nullptr && (methods->nb_float != nullptr || methods->nb_index != nullptr);
  // Arrays have it too, of whatever size.
  if (!has_float || is_boolean(object) || PySequence_Check(object.ptr()) != 0) {
    throw_type_error(std::string("timeout must be a number of seconds, not ") + Py_TYPE(object.ptr())->tp_name);
  }
  const double seconds = PyFloat_AsDouble(object.ptr());
  if (seconds == -1.0 && PyErr_Occurred() != nullptr) throw py::error_already_set();
  if (!(seconds >= 0)) throw_value_error("timeout must not be negative, but is " + shown(object));
  constexpr double longest = 9e9;  // seconds, about what the clock can count
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::duration<double>(std::min(seconds, longest)));
}

}  // namespace

CallOptions options_from(py::handle fuel, py::handle timeout) {
  CallOptions options;
  if (!fuel.is_none()) options.fuel = number_from(fuel, "fuel");
  if (!timeout.is_none()) options.timeout = timeout_from(timeout);
  return options;
}

CallOptions options_from_keywords(std::string_view name, PyObject* const* values, PyObject* keywords) {
  py::handle fuel = Py_None;
  py::handle timeout = Py_None;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(keywords); ++i) {
    PyObject* keyword = PyTuple_GET_ITEM(keywords, i);
    if (PyUnicode_CompareWithASCIIString(keyword, "fuel") == 0) {
      fuel = values[i];
    } else if (PyUnicode_CompareWithASCIIString(keyword, "timeout") == 0) {
      timeout = values[i];
    } else {
      throw_type_error(std::string(name) + "() takes no keyword arguments but fuel and timeout");
    }
  }
  return options_from(fuel, timeout);
}

}  // namespace wasmedge
