// SPDX-License-Identifier: Apache-2.0
// Carries requests to stop to the calls that run; over stop tokens for interpreted code and signals for compiled code.
#include "stopping.hpp"

#include <algorithm>
#include <new>
#include <utility>

#include "errors.hpp"
#include "main_thread.hpp"
#include "pybind.hpp"
#include "signals.hpp"
#include "stop_token.hpp"
#include "text.hpp"
#include "watcher.hpp"

namespace wasmedge {
namespace {

/// Held by whoever forgets the calls of a request; that one's mutex is taken under it, without waiting.
GlobalMutex forgetting;

[[noreturn]] void throw_stopped(StopReason reason, const std::string& subject) {
  drop_log_records();  // of the stop only
  if (reason == StopReason::kTimeout) {
    PyErr_SetObject(PyExc_TimeoutError, to_str(subject + " did not end in the time that it had").ptr());
    throw py::error_already_set();
  }
  raise(RuntimeFailure(WasmEdge_ErrCode_Interrupted, subject + " was cancelled"));
}

[[noreturn]] void throw_interrupted() {
  // Python's own handler, or the user's, runs here; it may have raised for another call already, and then says nothing.
  if (PyErr_CheckSignals() == 0) PyErr_SetNone(PyExc_KeyboardInterrupt);
  throw py::error_already_set();
}

}  // namespace

void RunningCall::stop() noexcept {
  ++stops;
  ++state->stops;
  set_stop_token(executor);
}

void RunningCall::end() noexcept {
  if (stops == 0) return;
  state->stops -= std::exchange(stops, 0);
  clear_stop_token(executor);
}

std::unique_lock<std::mutex> StopRequest::lock() {
  if (forks_.load(std::memory_order_acquire) != ForkCount::now()) forget_others();
  return std::unique_lock(mutex_);
}

void StopRequest::forget_others() {
  const std::lock_guard guard(forgetting);
  const unsigned forks = ForkCount::now() - forks_;
  if (forks == 0) return;
  if (mutex_.try_lock()) {
    // After several forks an old thread and a new one may have the same name.
    std::erase_if(running_, [&](const auto* each) { return forks > 1 || !ForkCount::was_made_by(each->thread); });
    mutex_.unlock();
  } else {
    // A thread was at it, and is not there to finish: what it has left is left alone.
    new (&mutex_) std::mutex;
    new (&running_) Calls;
  }
  forks_.store(ForkCount::now(), std::memory_order_release);
}

void StopRequest::make(StopReason reason) {
  const auto guard = lock();
  if (reason_ != StopReason::kNone) return;
  reason_ = reason;
  for (RunningCall* call : running_) call->stop();
}

bool StopRequest::attach(RunningCall& call) {
  const auto guard = lock();
  running_.push_back(&call);
  if (reason_ == StopReason::kNone) return false;
  call.stop();
  return true;
}

void StopRequest::detach(RunningCall& call) noexcept {
  const auto guard = lock();
  std::erase(running_, &call);
}

bool StopRequest::pursue() noexcept {
  const auto guard = lock();
  if (running_.empty()) return false;
  send_stop_signal(running_.back()->thread);
  return true;
}

void make_request(const std::shared_ptr<StopRequest>& request, StopReason reason) {
  request->make(reason);
  Watcher::pursue(request);
}

StopScope::StopScope(std::shared_ptr<StopRequest> request) noexcept
    : request_(std::move(request)), outer_(std::exchange(thread_state.scope, this)) {}

StopScope::~StopScope() { thread_state.scope = outer_; }

Stoppable::Stoppable(WasmEdge_ExecutorContext* executor) : scope_(thread_state.scope) {
  call_.executor = executor;
  for (const StopScope* scope = scope_; scope != nullptr; scope = scope->outer()) {
    if (scope->request()->attach(call_)) Watcher::pursue(scope->request());
  }
  MainThread::enter(call_);
}

Stoppable::~Stoppable() {
  MainThread::leave(call_);
  for (const StopScope* scope = scope_; scope != nullptr; scope = scope->outer()) scope->request()->detach(call_);
  call_.end();
}

void Stoppable::check(const std::string& subject) const {
  // The outermost first: what stops a call stops those within it.
  StopReason reason = StopReason::kNone;
  for (const StopScope* scope = scope_; scope != nullptr; scope = scope->outer()) {
    if (scope->request()->reason() != StopReason::kNone) reason = scope->request()->reason();
  }
  if (reason != StopReason::kNone) throw_stopped(reason, subject);
  if (call_.interrupted) throw_interrupted();
}

}  // namespace wasmedge
