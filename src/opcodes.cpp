// SPDX-License-Identifier: Apache-2.0
// The runtime's list of instructions (wasmedge/enum.inc), whose order gives its own numbers.
#include "opcodes.hpp"

#include <unordered_map>

namespace wasmedge {
namespace {

constexpr std::uint64_t with_prefix(std::uint64_t prefix, std::uint64_t number) {
  return prefix << (number > 0xff ? 12 : 8) | number;
}

}  // namespace

const std::vector<std::uint64_t>& all_opcodes() {
  static const std::vector<std::uint64_t> opcodes{
#define UseOpCode
#define Line(NAME, TEXT, CODE) CODE,
#define Line_FB(NAME, TEXT, PREFIX, CODE) with_prefix(PREFIX, CODE),
#define Line_FC Line_FB
#define Line_FD Line_FB
#define Line_FE Line_FB
#include <wasmedge/enum.inc>
#undef Line
#undef Line_FB
#undef Line_FC
#undef Line_FD
#undef Line_FE
#undef UseOpCode
  };
  return opcodes;
}

std::optional<std::size_t> internal_opcode(std::uint64_t opcode) {
  static const std::unordered_map<std::uint64_t, std::size_t> positions = [] {
    std::unordered_map<std::uint64_t, std::size_t> result;
    for (std::size_t i = 0; i < all_opcodes().size(); ++i) result.try_emplace(all_opcodes()[i], i);
    return result;
  }();
  const auto found = positions.find(opcode);
  return found == positions.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace wasmedge
