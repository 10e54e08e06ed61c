// SPDX-License-Identifier: Apache-2.0
// Offsets in what the runtime logs, for modules that were changed on the way to it.
#pragma once

#include <cstdint>
#include <vector>

#include "logging.hpp"

namespace wasmedge {

/// How much longer a module became, and where: what lies at or behind `position` was `growth` bytes further to the front.
struct OffsetShift {
  std::uint64_t position = UINT64_MAX;
  std::uint64_t growth = 0;

  /// Makes the byte offsets in the records those of the module that the user has.
  void undo(std::vector<LogRecord>& records) const;
};

}  // namespace wasmedge
