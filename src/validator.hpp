// SPDX-License-Identifier: Apache-2.0
// What validates modules.
#pragma once

#include <memory>
#include <mutex>

#include "configure.hpp"
#include "handles.hpp"
#include "module_ast.hpp"

namespace wasmedge {

/// A C validator context, which can do one module at a time.
class Validator {
 public:
  explicit Validator(const Configure& configure) : context_(own(WasmEdge_ValidatorCreate(configure.context()))) {}

  /// Validates without the GIL, which the caller holds. Throws RuntimeFailure.
  void validate(Module& module);

 private:
  std::shared_ptr<WasmEdge_ValidatorContext> context_;
  std::mutex mutex_;  // guards the context; taken after the GIL was released and before the module's own lock
};

}  // namespace wasmedge
