// SPDX-License-Identifier: Apache-2.0
// Text of the runtime and of guests, as Python's str.
#pragma once

#include <string>
#include <string_view>

#include "pybind.hpp"

namespace wasmedge {

/// Decodes UTF-8; what is malformed is replaced, as in a message it must not become an error of its own. GIL held.
inline py::str to_str(std::string_view text) {
  PyObject* decoded = PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace");
  if (decoded == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::str>(decoded);
}

/// A str that names something for the runtime. Unlike a std::string, it takes nothing but a str, and a lone surrogate is a
/// UnicodeEncodeError that shows it.
struct Name {
  std::string text;
};

}  // namespace wasmedge

namespace pybind11::detail {

template <>
class type_caster<wasmedge::Name> {
 public:
  PYBIND11_TYPE_CASTER(wasmedge::Name, const_name("str"));

  bool load(handle source, bool) {
    if (PyUnicode_Check(source.ptr()) == 0) return false;
    Py_ssize_t size = 0;
    const char* text = PyUnicode_AsUTF8AndSize(source.ptr(), &size);
    if (text == nullptr) throw error_already_set();
    value.text.assign(text, static_cast<std::size_t>(size));
    return true;
  }
};

}  // namespace pybind11::detail
