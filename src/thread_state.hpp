// SPDX-License-Identifier: Apache-2.0
// What there is of each thread that runs WebAssembly.
#pragma once

#include <atomic>
#include <cstdint>

namespace wasmedge {

class CallContext;
class RunawayGuard;
class StopScope;

/// In static thread-local storage, all in one: a call reads most of it, and a signal handler may read the atomics at any
/// moment, on any thread.
struct ThreadState {
  /// Whether the thread is in a guest's code or the runtime's, and not in a host function.
  std::atomic<bool> in_guest = false;
  /// Set when compiled code was stopped: what the runtime then reports is not what happened.
  std::atomic<bool> unwound = false;
  /// Set when compiled code has used the stack up, which the runtime reports as an access out of bounds.
  std::atomic<bool> overflowed = false;
  /// Whether the runtime has logged something that nobody has taken or dropped yet.
  bool has_logged = false;
  /// How many of the thread's calls are to be stopped. The inner ones of a call that is to be stopped count as well.
  std::atomic<int> stops = 0;

  /// The innermost of each; null when there is none.
  CallContext* call = nullptr;
  RunawayGuard* runaway = nullptr;
  const StopScope* scope = nullptr;

  /// The memory of the last call's values, for the next one's; null when there is none.
  void* value_stack = nullptr;
  /// False when the thread is about to end.
  bool keeps_value_stack = true;

  /// The address below which the thread must not go any deeper; the highest there is until it has been looked for.
  std::uintptr_t lowest_stack = UINTPTR_MAX;
};

[[gnu::tls_model("initial-exec")]] inline thread_local constinit ThreadState thread_state;

}  // namespace wasmedge
