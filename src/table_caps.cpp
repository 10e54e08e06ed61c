// SPDX-License-Identifier: Apache-2.0
// Rewrites the limits in a module's table section (WebAssembly specification, section 5.5.7).
#include "table_caps.hpp"

#include <algorithm>

namespace wasmedge {
namespace {

using Buffer = std::vector<std::uint8_t>;

void append(Buffer& buffer, Bytes bytes) { buffer.insert(buffer.end(), bytes.begin(), bytes.end()); }

void append_number(Buffer& buffer, std::uint64_t number) {
  while (number > 0x7fU) {
    buffer.push_back(static_cast<std::uint8_t>(number | 0x80U));
    number >>= 7;
  }
  buffer.push_back(static_cast<std::uint8_t>(number));
}

/// The bytes that `read` takes from the reader.
template <class Read>
Bytes taken_by(BinaryReader& reader, Read&& read) {
  const Bytes before = reader.rest();
  read();
  return before.first(before.size() - reader.rest().size());
}

/// The maximum that a table gets. Limits that the validator is to refuse reach it as they are. A minimum beyond the cap
/// stays as well: the module is refused when it is instantiated.
std::optional<std::uint64_t> capped_maximum(const BinaryReader::Limits& limits) {
  const bool is64 = (limits.flags & 4U) != 0;
  const std::uint64_t largest = limits.maximum.value_or(limits.minimum);
  const bool is_valid = limits.minimum <= largest && (is64 || largest <= UINT32_MAX);
  if (!is_valid) return limits.maximum;
  return std::max(std::min(limits.maximum.value_or(UINT64_MAX), kMaxTableElements), limits.minimum);
}

/// Copies one table's entry with its limits capped; gives whether they were changed.
bool copy_table(BinaryReader& reader, Buffer& target) {
  const bool initialized = !reader.rest().empty() && reader.rest().front() == 0x40;
  append(target, taken_by(reader, [&] {
           if (initialized) reader.take(2);
           reader.skip_type();
         }));
  const BinaryReader::Limits limits = reader.limits();
  const std::optional<std::uint64_t> maximum = capped_maximum(limits);
  target.push_back(maximum ? limits.flags | 1U : limits.flags);
  append_number(target, limits.minimum);
  if (maximum) append_number(target, *maximum);
  if (initialized) append(target, taken_by(reader, [&] { reader.skip_table_initializer(); }));
  return maximum != limits.maximum;
}

/// The section with all limits capped; nothing when that changes nothing or it cannot be read.
std::optional<Buffer> cap_section(Bytes contents) {
  BinaryReader reader(contents);
  Buffer capped;
  const std::uint64_t count = reader.number();
  append_number(capped, count);
  bool changed = false;
  for (std::uint64_t left = count; left > 0 && !reader.failed(); --left) changed |= copy_table(reader, capped);
  if (!changed || reader.failed() || !reader.rest().empty()) return std::nullopt;
  return capped;
}

}  // namespace

std::optional<CappedModule> cap_tables(Bytes module) {
  std::optional<CappedModule> result;
  for_each_section(module, [&](std::uint8_t id, Bytes contents, Bytes section) {
    if (id != kTableSection || result) return;
    const std::optional<Buffer> capped = cap_section(contents);
    if (!capped) return;
    const auto begin = static_cast<std::size_t>(section.data() - module.data());
    Buffer& bytes = result.emplace().bytes;
    append(bytes, module.first(begin));
    bytes.push_back(kTableSection);
    append_number(bytes, capped->size());
    append(bytes, *capped);
    result->shift = {bytes.size(), bytes.size() - (begin + section.size())};
    append(bytes, module.subspan(begin + section.size()));
  });
  return result;
}

}  // namespace wasmedge
