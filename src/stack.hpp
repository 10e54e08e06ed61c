// SPDX-License-Identifier: Apache-2.0
// How much of the calling thread's stack is left.
#pragma once

#include <cstdint>

#include "thread_state.hpp"

namespace wasmedge {

/// Looks for the end of the calling thread's stack, once, and throws when `here` is too near to it.
void check_stack(std::uintptr_t here);

/// Throws RecursionError when what is left of this thread's C stack is too little for another entry into WebAssembly.
/// Guests and host functions that call each other use it up long before Python's own recursion limit. GIL held.
inline void require_stack() {
  const char local = 0;
  const auto here = reinterpret_cast<std::uintptr_t>(&local);
  if (here <= thread_state.lowest_stack) [[unlikely]] {
    check_stack(here);
  }
}

}  // namespace wasmedge
