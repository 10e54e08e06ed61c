// SPDX-License-Identifier: Apache-2.0
// Tables that guests cannot grow beyond what can be allocated.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "binary_reader.hpp"
#include "offset_shift.hpp"

namespace wasmedge {

/// The most elements of a table, as in the JavaScript API's implementation limits. The runtime allocates 16 bytes for each
/// at once, in functions that end the process when that fails.
constexpr std::uint64_t kMaxTableElements = 10'000'000;

/// A changed module, and how its offsets differ from the original's.
struct CappedModule {
  std::vector<std::uint8_t> bytes;
  OffsetShift shift;
};

/// The module with a maximum of kMaxTableElements for each table that it defines with a greater one or none: table.grow
/// answers -1 there. Nothing when there is no such table, or the section cannot be read, which the loader will report.
std::optional<CappedModule> cap_tables(Bytes module);

}  // namespace wasmedge
