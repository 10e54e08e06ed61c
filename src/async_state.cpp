// SPDX-License-Identifier: Apache-2.0
// How a call in another thread ends, and who is told of it; over no header of WasmEdge's in particular.
#include "async_state.hpp"

#include <utility>

#include "errors.hpp"
#include "exception.hpp"
#include "gil.hpp"

namespace wasmedge {

bool AsyncState::cancel_pending() {
  if (is_lost() || !advance(CallPhase::kPending, CallPhase::kCancelled)) return false;
  wake();
  return true;
}

AsyncState::Listeners AsyncState::end(EndedCall& call) noexcept {
  ended_ = &call;
  phase_ = CallPhase::kOver;
  return {.is_python = has_listeners_, .signal = signal_};
}

void AsyncState::settle(py::handle async) {
  if (phase_ != CallPhase::kOver) return;
  if (!has_listeners_ || is_of_parent()) take(async);
}

void AsyncState::take(py::handle async) {
  EndedCall* call = ended_.exchange(nullptr);
  if (call == nullptr) {  // another thread is at it
    if (is_of_parent()) phase_ = CallPhase::kFinished;
    return;
  }
  try {
    finish(async, call->take_result(), py::object());
    return;
  } catch (...) {
    set_python_error();
  }
  finish(async, py::object(), take_exception());
}

void AsyncState::finish(py::handle async, py::object result, py::object exception) {
  fields_.result = std::move(result);
  fields_.exception = std::move(exception);
  if (fields_.exception) note_stop();
  {
    const py::scoped_critical_section section(async);
    if (!condition_) return enter(CallPhase::kFinished);
  }
  try {
    call_method(async, "_publish", nullptr);
  } catch (...) {
    set_python_error();
    PyErr_WriteUnraisable(async.ptr());
  }
}

void AsyncState::note_stop() {
  if (request_->reason() == StopReason::kNone) return;
  const py::object interrupted = import_module("wasmedge.errors").attr("Interrupted");
  if (PyErr_GivenExceptionMatches(fields_.exception.ptr(), interrupted.ptr()) == 0) return;
  was_stopped_ = true;
  fields_.exception = call_in("concurrent.futures", "CancelledError");
}

void AsyncState::enter(CallPhase phase) {
  phase_ = phase;
  if (is_done()) wake();
}

void AsyncState::wake() {
  const py::object taken = std::exchange(wakers_, py::object());
  if (!taken) return;
  // Functions of C only: in Python's own a signal handler might run, whose exception would be lost here.
  for (const py::handle each : py::reinterpret_borrow<py::list>(taken)) {
    const auto waker = py::reinterpret_borrow<py::tuple>(each);
    if (PyObject* none = PyObject_CallOneArg(waker[1].ptr(), waker[2].ptr()); none != nullptr) {
      Py_DECREF(none);
    } else {
      PyErr_WriteUnraisable(waker[1].ptr());
    }
    loop_signal_of(waker[0])->set();
  }
}

bool AsyncState::add_waker(py::handle async, const py::tuple& waker) {
  settle(async);
  if (is_done()) return false;
  if (!wakers_) wakers_ = py::list();
  py::reinterpret_borrow<py::list>(wakers_).append(waker);
  signal_ = loop_signal_of(waker[0]);
  settle(async);
  return true;
}

py::object AsyncState::listen(py::handle async) {
  // Only the first time, and before there is anything to wait for: later the call's thread tells. It could be Python's main
  // thread here, where a signal handler may raise at any moment.
  if (!has_listeners_.exchange(true) && phase_ == CallPhase::kOver) take(async);
  if (!condition_ || condition_forks_ != ForkCount::now()) {
    const py::object made = call_in("threading", "Condition");
    const py::scoped_critical_section section(async);
    if (!condition_ || condition_forks_ != ForkCount::now()) condition_ = made;  // not when another thread was faster
    condition_forks_ = ForkCount::now();
  }
  return condition_;
}

const char* AsyncState::name() const noexcept {
  switch (phase()) {
    case CallPhase::kPending:
      return "PENDING";
    case CallPhase::kRunning:
    case CallPhase::kOver:
      return "RUNNING";
    case CallPhase::kFinished:
      return "FINISHED";
    case CallPhase::kCancelled:
      break;
  }
  return "CANCELLED_AND_NOTIFIED";
}

py::object AsyncState::outcome(const char* canceller) const {
  if (was_stopped_ || phase() == CallPhase::kCancelled) {
    set_exception(call_in(canceller, "CancelledError"));
    throw py::error_already_set();
  }
  if (fields_.exception && !fields_.exception.is_none()) {
    set_exception(fields_.exception);
    throw py::error_already_set();
  }
  return fields_.result ? fields_.result : py::none();
}

void AsyncState::clear() {
  // What is dropped may run Python code that comes back here.
  const Fields fields = std::exchange(fields_, {});
  const py::object condition = std::exchange(condition_, {});
  const py::object wakers = std::exchange(wakers_, {});
}

}  // namespace wasmedge
