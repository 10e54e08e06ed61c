// SPDX-License-Identifier: Apache-2.0
// Instantiation: a module and what it imports become an instance with its anchor.
#pragma once

#include <memory>
#include <string>

#include "executor.hpp"
#include "module_ast.hpp"
#include "pybind.hpp"
#include "store.hpp"

namespace wasmedge {

/// Instantiates a validated module with imports from the store, without the GIL while it runs (a start function may take
/// long). Gives the anchor of the new instance, which is named `name` but not added to the store. Throws RuntimeFailure,
/// for a failed link with every import that cannot be met. With code the module need not be validated; without, the executor's
/// run mode decides what it runs as. GIL held.
py::object link(const std::shared_ptr<Executor>& executor, const std::shared_ptr<Module>& module, const Store& store,
                const std::string& name, std::shared_ptr<NativeCode> code = nullptr);

}  // namespace wasmedge
