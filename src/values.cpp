// SPDX-License-Identifier: Apache-2.0
// Converts values between Python and WebAssembly (wasmedge/wasmedge_value.h). pybind11's own casters are not used: they
// take True and Decimal for integers.
#include "values.hpp"

#include <bit>
#include <cmath>
#include <limits>

#include "errors.hpp"

namespace wasmedge {
namespace {

std::string describe(const ValuePlace& place) {
  return std::string(place.function) + "() argument " + std::to_string(place.position + 1);
}

[[noreturn]] void throw_wrong_type(py::handle object, WasmEdge_ValType type, const ValuePlace& place) {
  throw_type_error(describe(place) + " must be " + name_of(type) + ", not " + Py_TYPE(object.ptr())->tp_name);
}

[[noreturn]] void throw_out_of_range(py::handle object, const char* type, const char* range, const ValuePlace& place) {
  PyErr_Clear();
  std::string shown;
  try {
    shown = py::repr(object).cast<std::string>();
  } catch (py::error_already_set&) {
    // An int of more digits than sys.get_int_max_str_digits() has no repr.
    shown = "the value";
  }
  if (shown.size() > 60) shown = shown.substr(0, 57) + "...";
  throw_overflow_error(describe(place) + ": " + shown + " is out of range for " + type + " (" + range + ")");
}

/// bool and numpy.bool_ are numbers to Python's protocols, but no WebAssembly numbers.
bool is_boolean(py::handle object) {
  if (PyBool_Check(object.ptr())) return true;
  const std::string_view name = Py_TYPE(object.ptr())->tp_name;
  return name == "numpy.bool" || name == "numpy.bool_";
}

/// An int, or what has __index__ (numpy's integers), as an exact int object.
py::object to_index(py::handle object, WasmEdge_ValType type, const ValuePlace& place) {
  if (PyLong_CheckExact(object.ptr())) return py::reinterpret_borrow<py::object>(object);
  if (is_boolean(object) || PyIndex_Check(object.ptr()) == 0) throw_wrong_type(object, type, place);
  auto index = py::reinterpret_steal<py::object>(PyNumber_Index(object.ptr()));
  if (!index) throw py::error_already_set();
  return index;
}

std::int32_t to_i32(py::handle object, WasmEdge_ValType type, const ValuePlace& place) {
  const py::object index = to_index(object, type, place);
  int overflow = 0;
  const long long number = PyLong_AsLongLongAndOverflow(index.ptr(), &overflow);
  constexpr long long lowest = std::numeric_limits<std::int32_t>::min();
  constexpr long long highest = std::numeric_limits<std::uint32_t>::max();
  if (overflow != 0 || number < lowest || number > highest) {
    throw_out_of_range(object, "i32", "-2**31 to 2**32-1", place);
  }
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(number));
}

std::int64_t to_i64(py::handle object, WasmEdge_ValType type, const ValuePlace& place) {
  const py::object index = to_index(object, type, place);
  int overflow = 0;
  const long long number = PyLong_AsLongLongAndOverflow(index.ptr(), &overflow);
  if (overflow == 0) return number;
  if (overflow > 0) {
    const unsigned long long unsigned_number = PyLong_AsUnsignedLongLong(index.ptr());
    if (PyErr_Occurred() == nullptr) return static_cast<std::int64_t>(unsigned_number);
  }
  throw_out_of_range(object, "i64", "-2**63 to 2**64-1", place);
}

/// What float() would take and a number is meant by: no booleans, arrays (even of one element) or complex numbers.
bool is_real(py::handle object) {
  const PyNumberMethods* number = Py_TYPE(object.ptr())->tp_as_number;
  if (number == nullptr || (number->nb_float == nullptr && number->nb_index == nullptr)) return false;
  const std::string_view name = Py_TYPE(object.ptr())->tp_name;
  const bool is_numpy_complex = name.starts_with("numpy.c");  // has __float__, which drops the imaginary part
  return !is_boolean(object) && !is_numpy_complex && PySequence_Check(object.ptr()) == 0;
}

double to_double(py::handle object, WasmEdge_ValType type, const ValuePlace& place) {
  if (PyFloat_CheckExact(object.ptr())) return PyFloat_AS_DOUBLE(object.ptr());
  if (!is_real(object)) throw_wrong_type(object, type, place);
  const double result = PyFloat_AsDouble(object.ptr());
  if (result == -1.0 && PyErr_Occurred() != nullptr) {
    if (PyErr_ExceptionMatches(PyExc_OverflowError) == 0) throw py::error_already_set();
    throw_out_of_range(object, name_of(type), "finite numbers of that format", place);
  }
  return result;
}

/// Narrows without quieting a signalling NaN, as the hardware's conversion would.
float narrow(double number) {
  if (!std::isnan(number)) return static_cast<float>(number);
  const auto bits = std::bit_cast<std::uint64_t>(number);
  auto payload = static_cast<std::uint32_t>(bits >> 29) & 0x007fffffU;
  if (payload == 0) payload = 0x00400000U;  // a payload in the low bits only would make it an infinity
  const auto sign = static_cast<std::uint32_t>(bits >> 32) & 0x80000000U;
  return std::bit_cast<float>(sign | 0x7f800000U | payload);
}

/// Widens without quieting a signalling NaN.
double widen(float number) {
  if (!std::isnan(number)) return number;
  const auto bits = std::bit_cast<std::uint32_t>(number);
  const auto sign = static_cast<std::uint64_t>(bits & 0x80000000U) << 32;
  const auto payload = static_cast<std::uint64_t>(bits & 0x007fffffU) << 29;
  return std::bit_cast<double>(sign | 0x7ff0000000000000U | payload);
}

/// The value's raw bits: WasmEdge_ValueGenF32 and its kind would take a float through a register, and on some machines
/// that quiets a signalling NaN.
WasmEdge_Value with_bits(WasmEdge_Value value, std::uint64_t bits) {
  value.Value = bits;
  return value;
}

std::uint64_t low_bits(const WasmEdge_Value& value) { return static_cast<std::uint64_t>(value.Value); }

WasmEdge_Value to_f32(py::handle object, WasmEdge_ValType type, const ValuePlace& place) {
  const double number = to_double(object, type, place);
  const float narrowed = narrow(number);
  if (std::isinf(narrowed) && std::isfinite(number)) {
    throw_out_of_range(object, "f32", "finite numbers of that format", place);
  }
  return with_bits(WasmEdge_ValueGenF32(0), std::bit_cast<std::uint32_t>(narrowed));
}

}  // namespace

