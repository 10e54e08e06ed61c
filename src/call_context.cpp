// SPDX-License-Identifier: Apache-2.0
// The stack of entries into WebAssembly of each thread; over no header of WasmEdge's in particular.
#include "call_context.hpp"

#include <utility>

#include "errors.hpp"
#include "logging.hpp"

namespace wasmedge {
namespace {

/// The exception that is set, with its traceback in it, and none set afterwards.
py::object take_exception() {
#if PY_VERSION_HEX >= 0x030c0000
  return py::reinterpret_steal<py::object>(PyErr_GetRaisedException());
#else
  PyObject* type = nullptr;
  PyObject* value = nullptr;
  PyObject* traceback = nullptr;
  PyErr_Fetch(&type, &value, &traceback);
  PyErr_NormalizeException(&type, &value, &traceback);
  if (traceback != nullptr) PyException_SetTraceback(value, traceback);
  Py_XDECREF(type);
  Py_XDECREF(traceback);
  return py::reinterpret_steal<py::object>(value);
#endif
}

/// Sets an exception object as it is: PyErr_SetObject would chain it to what is being handled.
void set_exception(py::object exception) {
#if PY_VERSION_HEX >= 0x030c0000
  PyErr_SetRaisedException(exception.release().ptr());
#else
  PyObject* value = exception.release().ptr();
  PyErr_Restore(Py_NewRef(reinterpret_cast<PyObject*>(Py_TYPE(value))), value, PyException_GetTraceback(value));
#endif
}

}  // namespace

CallContext::CallContext(std::shared_ptr<Executor> executor, std::optional<std::uint64_t> fuel)
    : executor_(std::move(executor)),
      lease_(*executor_, fuel),
      stoppable_(lease_.context()),
      outer_(std::exchange(thread_state.call, this)) {}

CallContext::Release::Release(CallContext& context) noexcept : context_(context) {
  context_.released_ = PyEval_SaveThread();
  if (signals_started.load(std::memory_order_relaxed)) prepare_thread();
  thread_state.in_guest.store(true, std::memory_order_relaxed);
}

CallContext::Release::~Release() {
  thread_state.in_guest.store(false, std::memory_order_relaxed);
  PyEval_RestoreThread(std::exchange(context_.released_, nullptr));
}

CallContext::Acquire::Acquire(CallContext& context) noexcept : context_(context) {
  thread_state.in_guest.store(false, std::memory_order_relaxed);
  PyEval_RestoreThread(std::exchange(context_.released_, nullptr));
}

CallContext::Acquire::~Acquire() {
  context_.released_ = PyEval_SaveThread();
  thread_state.in_guest.store(true, std::memory_order_relaxed);
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
