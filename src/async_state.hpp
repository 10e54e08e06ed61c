// SPDX-License-Identifier: Apache-2.0
// What is known of a call that goes on in another thread: the C++ side of Async (aio.py).
#pragma once

#include <pthread.h>

#include <atomic>
#include <cstdint>
#include <memory>

#include "fork_gate.hpp"
#include "loop_signal.hpp"
#include "pybind.hpp"
#include "stopping.hpp"

namespace wasmedge {

/// How far a call has come. From kOver on nothing of it runs any more, but its result is still the runtime's: it becomes
/// Python's when somebody who holds the GIL looks.
enum class CallPhase : std::uint8_t { kPending, kRunning, kOver, kFinished, kCancelled };

/// A call that has ended without the GIL.
class EndedCall {
 public:
  EndedCall() = default;
  virtual ~EndedCall() = default;
  EndedCall(const EndedCall&) = delete;
  EndedCall& operator=(const EndedCall&) = delete;
  EndedCall(EndedCall&&) = delete;
  EndedCall& operator=(EndedCall&&) = delete;

  /// The Async that it belongs to.
  virtual py::handle async() const noexcept = 0;

  /// Gives its result, or throws. Runs no Python code. GIL held.
  virtual py::object take_result() = 0;

  EndedCall* next = nullptr;  // in the list of EndedCalls
};

/// Inside of an Async, which is a concurrent.futures.Future: that one's fields are here, and made when somebody asks for
/// them, as most calls are only awaited. GIL held, unless a comment says otherwise.
///
/// In the child of a fork, a call that had not ended is cancelled: its thread is the parent's.
class AsyncState {
 public:
  /// Makes an Async.
  static py::object make();

  /// The state in an Async; valid as long as that.
  static AsyncState& of(py::handle async) noexcept;

  /// Whoever is to be told of the end, because he does not look by himself.
  struct Listeners {
    bool is_python;      // he waits as one does for any future, or has left a callback
    LoopSignal* signal;  // of an event loop that waits; null for none
  };

  /// Requests to stop the call. Any thread.
  const std::shared_ptr<StopRequest>& request() const noexcept { return request_; }

  CallPhase phase() const noexcept { return is_lost() ? CallPhase::kCancelled : phase_.load(); }

  /// Takes the call up, unless it was cancelled. Any thread, no GIL needed.
  bool begin() noexcept {
    thread_ = pthread_self();
    return advance(CallPhase::kPending, CallPhase::kRunning);
  }

  /// Keeps the call from beginning, if it has not yet.
  bool cancel_pending();

  /// Notes that the call has ended; `call` has to live until its result was taken. No GIL needed.
  Listeners end(EndedCall& call) noexcept;

  /// Takes the result of a call that has ended, unless the call's own thread is about to. Runs no Python code.
  void settle(py::handle async);

  /// Takes it in any case, and tells whoever listens: for the call's own thread, when end() has found Python's listeners.
  void take(py::handle async);

  /// Sets the result of a call, or its exception when there is one, and tells whoever listens.
  void finish(py::handle async, py::object result, py::object exception);

  /// Begins the last phase, in the way that listeners of concurrent.futures need: with the condition held, if there is one.
  void enter(CallPhase phase);

  /// Takes a tuple of an event loop's signal, a function and its argument, to call that and set the signal at the end. Gives
  /// false when there is none to come.
  bool add_waker(py::handle async, const py::tuple& waker);

  /// The condition that other threads wait for, who look at the phase then.
  py::object listen(py::handle async);

  /// The phase as concurrent.futures names it.
  const char* name() const noexcept;

  /// Gives the result, or throws the exception: CancelledError is that of the module `canceller`. Of a call that is done.
  py::object outcome(const char* canceller) const;

  bool is_done() const noexcept {
    const CallPhase now = phase();
    return now == CallPhase::kFinished || now == CallPhase::kCancelled;
  }

  /// Whether the exception is that the call was cancelled while it ran.
  bool was_stopped() const noexcept { return was_stopped_; }

  /// The fields of concurrent.futures.Future that are nothing but objects; null until they are asked for, or set.
  struct Fields {
    py::object result;
    py::object exception;
    py::object waiters;
    py::object callbacks;
  };
  Fields& fields() noexcept { return fields_; }

  template <class Visitor>
  void visit(const Visitor& visitor) const {
    const Fields& f = fields_;
    for (const auto* each : {&f.result, &f.exception, &f.waiters, &f.callbacks, &condition_, &wakers_}) visitor(*each);
  }
  void clear();

 private:
  /// Whether the call, or what is left of it, is for a thread that only the parent has.
  bool is_of_parent() const noexcept { return forks_ != ForkCount::now() && !ForkCount::was_made_by(thread_); }
  /// Whether it will never end, therefore.
  bool is_lost() const noexcept { return phase_ <= CallPhase::kRunning && is_of_parent(); }
  bool advance(CallPhase from, CallPhase to) noexcept { return phase_.compare_exchange_strong(from, to); }
  void note_stop();
  void wake();

  std::shared_ptr<StopRequest> request_ = std::make_shared<StopRequest>();
  // Sequentially consistent, all four: either the call's thread finds at the end who listens, or who begins to listen finds
  // that it has ended.
  std::atomic<CallPhase> phase_ = CallPhase::kPending;
  std::atomic<bool> has_listeners_ = false;
  std::atomic<LoopSignal*> signal_ = nullptr;
  std::atomic<EndedCall*> ended_ = nullptr;
  Fields fields_;
  py::object condition_;
  py::object wakers_;
  const unsigned forks_ = ForkCount::now();
  unsigned condition_forks_ = 0;  // when the condition was made: a thread of the parent may hold it for good
  pthread_t thread_{};            // the call's, once it has begun
  bool was_stopped_ = false;
};

}  // namespace wasmedge
