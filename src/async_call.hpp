// SPDX-License-Identifier: Apache-2.0
// Calls in other threads, with the context variables of the one that begins them.
#pragma once

#include <memory>

#include "call_options.hpp"
#include "executor.hpp"
#include "pybind.hpp"

namespace wasmedge {

/// Begins a call of anything in another thread, and gives its Async. GIL held.
py::object start_async(const py::object& callable, const py::tuple& args, const py::dict& options);

/// The same of a Function on an executor. Arguments that do not fit are the call's own failure. GIL held.
py::object start_async(const std::shared_ptr<Executor>& executor, const py::object& function, PyObject* const* args,
                       std::size_t count, const CallOptions& options);

}  // namespace wasmedge
