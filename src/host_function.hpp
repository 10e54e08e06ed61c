// SPDX-License-Identifier: Apache-2.0
// A function that a guest calls and Python carries out.
#pragma once

#include <memory>
#include <string>

#include "anchor.hpp"
#include "pybind.hpp"
#include "types.hpp"

namespace wasmedge {

/// The Python side of a host function; the runtime holds a raw pointer to it. Owned by the anchor of the function, later
/// by that of the instance that took the function over.
struct HostFunction {
  py::object callable;
  py::object data;  // passed on when it is not None
  std::shared_ptr<FunctionType> type;
  std::string name;
  bool wants_frame = false;
  std::uint64_t cost = 0;
  const WasmEdge_FunctionInstanceContext* context = nullptr;  // what the runtime made for it
  PyObject* owner = nullptr;  // borrowed: the anchor that owns this, and so outlives each call
};

/// Makes another function of the same callable, that stands alone. A null object when `context` is no host function of the
/// anchor. GIL held.
py::object make_host_twin(const Anchor& anchor, const WasmEdge_FunctionInstanceContext* context);

/// Makes a function that stands alone, and its anchor. `type` is null when it is to be taken from the callable's
/// annotations. Throws TypeError for what cannot be called or is a coroutine function. GIL held.
py::object make_host_function(std::shared_ptr<FunctionType> type, const py::object& callable, const py::object& data,
                              std::uint64_t cost);

}  // namespace wasmedge
