// SPDX-License-Identifier: Apache-2.0
// Guests that call themselves without end.
#pragma once

#include <string>
#include <utility>

#include <wasmedge/wasmedge.h>

#include "stop_token.hpp"
#include "thread_state.hpp"

namespace wasmedge {

/// Watches one call for interpreted recursion without end.
///
/// The runtime's interpreter has no limit of depth: its stacks are vectors that double until the kernel ends the process.
/// So this extension brings an `operator new` of its own, which the runtime binds to (it is loaded as the extension's
/// dependency). When a thread inside of a watched call asks for a block as large as only a runaway stack is, it sets the
/// executor's stop token; the interpreter looks at it at the next call and comes back. Nothing is thrown: the runtime grows
/// its frame stack in a noexcept function.
///
/// The limit is about 4 million nested calls, or 16 million values on the stack; what it takes is about 1 GiB.
class RunawayGuard {
 public:
  explicit RunawayGuard(WasmEdge_ExecutorContext* executor) noexcept
      : executor_(executor), outer_(std::exchange(thread_state.runaway, this)) {}
  ~RunawayGuard() {
    thread_state.runaway = outer_;
    if (stopped_) [[unlikely]] {
      clear_stop_token(executor_);
    }
  }
  RunawayGuard(const RunawayGuard&) = delete;
  RunawayGuard& operator=(const RunawayGuard&) = delete;
  RunawayGuard(RunawayGuard&&) = delete;
  RunawayGuard& operator=(RunawayGuard&&) = delete;

  /// Throws StackExhausted when the result says that the call was stopped. `subject` is the call. GIL held.
  void check(WasmEdge_Result result, const std::string& subject) const;

  /// Whether this call was stopped.
  bool stopped() const noexcept { return stopped_; }

  /// Called by operator new on every thread: for large blocks only.
  static void on_large_block() noexcept;

 private:
  WasmEdge_ExecutorContext* executor_;
  RunawayGuard* outer_;
  bool stopped_ = false;
};

}  // namespace wasmedge
