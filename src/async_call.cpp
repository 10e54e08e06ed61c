// SPDX-License-Identifier: Apache-2.0
// Makes calls of threads of the pool: of numbers without the GIL from begin to end, of anything else as Python does.
#include "async_call.hpp"

#include <exception>
#include <utility>

#include "async_state.hpp"
#include "call_context.hpp"
#include "ended_calls.hpp"
#include "exception.hpp"
#include "function.hpp"
#include "gil.hpp"
#include "invoke.hpp"
#include "logging.hpp"
#include "method.hpp"
#include "pool.hpp"
#include "register.hpp"
#include "runaway.hpp"

namespace wasmedge {
namespace {

/// The context variables of whoever began a call, in a scope that holds the GIL.
class Variables {
 public:
  explicit Variables(const py::object& context) : context_(context.ptr()) {
    if (PyContext_Enter(context_) != 0) throw py::error_already_set();
  }
  ~Variables() {
    if (PyContext_Exit(context_) != 0) PyErr_WriteUnraisable(context_);
  }
  Variables(const Variables&) = delete;
  Variables& operator=(const Variables&) = delete;
  Variables(Variables&&) = delete;
  Variables& operator=(Variables&&) = delete;

 private:
  PyObject* context_;
};

/// What all calls in other threads have.
class AsyncCall : public Task {
 public:
  explicit AsyncCall(py::object async) : async_(std::move(async)), variables_(steal(PyContext_CopyCurrent())) {}

  const std::shared_ptr<StopRequest>& request() const noexcept final { return state().request(); }
  void discard() final { call_method(async_, "cancel", nullptr); }

 protected:
  AsyncState& state() const noexcept { return AsyncState::of(async_); }
  const py::object& object() const noexcept { return async_; }
  const py::object& variables() const noexcept { return variables_; }

  /// Runs what gives an object, and finishes the call with that, or with what was thrown. GIL held.
  template <class Work>
  void finish_with(Work&& work) {
    if (auto result = py::reinterpret_steal<py::object>(in_slot(work))) {
      state().finish(async_, std::move(result), py::object());
    } else {
      state().finish(async_, py::object(), take_exception());
    }
  }

 private:
  py::object async_;
  py::object variables_;
};

/// A call that needs the GIL for some of what it does.
class PythonCall : public AsyncCall {
 public:
  using AsyncCall::AsyncCall;

  void run(PyThreadState* thread) noexcept final {
    const WorkerGil gil(thread);
    const std::unique_ptr<Task> own(this);
    if (!state().begin()) return;
    finish_with([&] {
      const Variables scope(variables());
      const StopScope stop(request());
      return work();
    });
  }

 private:
  virtual py::object work() = 0;
};

/// A call of anything.
class CallableCall final : public PythonCall {
 public:
  CallableCall(py::object async, py::object callable, py::tuple args, py::dict options)
      : PythonCall(std::move(async)),
        callable_(std::move(callable)),
        args_(std::move(args)),
        options_(std::move(options)) {}

 private:
  py::object work() override { return steal(PyObject_Call(callable_.ptr(), args_.ptr(), options_.ptr())); }

  py::object callable_;
  py::tuple args_;
  py::dict options_;
};

/// A call of a function that takes or gives references, or has fuel.
class FunctionCall final : public PythonCall {
 public:
  FunctionCall(py::object async, std::shared_ptr<Executor> executor, py::object function, PyObject* const* args,
               std::size_t count, const CallOptions& options)
      : PythonCall(std::move(async)),
        executor_(std::move(executor)),
        function_(std::move(function)),
        args_(count),
        options_(options) {
    for (std::size_t i = 0; i < count; ++i) args_[i] = py::handle(args[i]);
  }

 private:
  py::object work() override {
    return py::reinterpret_steal<py::object>(
        invoke(executor_, callee_of(function_), PySequence_Fast_ITEMS(args_.ptr()), args_.size(), options_));
  }

