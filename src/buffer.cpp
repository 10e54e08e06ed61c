// SPDX-License-Identifier: Apache-2.0
// Takes buffers of every element type that is plain bytes.
#include "buffer.hpp"

#include <string_view>

#include <pybind11/numpy.h>

#include "errors.hpp"

namespace wasmedge {
namespace {

/// Whether an element is, or has in it, a reference to a Python object. The format is PEP 3118's, in which the names of
/// fields stand between colons.
bool holds_objects(const Py_buffer& view) {
  bool in_name = false;
  for (const char letter : std::string_view(view.format == nullptr ? "" : view.format)) {
    if (letter == ':') in_name = !in_name;
    if (letter == 'O' && !in_name) return true;
  }
  return false;
}

/// An array whose dtype the buffer protocol does not know (datetime64, those of other packages) as an array of bytes.
py::object as_bytes(const py::object& array, bool writable) {
  const py::module_ numpy = py::module_::import("numpy");
  const py::object contiguous = writable ? array : numpy.attr("ascontiguousarray")(array);
  return contiguous.attr("reshape")(-1).attr("view")("uint8");
}

Buffer take(py::handle object, int flags, bool writable) {
  Buffer buffer;
  try {
    buffer = Buffer(object, flags);
  } catch (py::error_already_set& error) {
    if (!error.matches(PyExc_ValueError) || !py::isinstance<py::array>(object)) throw;
    const auto array = py::reinterpret_borrow<py::array>(object);
    const bool plain = !array.dtype().attr("hasobject").cast<bool>();
    const bool fits = !writable || (array.writeable() && (array.flags() & py::array::c_style) != 0);
    if (!plain || !fits) throw;
    return {as_bytes(array, writable), flags};
  }
  if (holds_objects(buffer.view())) throw_type_error("an array of Python objects has no bytes for a guest");
  return buffer;
}

}  // namespace

Buffer any_readable(py::handle object) { return take(object, PyBUF_FULL_RO, false); }

Buffer any_writable(py::handle object) { return take(object, PyBUF_FULL, true); }

}  // namespace wasmedge
