// SPDX-License-Identifier: Apache-2.0
// Gives LLVM's contexts back, which the runtime leaves behind; over no header of WasmEdge's.
#pragma once

#include <vector>

namespace wasmedge {

/// With LLVM 21 and later, the runtime makes a context for each module that it compiles, and never disposes of it
/// (lib/llvm/data.h of 0.17.1): 40 KiB for the smallest module, with all types, constants and names of the code. This
/// disposes of those that were made on this thread while it lives; nothing of them must be in use at its end.
class LlvmContexts {
 public:
  LlvmContexts() noexcept;
  ~LlvmContexts();
  LlvmContexts(const LlvmContexts&) = delete;
  LlvmContexts& operator=(const LlvmContexts&) = delete;
  LlvmContexts(LlvmContexts&&) = delete;
  LlvmContexts& operator=(LlvmContexts&&) = delete;

  /// Takes note of one; when that fails, it is left behind.
  void add(void* context) noexcept;

 private:
  std::vector<void*> made_;
};

}  // namespace wasmedge
