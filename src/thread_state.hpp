// SPDX-License-Identifier: Apache-2.0
// What signal handlers and other threads need to know of a thread that runs WebAssembly.
#pragma once

#include <atomic>

namespace wasmedge {

/// Of plain atomics, in static thread-local storage: a signal handler may read it at any moment, on any thread.
struct ThreadState {
  /// Whether the thread is in a guest's code or the runtime's, and not in a host function.
  std::atomic<bool> in_guest = false;
  /// How many of the thread's calls are to be stopped. The inner ones of a call that is to be stopped count as well.
  std::atomic<int> stops = 0;
  /// Set when compiled code was stopped: what the runtime then reports is not what happened.
  std::atomic<bool> unwound = false;
  /// Set when compiled code has used the stack up, which the runtime reports as an access out of bounds.
  std::atomic<bool> overflowed = false;
};

[[gnu::tls_model("initial-exec")]] inline thread_local constinit ThreadState thread_state;

}  // namespace wasmedge
