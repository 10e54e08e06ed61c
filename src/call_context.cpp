// SPDX-License-Identifier: Apache-2.0
// The stack of entries into WebAssembly of each thread; over no header of WasmEdge's in particular.
#include "call_context.hpp"

#include <utility>

#include "errors.hpp"
#include "exception.hpp"
#include "logging.hpp"

namespace wasmedge {

CallContext::CallContext(const std::shared_ptr<Executor>& executor, std::optional<std::uint64_t> fuel)
    : executor_(executor),
      lease_(*executor_, fuel),
      stoppable_(lease_.context()),
      outer_(std::exchange(thread_state.call, this)) {}

CallContext::CallContext(const std::shared_ptr<Executor>& executor, Detached detached)
    : executor_(executor),
      lease_(*executor_),
      stoppable_(lease_.context()),
      outer_(std::exchange(thread_state.call, this)),
      is_detached_(true),
      released_(detached.state),
      variables_(detached.variables) {}

CallContext::Release::Release(CallContext& context) noexcept : context_(context) {
  if (!context_.is_detached_) context_.released_ = PyEval_SaveThread();
  if (signals_started.load(std::memory_order_relaxed)) prepare_thread();
  thread_state.in_guest.store(true, std::memory_order_relaxed);
}

CallContext::Release::~Release() {
  thread_state.in_guest.store(false, std::memory_order_relaxed);
  if (!context_.is_detached_) PyEval_RestoreThread(std::exchange(context_.released_, nullptr));
}

CallContext::Acquire::Acquire(CallContext& context) noexcept : context_(context) {
  thread_state.in_guest.store(false, std::memory_order_relaxed);
  PyEval_RestoreThread(std::exchange(context_.released_, nullptr));
  if (context_.variables_ != nullptr) [[unlikely]] {
    context_.enter_variables();
  }
}

CallContext::Acquire::~Acquire() {
  context_.released_ = PyEval_SaveThread();
  thread_state.in_guest.store(true, std::memory_order_relaxed);
}

void CallContext::enter_variables() noexcept {
  PyObject* variables = std::exchange(variables_, nullptr);
  if (PyContext_Enter(variables) == 0) {
    entered_ = variables;
  } else {
    PyErr_WriteUnraisable(variables);
  }
}

void CallContext::leave_variables() noexcept {
  if (PyObject* entered = std::exchange(entered_, nullptr); entered != nullptr && PyContext_Exit(entered) != 0) {
    PyErr_WriteUnraisable(entered);
  }
}

void CallContext::keep_exception() {
  py::object exception = take_exception();
  if (!exception_) exception_ = std::move(exception);
}

void CallContext::check_stopped(WasmEdge_Result result, const std::string& subject) const {
  const bool unwound = thread_state.unwound.exchange(false);
  if (thread_state.overflowed.exchange(false)) raise_stack_exhausted(subject);
  if (unwound || WasmEdge_ResultGetCode(result) == WasmEdge_ErrCode_Interrupted) stoppable_.check(subject);
}

void CallContext::rethrow() {
  if (!exception_) return;
  // What the runtime logged about it says only that a host function failed.
  drop_log_records();
  set_exception(std::move(exception_));
  throw py::error_already_set();
}

}  // namespace wasmedge
