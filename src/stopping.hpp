// SPDX-License-Identifier: Apache-2.0
// Requests to stop calls, by whoever and on whatever thread.
#pragma once

#include <pthread.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <wasmedge/wasmedge.h>

#include "fork_gate.hpp"
#include "thread_state.hpp"

namespace wasmedge {

enum class StopReason { kNone, kTimeout, kCancelled };

/// One entry into WebAssembly that other threads may stop. It belongs to its thread; another may touch it only as long as
/// it holds what keeps it from ending: the mutex of a request that it is attached to, or the claim of main_thread.hpp.
struct RunningCall {
  WasmEdge_ExecutorContext* executor = nullptr;
  RunningCall* outer = nullptr;
  pthread_t thread = pthread_self();
  ThreadState* state = &thread_state;
  int stops = 0;
  bool interrupted = false;  // by a signal on the main thread

  /// Makes the call stop: sets the token for interpreted code, and what the handler of compiled code looks at.
  void stop() noexcept;

  /// Takes back what stop() has set and the call has not used. On its own thread, when nobody else can reach it.
  void end() noexcept;
};

class StopRequest;

/// Makes a request, and sees to it that compiled code under it stops too. Any thread, with or without the GIL.
void make_request(const std::shared_ptr<StopRequest>& request, StopReason reason);

/// A wish that whatever runs under it shall stop. It may be made before, while and after something runs; what ends before it
/// notices has ended well. In the child of a fork only calls of the thread that made it run under it any more.
class StopRequest {
 public:
  /// Stops what is interpreted. The first reason counts. Any thread, with or without the GIL.
  void make(StopReason reason);

  StopReason reason() const noexcept { return reason_; }

  /// A call has begun under this request, or has ended. Gives whether the request was made already.
  bool attach(RunningCall& call);
  void detach(RunningCall& call) noexcept;

  /// Sends the innermost running call the signal that stops compiled code; false when nothing runs any more.
  bool pursue() noexcept;

  /// Forgets the calls of threads that this process does not have, once after each fork.
  void forget_others();

 private:
  using Calls = std::vector<RunningCall*>;

  std::unique_lock<std::mutex> lock();

  std::mutex mutex_;  // guards running_; taken without the GIL or with it, and nothing waits for the GIL under it
  Calls running_;
  std::atomic<unsigned> forks_ = ForkCount::now();
  std::atomic<StopReason> reason_ = StopReason::kNone;
};

/// Lets the calls that this thread begins within the scope be stopped by a request.
class StopScope {
 public:
  explicit StopScope(std::shared_ptr<StopRequest> request) noexcept;
  ~StopScope();
  StopScope(const StopScope&) = delete;
  StopScope& operator=(const StopScope&) = delete;
  StopScope(StopScope&&) = delete;
  StopScope& operator=(StopScope&&) = delete;

  /// The scopes of this thread, from the innermost on; null when there are none.
  static const StopScope* innermost() noexcept { return thread_state.scope; }
  const StopScope* outer() const noexcept { return outer_; }

  const std::shared_ptr<StopRequest>& request() const noexcept { return request_; }

 private:
  std::shared_ptr<StopRequest> request_;
  const StopScope* outer_;
};

/// Registers an entry into WebAssembly with all scopes of the thread, until the end of this.
class Stoppable {
 public:
  explicit Stoppable(WasmEdge_ExecutorContext* executor);
  ~Stoppable();
  Stoppable(const Stoppable&) = delete;
  Stoppable& operator=(const Stoppable&) = delete;
  Stoppable(Stoppable&&) = delete;
  Stoppable& operator=(Stoppable&&) = delete;

  /// Throws the Python exception for what has stopped the call: TimeoutError, Interrupted, or KeyboardInterrupt. Does
  /// nothing when nothing has. GIL held.
  void check(const std::string& subject) const;

 private:
  RunningCall call_;
  const StopScope* scope_;  // as it was when the call began
};

}  // namespace wasmedge
