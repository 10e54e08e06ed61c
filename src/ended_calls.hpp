// SPDX-License-Identifier: Apache-2.0
// Calls that have ended without the GIL, until somebody who holds it makes their results Python's.
#pragma once

#include <memory>

#include "async_state.hpp"

namespace wasmedge {

class EndedCalls {
 public:
  /// Adds a call. Any thread, no GIL needed. Gives whether there are so many by now that they should not wait any longer.
  static bool add(std::unique_ptr<EndedCall> call) noexcept;

  /// Whether there are any. Any thread.
  static bool any() noexcept;

  /// Settles all, and deletes them. GIL held.
  static void settle();

  /// In the child of a fork: those that there are belong to the parent.
  static void renew() noexcept;
};

}  // namespace wasmedge