  std::shared_ptr<Executor> executor_;
  py::object function_;
  py::tuple args_;
  CallOptions options_;
};

/// A call that needs it only for what a host function does, and for what goes wrong.
// NOLINTNEXTLINE(misc-multiple-inheritance): it is one thing to the pool, and another to who takes its result.
class NativeCall final : public AsyncCall, public EndedCall {
 public:
  NativeCall(py::object async, const std::shared_ptr<Executor>& executor, const py::object& function,
             PyObject* const* args, std::size_t count, const CallOptions& options)
      : AsyncCall(std::move(async)),
        call_(executor, function, callee_of(function), args, count),
        timeout_(options.timeout) {}

  void run(PyThreadState* thread) noexcept override {
    AsyncState::Listeners listeners{};
    if (state().begin() && !carry_out(thread)) listeners = state().end(*this);
    if (listeners.is_python) {
      const WorkerGil gil(thread);
      const std::unique_ptr<Task> own(this);
      state().take(object());
      return EndedCalls::settle();
    }
    // From here on it belongs to whoever settles what has ended.
    if (EndedCalls::add(std::unique_ptr<EndedCall>(this))) {
      const WorkerGil gil(thread);
      EndedCalls::settle();
    }
    if (listeners.signal != nullptr) listeners.signal->set();
  }

  py::handle async() const noexcept override { return object(); }
  py::object take_result() override { return call_.to_result(result_); }

 private:
  /// Gives whether the call is finished, and not only over.
  bool carry_out(PyThreadState* thread) noexcept {
    std::exception_ptr failure;
    try {
      return try_to_carry_out(thread);
    } catch (const std::exception&) {  // there is no memory, or no thread that watches the time
      failure = std::current_exception();
    }
    const WorkerGil gil(thread);
    finish_with([&]() -> py::object { std::rethrow_exception(failure); });
    return true;
  }

  bool try_to_carry_out(PyThreadState* thread) {
    const StopScope stop(request());
    const TimeLimit limit(timeout_);
    CallContext context(call_.executor(), CallContext::Detached{thread, variables().ptr()});
    drop_log_records();
    const RunawayGuard guard(context.context());
    result_ = call_.run(context);
    if (WasmEdge_ResultOK(result_) && !has_log_records() && !context.has_entered_variables()) return false;
    const WorkerGil gil(thread);
    context.leave_variables();
    finish_with([&] {
      call_.check(result_, context, guard);
      return call_.to_result(result_);
    });
    return true;
  }

  PreparedCall call_;
  std::optional<std::chrono::nanoseconds> timeout_;
  WasmEdge_Result result_{};
};

}  // namespace

py::object start_async(const py::object& callable, const py::tuple& args, const py::dict& options) {
  py::object async = AsyncState::make();
  Pool::submit(std::make_unique<CallableCall>(async, callable, args, options));
  return async;
}

py::object start_async(const std::shared_ptr<Executor>& executor, const py::object& function, PyObject* const* args,
                       std::size_t count, const CallOptions& options) {
  py::object async = AsyncState::make();
  if (!PreparedCall::fits(callee_of(function), options)) {
    Pool::submit(std::make_unique<FunctionCall>(async, executor, function, args, count, options));
    return async;
  }
  std::unique_ptr<NativeCall> call;
  const auto prepared = py::reinterpret_steal<py::object>(in_slot([&] {
    call = std::make_unique<NativeCall>(async, executor, function, args, count, options);
    return py::none();
  }));
  if (prepared) {
    Pool::submit(std::move(call));
  } else {
    AsyncState::of(async).finish(async, py::object(), take_exception());
  }
  return async;
}

void register_async_call(py::module_& m) {
  m.def("_start_async", py::overload_cast<const py::object&, const py::tuple&, const py::dict&>(&start_async),
        py::arg("callable"), py::arg("args"), py::arg("options"), "Begin a call of anything in another thread.");
}

}  // namespace wasmedge
