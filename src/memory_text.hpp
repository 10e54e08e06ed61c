// SPDX-License-Identifier: Apache-2.0
// Text in linear memory.
#pragma once

#include "memory.hpp"
#include "pybind.hpp"

namespace wasmedge {

/// Adds the methods that read and write text to the class.
void define_text(py::classh<Memory>& memory_class);

}  // namespace wasmedge
