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

/// The text without blanks at its ends.
inline std::string_view strip(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// A str that names something in the runtime. Takes nothing but a str; lone surrogates, which no name of WebAssembly has,
/// are encoded so that they match none.
struct Name {
  std::string text;
};

/// Throws the UnicodeEncodeError of a name that is no Unicode text. For names that something new is to have. GIL held.
inline void require_unicode(const Name& name) {
  const auto text = py::reinterpret_steal<py::object>(
      PyUnicode_DecodeUTF8(name.text.data(), static_cast<Py_ssize_t>(name.text.size()), "surrogatepass"));
  if (!text || PyUnicode_AsUTF8AndSize(text.ptr(), nullptr) == nullptr) throw py::error_already_set();
}

}  // namespace wasmedge

namespace pybind11::detail {

template <>
class type_caster<wasmedge::Name> {
 public:
  PYBIND11_TYPE_CASTER(wasmedge::Name, const_name("str"));

  bool load(handle source, bool) {
    if (PyUnicode_Check(source.ptr()) == 0) return false;
    const auto encoded = reinterpret_steal<object>(PyUnicode_AsEncodedString(source.ptr(), "utf-8", "surrogatepass"));
    if (!encoded) throw error_already_set();
    value.text.assign(PyBytes_AS_STRING(encoded.ptr()), static_cast<std::size_t>(PyBytes_GET_SIZE(encoded.ptr())));
    return true;
  }
};

}  // namespace pybind11::detail
