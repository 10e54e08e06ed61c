// SPDX-License-Identifier: Apache-2.0
// Why a module cannot be linked.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "logging.hpp"
#include "module_ast.hpp"
#include "pybind.hpp"

namespace wasmedge {

/// Anchors by the module name that imports ask for.
using Providers = std::map<std::string, py::object>;

/// Names every import that cannot be met, with the type that is wanted and what there is; the runtime stops at the first,
/// which `details`, what it has logged, names. Of references of WebAssembly 3.0 only the runtime can tell whether they
/// match. Empty when nothing is seen to be wrong. GIL held.
std::string describe_problems(const Module& module, const Providers& providers, const std::vector<LogRecord>& details);

}  // namespace wasmedge
