// SPDX-License-Identifier: Apache-2.0
// Text of the runtime and of guests, as Python's str.
#pragma once

#include <string_view>

#include "pybind.hpp"

namespace wasmedge {

/// Decodes UTF-8; what is malformed is replaced, as in a message it must not become an error of its own. GIL held.
inline py::str to_str(std::string_view text) {
  PyObject* decoded = PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace");
  if (decoded == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::str>(decoded);
}

}  // namespace wasmedge
