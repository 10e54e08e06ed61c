// SPDX-License-Identifier: Apache-2.0
// The limits of tables and memories.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "handles.hpp"

namespace wasmedge {

/// A minimum and perhaps a maximum, in pages or elements. A plain value; the runtime's own context is made where one is
/// needed.
struct Limit {
  std::uint64_t min = 0;
  std::optional<std::uint64_t> max;
  bool shared = false;
  bool is64 = false;

  static Limit copy_of(const WasmEdge_LimitContext* context);

  /// Reads what text() writes, or throws ValueError. GIL held.
  static Limit parse(std::string_view text);

  /// Throws ValueError for what the runtime cannot express: shared without a maximum.
  std::shared_ptr<WasmEdge_LimitContext> context() const;

  /// "1", "1..5", with ", shared" and ", 64-bit" where they apply.
  std::string text() const;

  friend bool operator==(const Limit&, const Limit&) = default;
};

}  // namespace wasmedge
