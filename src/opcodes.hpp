// SPDX-License-Identifier: Apache-2.0
// Instructions by the numbers of the binary format.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace wasmedge {

/// The runtime's own number of an instruction, by which its cost table is indexed. `opcode` is that of the binary format;
/// after a prefix it is `prefix << 8 | number`, or `prefix << 12 | number` for a number beyond 255 (relaxed SIMD). Nothing
/// when there is no such instruction.
std::optional<std::size_t> internal_opcode(std::uint64_t opcode);

/// The opcodes of all instructions, in the order of the runtime's own numbers.
const std::vector<std::uint64_t>& all_opcodes();

}  // namespace wasmedge
