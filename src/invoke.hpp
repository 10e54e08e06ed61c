// SPDX-License-Identifier: Apache-2.0
// One call into WebAssembly, from Python arguments to a Python result.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "call_context.hpp"
#include "call_options.hpp"
#include "executor.hpp"
#include "inline_buffer.hpp"
#include "pybind.hpp"
#include "runaway.hpp"
#include "types.hpp"

namespace wasmedge {

/// What is called. Borrowed: whoever calls keeps the function object alive until the call has ended.
struct Callee {
  std::string_view name;
  const WasmEdge_FunctionInstanceContext* context;
  const FunctionType& type;
  const py::object& anchor;
};

/// Converts the arguments, runs the function without the GIL, and converts the results: None, a value, or a tuple. None as
/// well when the guest ended itself by proc_exit, or a host function by Terminate. Gives a new reference, or throws: what a
/// host function has raised comes before what the runtime reports. GIL held.
PyObject* invoke(const std::shared_ptr<Executor>& executor, const Callee& callee, PyObject* const* args,
                 std::size_t count, const CallOptions& options = {});

/// A call that is made in parts, so that the middle one needs no GIL at all.
class PreparedCall {
 public:
  /// Whether a call can be prepared: of numbers only, and without fuel.
  static bool fits(const Callee& callee, const CallOptions& options) noexcept;

  /// Converts the arguments, or throws what invoke() would. The function object keeps the callee alive. GIL held.
  PreparedCall(std::shared_ptr<Executor> executor, py::object function, const Callee& callee, PyObject* const* args,
               std::size_t count);

  const std::shared_ptr<Executor>& executor() const noexcept { return executor_; }

  /// Runs the function in a context of a thread that does not hold the GIL.
  WasmEdge_Result run(CallContext& call);

  /// Gives the result of a call that ran well. GIL held.
  py::object to_result(WasmEdge_Result result);

  /// Throws what became of a call that did not, or that a host function raised. GIL held, on the thread that ran it.
  void check(WasmEdge_Result result, CallContext& call, const RunawayGuard& guard) const;

 private:
  std::shared_ptr<Executor> executor_;
  py::object function_;
  const WasmEdge_FunctionInstanceContext* context_;
  InlineBuffer<WasmEdge_Value> values_;
  InlineBuffer<WasmEdge_Value> returns_;
};

}  // namespace wasmedge
