// SPDX-License-Identifier: Apache-2.0
// Arrays on linear memory.
#pragma once

#include "memory.hpp"
#include "pybind.hpp"

namespace wasmedge {

/// An ndarray on the bytes of a memory, whose base is `owner`, the Memory's own object. Any of the arguments may be null,
/// for uint8, the beginning, and as many elements as there are.
py::object make_view(py::handle owner, Memory& memory, py::handle dtype, py::handle offset, py::handle shape);

/// Adds the methods that read and write single elements to the class.
void define_scalars(py::classh<Memory>& memory_class);

}  // namespace wasmedge
