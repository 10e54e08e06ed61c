// SPDX-License-Identifier: Apache-2.0
// What Memory is to Python's own protocols: a buffer, and a sequence of bytes.
#pragma once

#include "pybind.hpp"

namespace wasmedge {

/// The setup of the class Memory: the collector's slots, the buffer, indices and slices, and the methods that are called
/// most.
py::custom_type_setup memory_slots();

}  // namespace wasmedge
