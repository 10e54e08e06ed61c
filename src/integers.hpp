// SPDX-License-Identifier: Apache-2.0
// Integers out of Python, by rules and with messages of our own: pybind11's casters take True for 1, and speak of C++.
#pragma once

#include <cstdint>
#include <string>

#include "pybind.hpp"

namespace wasmedge {

/// bool and numpy.bool_ are numbers to Python's protocols, but no integers here.
bool is_boolean(py::handle object);

/// The int that an object with __index__ stands for (numpy's integers); a null object where none is meant, as by booleans
/// and arrays. GIL held.
py::object int_of_index(py::handle object);

/// The same for any object; an int is given back as it is.
inline py::object int_from(py::handle object) {
  return PyLong_CheckExact(object.ptr()) ? py::reinterpret_borrow<py::object>(object) : int_of_index(object);
}

/// An int for a message, cut when it is long. GIL held.
std::string shown(py::handle object);

/// An unsigned number of 64 bits. `what` names it in the TypeError or OverflowError. GIL held.
std::uint64_t number_from(py::handle object, const char* what);

/// A number of pages or elements, by the same rules; one out of range is a ValueError.
std::uint64_t size_from(py::handle object, const char* what);

/// A position as Python's sequences take it: what is beyond 64 bits is an IndexError, and not another type.
std::int64_t position_from(py::handle object, const char* what);

}  // namespace wasmedge
