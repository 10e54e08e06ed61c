// SPDX-License-Identifier: Apache-2.0
// A look at a module's bytes before the runtime gets them.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace wasmedge {

/// What has to be known of a module before it is instantiated, and the runtime does not tell.
struct ModuleLimits {
  std::uint64_t table_elements = 0;  // the sum of the initial sizes of the tables that the module defines
  bool has_only_function_types = true;
  bool stores_externrefs = true;  // whether it has, or imports, something to keep an externref in
};

/// The most local variables of one function, as in the JavaScript API's implementation limits. The interpreter pushes them
/// all at each call.
constexpr std::uint64_t kMaxLocals = 50'000;

/// Throws RuntimeFailure, saying what the bytes are, when they are empty or something else than a core module. No GIL.
void check_format(std::span<const std::uint8_t> bytes, const std::string& label);

/// Reads the limits, and throws RuntimeFailure for a function with too many locals. Malformed bytes end the reading: the
/// loader will say what is wrong with them. No GIL.
ModuleLimits read_limits(std::span<const std::uint8_t> bytes, const std::string& label);

}  // namespace wasmedge
