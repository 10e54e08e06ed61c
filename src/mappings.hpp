// SPDX-License-Identifier: Apache-2.0
// Python's protocol of mappings, for bound classes and for arguments.
#pragma once

#include "pybind.hpp"

namespace wasmedge {

/// Makes a class a collections.abc.Mapping to isinstance().
void register_mapping(py::handle cls);

/// A method that collections.abc.Mapping gives to its classes (keys, items, values, get), bound to a mapping.
py::object mapping_method(py::handle mapping, const char* name);

/// A dict of any mapping's items: converting them may run Python code that changes the original. Throws TypeError for what
/// is no mapping.
py::dict copy_of_mapping(py::handle mapping);

}  // namespace wasmedge
