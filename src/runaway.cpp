// SPDX-License-Identifier: Apache-2.0
// Stops runaway recursion (wasmedge/wasmedge_execution.h), and replaces operator new to notice it.
#include "runaway.hpp"

#include <cstddef>
#include <cstdlib>
#include <new>
#include <utility>

#include "errors.hpp"
#include "handles.hpp"

namespace wasmedge {
namespace {

/// Larger than what a call needs for anything else; the blocks of the stacks are powers of two times 16 or 56 bytes.
constexpr std::size_t kLargeBlock = std::size_t{256} << 20;

}  // namespace

void RunawayGuard::check(WasmEdge_Result result, const std::string& subject) const {
  if (!stopped_ || WasmEdge_ResultGetCode(result) != WasmEdge_ErrCode_Interrupted) return;
  raise_stack_exhausted(subject);
}

void RunawayGuard::on_large_block() noexcept {
  // Out of force while it works: what it calls allocates too.
  RunawayGuard* guard = std::exchange(thread_state.runaway, nullptr);
  if (guard == nullptr) return;
  guard->stopped_ = true;
  set_stop_token(guard->executor_);
  thread_state.runaway = guard;
}

}  // namespace wasmedge

// Sanitizers have an operator new of their own, and say so when theirs and ours are mixed.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
/// Replaces the C++ library's for this extension and for the libraries that it brings along, by the same rules
/// (C++ standard, [new.delete.single]); their operator delete ends in free() as well.
void* operator new(std::size_t size) {
  if (size >= wasmedge::kLargeBlock) [[unlikely]] {
    wasmedge::RunawayGuard::on_large_block();
  }
  for (;;) {
    if (void* block = std::malloc(size == 0 ? 1 : size)) return block;
    const std::new_handler handler = std::get_new_handler();
    if (handler == nullptr) throw std::bad_alloc();
    handler();
  }
}

void operator delete(void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t) noexcept { std::free(block); }
#endif
