// SPDX-License-Identifier: Apache-2.0
// Corrects "Bytecode offset: 0x0000002a" in log records; over no header of WasmEdge's in particular.
#include "offset_shift.hpp"

#include <array>
#include <charconv>
#include <cstdio>
#include <string_view>

namespace wasmedge {

void OffsetShift::undo(std::vector<LogRecord>& records) const {
  constexpr std::string_view mark = "Bytecode offset: 0x";
  constexpr std::size_t digits = 8;
  if (growth == 0) return;
  for (LogRecord& record : records) {
    const std::size_t found = record.message.find(mark);
    if (found == std::string::npos || record.message.size() < found + mark.size() + digits) continue;
    char* number = record.message.data() + found + mark.size();
    std::uint64_t offset = 0;
    if (std::from_chars(number, number + digits, offset, 16).ec != std::errc() || offset < position) continue;
    std::array<char, digits + 1> text{};
    std::snprintf(text.data(), text.size(), "%08llx", static_cast<unsigned long long>(offset - growth));
    record.message.replace(found + mark.size(), digits, text.data(), digits);
  }
}

}  // namespace wasmedge
