// SPDX-License-Identifier: Apache-2.0
// Converts values between Python and WebAssembly (wasmedge/wasmedge_value.h). pybind11's own casters are not used: they
// take True and Decimal for integers.
#include "values.hpp"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "errors.hpp"
#include "integers.hpp"
#include "references.hpp"
#include "v128.hpp"

namespace wasmedge {
namespace {

[[noreturn]] void throw_wrong_type(py::handle object, WasmEdge_ValType type, const ValuePlace& place) {
  throw_type_error(place.text() + " must be " + name_of(type) + ", not " + Py_TYPE(object.ptr())->tp_name);
}

[[noreturn]] void throw_out_of_range(py::handle object, const char* type, const char* range, const ValuePlace& place) {
  PyErr_Clear();
  throw_overflow_error(place.text() + ": " + shown(object) + " is out of range for " + type + " (" + range + ")");
}

py::object to_index(py::handle object, WasmEdge_ValType type, const ValuePlace& place) {
  py::object index = int_from(object);
  if (!index) throw_wrong_type(object, type, place);
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
    throw_out_of_range(object, name_of(type).c_str(), "finite numbers of that format", place);
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

WasmEdge_Value to_v128(py::handle object, WasmEdge_ValType type, const ValuePlace& place) {
  V128 vector;
  if (!v128_from(object, vector)) throw_wrong_type(object, type, place);
  const auto bits = static_cast<uint128_t>(vector.high) << 64 | vector.low;
  return WasmEdge_ValueGenV128(static_cast<int128_t>(bits));
}

V128 split(const WasmEdge_Value& value) {
  const auto bits = static_cast<uint128_t>(WasmEdge_ValueGetV128(value));
  return {static_cast<std::uint64_t>(bits >> 64), static_cast<std::uint64_t>(bits)};
}

WasmEdge_Value to_funcref(py::handle object, WasmEdge_ValType type, const ValuePlace& place, py::handle keeper) {
  WasmEdge_Value value;
  if (!funcref_to_wasm(object, type, keeper, value)) throw_wrong_type(object, type, place);
  return value;
}

WasmEdge_Value to_externref(py::handle object, WasmEdge_ValType type, const ValuePlace& place, py::handle keeper) {
  const WasmEdge_Value value = externref_to_wasm(object, keeper);
  if (WasmEdge_ValueIsNullRef(value) && !WasmEdge_ValTypeIsRefNull(type)) throw_wrong_type(object, type, place);
  return value;
}

PyObject* reference_to_python(const WasmEdge_Value& value, ValueKind kind, WasmEdge_ValType type,
                              const py::object& keeper) {
  if (kind == ValueKind::kFuncRef) return funcref_to_python(value, type, keeper).release().ptr();
  if (kind == ValueKind::kExternRef) return externref_to_python(value).release().ptr();
  if (WasmEdge_ValueIsNullRef(value)) return Py_NewRef(Py_None);
  throw_type_error("a value of type " + name_of(type) + " has no counterpart in Python");
}

/// The specification's name of a heap type; "$3" for the third defined type.
std::string heap_type_name(const WasmEdge_ValType& type) {
  switch (type.Data[3]) {
#define UseTypeCode
#define Line(NAME, CODE, TEXT)    \
  case CODE:                      \
    if ((CODE) != 0) return TEXT; \
    break;
#include <wasmedge/enum.inc>
#undef Line
#undef UseTypeCode
    default:
      break;
  }
  std::uint32_t index = 0;
  std::memcpy(&index, type.Data + 4, sizeof index);
  return "$" + std::to_string(index);
}

}  // namespace

ValueKind kind_of(WasmEdge_ValType type) noexcept {
  if (WasmEdge_ValTypeIsI32(type)) return ValueKind::kI32;
  if (WasmEdge_ValTypeIsI64(type)) return ValueKind::kI64;
  if (WasmEdge_ValTypeIsF32(type)) return ValueKind::kF32;
  if (WasmEdge_ValTypeIsF64(type)) return ValueKind::kF64;
  if (WasmEdge_ValTypeIsV128(type)) return ValueKind::kV128;
  if (WasmEdge_ValTypeIsFuncRef(type)) return ValueKind::kFuncRef;
  if (WasmEdge_ValTypeIsExternRef(type)) return ValueKind::kExternRef;
  return ValueKind::kOther;
}

std::string name_of(WasmEdge_ValType type) {
  switch (kind_of(type)) {
    case ValueKind::kI32:
      return "i32";
    case ValueKind::kI64:
      return "i64";
    case ValueKind::kF32:
      return "f32";
    case ValueKind::kF64:
      return "f64";
    case ValueKind::kV128:
      return "v128";
    default:
      break;
  }
  if (WasmEdge_ValTypeIsEqual(type, WasmEdge_ValTypeGenFuncRef())) return "funcref";
  if (WasmEdge_ValTypeIsEqual(type, WasmEdge_ValTypeGenExternRef())) return "externref";
  return std::string("(ref ") + (WasmEdge_ValTypeIsRefNull(type) ? "null " : "") + heap_type_name(type) + ")";
}

std::string ValuePlace::text() const {
  const std::string place = std::string(subject) + role;
  return number == 0 ? place : place + " " + std::to_string(number);
}

WasmEdge_Value to_wasm(py::handle object, ValueKind kind, WasmEdge_ValType type, const ValuePlace& place,
                       py::handle keeper) {
  switch (kind) {
    case ValueKind::kI32:
      return WasmEdge_ValueGenI32(to_i32(object, type, place));
    case ValueKind::kI64:
      return WasmEdge_ValueGenI64(to_i64(object, type, place));
    case ValueKind::kF32:
      return to_f32(object, type, place);
    case ValueKind::kF64:
      return with_bits(WasmEdge_ValueGenF64(0), std::bit_cast<std::uint64_t>(to_double(object, type, place)));
    case ValueKind::kV128:
      return to_v128(object, type, place);
    case ValueKind::kFuncRef:
      return to_funcref(object, type, place, keeper);
    case ValueKind::kExternRef:
      return to_externref(object, type, place, keeper);
    case ValueKind::kOther:
      break;
  }
  throw_type_error(place.text() + " is of type " + name_of(type) + ", which has no counterpart in Python");
}

PyObject* to_python(const WasmEdge_Value& value, ValueKind kind, WasmEdge_ValType type, const py::object& keeper) {
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
    case ValueKind::kV128:
      return py::cast(split(value)).release().ptr();
    default:
      return reference_to_python(value, kind, type, keeper);
  }
  if (object == nullptr) throw py::error_already_set();
  return object;
}

}  // namespace wasmedge
