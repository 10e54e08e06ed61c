// SPDX-License-Identifier: Apache-2.0
// Calls in other threads, which are written in Python (aio.py).
#pragma once

#include "gil.hpp"
#include "pybind.hpp"

namespace wasmedge {

/// Begins a call with the given arguments and keyword arguments in another thread, and gives its Async. GIL held.
inline py::object start_async(const py::object& callable, const py::object& args, const py::dict& options) {
  return call_in("wasmedge.aio", "_start", callable, args, options);
}

/// The same with the options of calls.
inline py::object start_async(const py::object& callable, const py::object& args, const py::object& fuel,
                              const py::object& timeout) {
  const py::dict options;
  if (!fuel.is_none()) options["fuel"] = fuel;
  if (!timeout.is_none()) options["timeout"] = timeout;
  return start_async(callable, args, options);
}

}  // namespace wasmedge
