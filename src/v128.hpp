// SPDX-License-Identifier: Apache-2.0
// A vector of 128 bits.
#pragma once

#include <cstdint>

#include "pybind.hpp"

namespace wasmedge {

/// Lane 0 is in the lowest bits, as in the guest's memory.
struct V128 {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  friend bool operator==(const V128&, const V128&) = default;
};

/// Takes a V128, an int below 2**128 or a buffer of 16 bytes; gives false for anything else. Throws OverflowError for
/// another int, ValueError for another number of bytes. GIL held.
bool v128_from(py::handle object, V128& value);

}  // namespace wasmedge
