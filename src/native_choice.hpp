// SPDX-License-Identifier: Apache-2.0
// Whether a module is instantiated as compiled code.
#pragma once

#include <memory>

#include "executor.hpp"
#include "module_ast.hpp"
#include "native_code.hpp"

namespace wasmedge {

/// The code to instantiate a module by, as the executor's run mode wants it; null for the interpreter. May compile, which
/// takes long, and let other threads run. Throws Python exceptions. GIL held.
std::shared_ptr<NativeCode> choose_code(const Executor& executor, const std::shared_ptr<Module>& module);

}  // namespace wasmedge
