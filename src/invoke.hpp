// SPDX-License-Identifier: Apache-2.0
// One call into WebAssembly, from Python arguments to a Python result.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "call_options.hpp"
#include "executor.hpp"
#include "pybind.hpp"
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

}  // namespace wasmedge
