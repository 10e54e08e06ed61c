// SPDX-License-Identifier: Apache-2.0
// Converts Python's integers; over no header of WasmEdge's.
#include "integers.hpp"

#include <optional>
#include <string_view>

#include "errors.hpp"
#include "gil.hpp"

namespace wasmedge {
namespace {

py::object require_int(py::handle object, const char* what) {
  py::object number = int_from(object);
  if (!number) throw_type_error(std::string(what) + " must be an int, not " + Py_TYPE(object.ptr())->tp_name);
  return number;
}

std::optional<std::uint64_t> to_unsigned(const py::object& number) {
  const std::uint64_t result = PyLong_AsUnsignedLongLong(number.ptr());
  if (PyErr_Occurred() == nullptr) return result;
  PyErr_Clear();
  return std::nullopt;
}

bool is_negative(const py::object& number) {
  int overflow = 0;
  return PyLong_AsLongLongAndOverflow(number.ptr(), &overflow) < 0 && overflow <= 0;
}

}  // namespace

bool is_boolean(py::handle object) {
  if (PyBool_Check(object.ptr())) return true;
  const std::string_view name = Py_TYPE(object.ptr())->tp_name;
  return name == "numpy.bool" || name == "numpy.bool_";
}

py::object int_of_index(py::handle object) {
  const bool is_array = PySequence_Check(object.ptr()) != 0;  // one of no dimension has __index__
  if (is_boolean(object) || is_array || PyIndex_Check(object.ptr()) == 0) return {};
  return steal(PyNumber_Index(object.ptr()));
}

std::string shown(py::handle object) {
  // An int of more digits than sys.get_int_max_str_digits() has no repr.
  std::string text = "the value";
  const auto repr = py::reinterpret_steal<py::object>(PyObject_Repr(object.ptr()));
  if (repr) text = repr.cast<std::string>();
  PyErr_Clear();
  return text.size() > 60 ? text.substr(0, 57) + "..." : text;
}

std::uint64_t number_from(py::handle object, const char* what) {
  const py::object number = require_int(object, what);
  if (const auto result = to_unsigned(number)) return *result;
  throw_overflow_error(std::string(what) + " must be from 0 to 2**64-1, but is " + shown(number));
}

std::uint64_t size_from(py::handle object, const char* what) {
  const py::object number = require_int(object, what);
  if (const auto result = to_unsigned(number)) return *result;
  throw_value_error(std::string(what) + (is_negative(number) ? " must not be negative" : " must be below 2**64") +
                    ", but is " + shown(number));
}

std::int64_t position_from(py::handle object, const char* what) {
  const py::object number = require_int(object, what);
  int overflow = 0;
  const std::int64_t position = PyLong_AsLongLongAndOverflow(number.ptr(), &overflow);
  if (overflow != 0) throw_index_error(std::string(what) + " " + shown(number) + " is far out of range");
  return position;
}

}  // namespace wasmedge
