// SPDX-License-Identifier: Apache-2.0
// Binds V128 (wasmedge/wasmedge_value.h).
#include "v128.hpp"

#include <cstring>
#include <string>

#include "buffer.hpp"
#include "construction.hpp"
#include "equality.hpp"
#include "errors.hpp"
#include "integers.hpp"
#include "register.hpp"

namespace wasmedge {
namespace {

constexpr std::size_t kBytes = 16;

void store_little_endian(std::uint64_t number, char* bytes) {
  for (int i = 0; i < 8; ++i) bytes[i] = static_cast<char>(number >> (8 * i));
}

std::uint64_t load_little_endian(const std::uint8_t* bytes) {
  std::uint64_t number = 0;
  for (int i = 7; i >= 0; --i) number = number << 8 | bytes[i];
  return number;
}

py::bytes v128_bytes(const V128& self) {
  std::string bytes(kBytes, '\0');
  store_little_endian(self.low, bytes.data());
  store_little_endian(self.high, bytes.data() + 8);
  return py::bytes(bytes);
}

V128 v128_from_bytes(const py::buffer& data) {
  V128 value;
  v128_from(data, value);
  return value;
}

py::object v128_int(const V128& self) { return py::int_(self.high) << py::int_(64) | py::int_(self.low); }

/// A copy: the value itself never changes.
py::object v128_view(const V128& self, const py::object& dtype) {
  return py::module_::import("numpy").attr("frombuffer")(v128_bytes(self), dtype).attr("copy")();
}

std::string v128_repr(const V128& self) {
  return "V128(" + py::module_::import("builtins").attr("hex")(self.high).cast<std::string>() + ", " +
         py::module_::import("builtins").attr("hex")(self.low).cast<std::string>() + ")";
}

V128 v128_make(const py::object& high, const py::object& low) {
  return {number_from(high, "high"), number_from(low, "low")};
}
py::tuple v128_state(const V128& self) { return py::make_tuple(self.high, self.low); }
py::tuple v128_reduce(const V128& self) { return reduced<V128>(v128_state(self)); }
py::ssize_t v128_hash(const V128& self) { return py::hash(v128_state(self)); }

V128 from_int(const py::object& number) {
  const py::int_ bits(64);
  if (number < py::int_(0) || (number >> py::int_(128)) > py::int_(0)) {
    throw_overflow_error("an int for a v128 is from 0 to 2**128-1");
  }
  const py::object low = number & py::int_(UINT64_MAX);
  return {py::object(number >> bits).cast<std::uint64_t>(), low.cast<std::uint64_t>()};
}

V128 from_buffer(py::handle object) {
  const Buffer buffer(object, PyBUF_SIMPLE);
  if (buffer.size() != kBytes) throw_value_error("a v128 has 16 bytes, not " + std::to_string(buffer.size()));
  const std::uint8_t* bytes = buffer.bytes().data();
  return {load_little_endian(bytes + 8), load_little_endian(bytes)};
}

}  // namespace

bool v128_from(py::handle object, V128& value) {
  if (py::isinstance<V128>(object)) {
    value = object.cast<V128>();
  } else if (const py::object number = int_from(object)) {
    value = from_int(number);
  } else if (PyObject_CheckBuffer(object.ptr()) != 0 && !is_boolean(object)) {
    value = from_buffer(object);
  } else {
    return false;
  }
  return true;
}

void register_v128(py::module_& m) {
  py::classh<V128>(m, "V128", py::is_final(), guarded_metaclass(), "A vector of 128 bits.", guarded())
      .def(py::init(&v128_make), py::arg("high"), py::arg("low"))
      .def_static("from_bytes", &v128_from_bytes, py::arg("data"), "Make a vector of 16 bytes, lowest first.")
      .def_readonly("high", &V128::high, "The upper 64 bits, as an unsigned number.")
      .def_readonly("low", &V128::low, "The lower 64 bits, as an unsigned number.")
      .def("view", &v128_view, py::arg("dtype"), "Return the lanes as a numpy array.")
      .def("__bytes__", &v128_bytes)
      .def("__int__", &v128_int)
      .def("__eq__", &equal<V128>, py::arg("other"))
      .def("__hash__", &v128_hash)
      .def("__repr__", &v128_repr)
      .def("__reduce__", &v128_reduce);
}

}  // namespace wasmedge
