// SPDX-License-Identifier: Apache-2.0
// The call path over WasmEdge_ExecutorInvoke (wasmedge/wasmedge_execution.h).
#include "invoke.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "anchor.hpp"
#include "errors.hpp"
#include "function.hpp"
#include "logging.hpp"
#include "stack.hpp"

namespace wasmedge {
namespace {

using ValueBuffer = InlineBuffer<WasmEdge_Value>;

[[noreturn]] void throw_wrong_count(const Callee& callee, std::size_t given) {
  const std::size_t wanted = callee.type.params().size();
  throw_type_error(std::string(callee.name) + "() takes " + std::to_string(wanted) +
                   (wanted == 1 ? " argument " : " arguments ") + callee.type.params_text() + ", but " +
                   std::to_string(given) + (given == 1 ? " was given" : " were given"));
}

void convert(ValueBuffer& values, const Callee& callee, PyObject* const* args) {
  const auto& params = callee.type.params();
  for (std::size_t i = 0; i < params.size(); ++i) {
    values[i] = to_wasm(args[i], params[i].kind, params[i].type, {callee.name, "() argument", i + 1}, callee.anchor);
  }
}

PyObject* to_result(const Callee& callee, WasmEdge_Result result, ValueBuffer& returns) {
  if (WasmEdge_ResultGetCode(result) == WasmEdge_ErrCode_Terminated) return Py_NewRef(Py_None);
  const auto& results = callee.type.results();
  if (results.empty()) return Py_NewRef(Py_None);
  if (results.size() == 1) return to_python(returns[0], results[0].kind, results[0].type, callee.anchor);
  py::tuple values(results.size());
  for (std::size_t i = 0; i < results.size(); ++i) {
    PyTuple_SET_ITEM(values.ptr(), static_cast<py::ssize_t>(i),
                     to_python(returns[i], results[i].kind, results[i].type, callee.anchor));
  }
  return values.release().ptr();
}

/// A reference of a type that only the runtime can tell from another: no trap, but an argument of the wrong type.
void check_signature(WasmEdge_Result result, const Callee& callee) {
  if (WasmEdge_ResultGetCode(result) != WasmEdge_ErrCode_FuncSigMismatch) return;
  throw_type_error(std::string(callee.name) + "(): an argument is not of the type in " + callee.type.text());
}

/// What the message says is made here, and not for each call.
void throw_failure(WasmEdge_Result result, const CallContext& call, const RunawayGuard& guard, const Callee& callee) {
  const std::string subject = std::string(callee.name) + "()";
  call.check_stopped(result, subject);
  guard.check(result, subject);
  check_signature(result, callee);
  check(result, subject, anchor_of(callee.anchor).shift);
}

/// Runs the function without the GIL.
WasmEdge_Result run(CallContext& call, const WasmEdge_FunctionInstanceContext* function, const ValueBuffer& values,
                    ValueBuffer& returns) {
  return call.run([&] {
    return WasmEdge_ExecutorInvoke(call.context(), function, values.data(), static_cast<std::uint32_t>(values.size()),
                                   returns.data(), static_cast<std::uint32_t>(returns.size()));
  });
}

/// Throws what a host function has raised, or what the runtime reports.
void check_call(WasmEdge_Result result, CallContext& call, const RunawayGuard& guard, const Callee& callee) {
  call.rethrow();
  if (!WasmEdge_ResultOK(result)) [[unlikely]] {
    throw_failure(result, call, guard, callee);
  }
  flush_log_records();
}

/// Compiled code that does not measure its cost would run on without end, whatever the fuel.
void require_metered(const Callee& callee) {
  if (!anchor_of(callee.anchor).metering.has_unmetered) return;
  throw_value_error(std::string(callee.name) +
                    "() runs compiled code that does not measure its cost, so that no fuel limits it: instantiate with "
                    "Configure(measure_cost=True), or in the interpreter");
}

}  // namespace

PyObject* invoke(const std::shared_ptr<Executor>& executor, const Callee& callee, PyObject* const* args,
                 std::size_t count, const CallOptions& options) {
  if (count != callee.type.params().size()) throw_wrong_count(callee, count);
  require_stack();
  if (options.fuel) require_metered(callee);
  const TimeLimit limit(options.timeout);
  const py::object keeper = callee.anchor;  // of the executor: what is called may change hands meanwhile
  CallContext call(executor, options.fuel);
  ValueBuffer values(count);
  convert(values, callee, args);
  ValueBuffer returns(callee.type.results().size());
  drop_log_records();
  const RunawayGuard guard(call.context());
  const WasmEdge_Result result = run(call, callee.context, values, returns);
  check_call(result, call, guard, callee);
  return to_result(callee, result, returns);
}

bool PreparedCall::fits(const Callee& callee, const CallOptions& options) noexcept {
  const auto is_number = [](const auto& slot) { return slot.kind <= ValueKind::kV128; };
  return !options.fuel && std::ranges::all_of(callee.type.params(), is_number) &&
         std::ranges::all_of(callee.type.results(), is_number);
}

PreparedCall::PreparedCall(std::shared_ptr<Executor> executor, py::object function, const Callee& callee,
                           PyObject* const* args, std::size_t count)
    : executor_(std::move(executor)),
      function_(std::move(function)),
      context_(callee.context),
      values_(count),
      returns_(callee.type.results().size()) {
  if (count != callee.type.params().size()) throw_wrong_count(callee, count);
  convert(values_, callee, args);
}

WasmEdge_Result PreparedCall::run(CallContext& call) { return wasmedge::run(call, context_, values_, returns_); }

py::object PreparedCall::to_result(WasmEdge_Result result) {
  return py::reinterpret_steal<py::object>(wasmedge::to_result(callee_of(function_), result, returns_));
}

void PreparedCall::check(WasmEdge_Result result, CallContext& call, const RunawayGuard& guard) const {
  check_call(result, call, guard, callee_of(function_));
}

}  // namespace wasmedge
