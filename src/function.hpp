// SPDX-License-Identifier: Apache-2.0
// A function instance as a Python callable.
#pragma once

#include <string>

#include "invoke.hpp"
#include "pybind.hpp"

namespace wasmedge {

/// Makes the Python object for a function that the anchor keeps alive. GIL held.
py::object make_function(const py::object& anchor, const WasmEdge_FunctionInstanceContext* context, std::string name);

bool is_function(py::handle object) noexcept;

/// What keeps the function of a Function object alive.
const py::object& function_anchor(py::handle function);

/// Makes a Function object stand for the same function under another owner, and name.
void rebind_function(py::handle function, const py::object& anchor, const std::string& name);

/// What a Function object calls; valid as long as the object. Throws TypeError for anything else.
Callee callee_of(py::handle function);

/// Calls a Function object with the arguments of an argument tuple, on its own executor.
py::object call_function(py::handle function, const py::tuple& args, const CallOptions& options = {});

/// Does so in another thread, and gives the Async.
py::object call_function_async(const py::object& function, const py::tuple& args, const CallOptions& options);

}  // namespace wasmedge
