// SPDX-License-Identifier: Apache-2.0
// Stands between the runtime and LLVM where contexts are made (llvm-c/Core.h).
#include "llvm_contexts.hpp"

#include <new>

#include "llvm.hpp"

namespace wasmedge {
namespace {

thread_local LlvmContexts* noting = nullptr;

}  // namespace

LlvmContexts::LlvmContexts() noexcept { noting = this; }

LlvmContexts::~LlvmContexts() {
  noting = nullptr;
  if (made_.empty()) return;
  if (auto* const dispose = of_llvm<void(void*)>("LLVMContextDispose")) {
    for (void* context : made_) dispose(context);
  }
}

void LlvmContexts::add(void* context) noexcept {
  try {
    made_.push_back(context);
  } catch (const std::bad_alloc&) {
    return;
  }
}

}  // namespace wasmedge

/// What the runtime calls: this extension is the first library in which its names are looked up.
extern "C" __attribute__((visibility("default"), used)) void* LLVMContextCreate() {
  auto* const create = wasmedge::of_llvm<void*()>("LLVMContextCreate");
  void* const context = create == nullptr ? nullptr : create();
  if (context != nullptr && wasmedge::noting != nullptr) wasmedge::noting->add(context);
  return context;
}
