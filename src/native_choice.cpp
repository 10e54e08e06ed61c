// SPDX-License-Identifier: Apache-2.0
// Chooses between the interpreter and compiled code. What is compiled when, and where it is kept, is written in Python.
#include "native_choice.hpp"

#include "errors.hpp"
#include "gil.hpp"
#include "native_obstacles.hpp"
#include "pybind.hpp"

namespace wasmedge {

std::shared_ptr<NativeCode> choose_code(const Executor& executor, const std::shared_ptr<Module>& module) {
  const Configure& configure = executor.configure();
  // Who says nothing about the mode wants the code that he trusts.
  if (module->trusted_code() && configure.chosen_run_mode() != RunMode::kInterpreter) {
    if (const auto obstacle = linking_obstacle(*module)) {
      raise(RuntimeFailure(WasmEdge_ErrCode_AOTNotImpl,
                           "cannot instantiate " + module->label() + " as compiled code: " + *obstacle, {},
                           "InstantiationError"));
    }
    return module->is_validated() ? module->trusted_code() : nullptr;
  }
  // What has not been validated the runtime refuses, in either mode.
  if (configure.run_mode() == RunMode::kInterpreter || !module->is_validated()) return nullptr;
  const py::object chosen = call_in("wasmedge.native", "choose", module, configure.copy());
  return chosen.is_none() ? nullptr : chosen.cast<std::shared_ptr<NativeCode>>();
}

}  // namespace wasmedge