ValueKind kind_of(WasmEdge_ValType type) noexcept {
  if (WasmEdge_ValTypeIsI32(type)) return ValueKind::kI32;
  if (WasmEdge_ValTypeIsI64(type)) return ValueKind::kI64;
  if (WasmEdge_ValTypeIsF32(type)) return ValueKind::kF32;
  if (WasmEdge_ValTypeIsF64(type)) return ValueKind::kF64;
  return ValueKind::kOther;
}

const char* name_of(WasmEdge_ValType type) noexcept {
  if (WasmEdge_ValTypeIsI32(type)) return "i32";
  if (WasmEdge_ValTypeIsI64(type)) return "i64";
  if (WasmEdge_ValTypeIsF32(type)) return "f32";
  if (WasmEdge_ValTypeIsF64(type)) return "f64";
  if (WasmEdge_ValTypeIsV128(type)) return "v128";
  if (WasmEdge_ValTypeIsFuncRef(type)) return "funcref";
  if (WasmEdge_ValTypeIsExternRef(type)) return "externref";
  return "ref";
}

WasmEdge_Value to_wasm(py::handle object, ValueKind kind, WasmEdge_ValType type, const ValuePlace& place) {
  switch (kind) {
    case ValueKind::kI32:
      return WasmEdge_ValueGenI32(to_i32(object, type, place));
    case ValueKind::kI64:
      return WasmEdge_ValueGenI64(to_i64(object, type, place));
    case ValueKind::kF32:
      return to_f32(object, type, place);
    case ValueKind::kF64:
      return with_bits(WasmEdge_ValueGenF64(0), std::bit_cast<std::uint64_t>(to_double(object, type, place)));
    case ValueKind::kOther:
      break;
  }
  throw_type_error(describe(place) + " is of type " + name_of(type) + ", which no Python value can be passed as yet");
}

PyObject* to_python(const WasmEdge_Value& value, ValueKind kind, WasmEdge_ValType type) {
  const std::uint64_t bits = low_bits(value);
  PyObject* object = nullptr;
  switch (kind) {
    case ValueKind::kI32:
      object = PyLong_FromLong(static_cast<std::int32_t>(static_cast<std::uint32_t>(bits)));
      break;
    case ValueKind::kI64:
      object = PyLong_FromLongLong(static_cast<std::int64_t>(bits));
      break;
    case ValueKind::kF32:
      object = PyFloat_FromDouble(widen(std::bit_cast<float>(static_cast<std::uint32_t>(bits))));
      break;
    case ValueKind::kF64:
      object = PyFloat_FromDouble(std::bit_cast<double>(bits));
      break;
    case ValueKind::kOther:
      throw_type_error(std::string("a result of type ") + name_of(type) + " has no Python value yet");
  }
  if (object == nullptr) throw py::error_already_set();
  return object;
}

}  // namespace wasmedge
