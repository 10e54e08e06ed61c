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
namespace wasmedge {
namespace {

/// What the runtime reserves for the values of each call, and gives back at its end: 2,048 of 16 bytes (its StackManager).
constexpr std::size_t kValueStack = std::size_t{32} << 10;

/// Frees what a thread keeps when the thread ends.
struct SpareStack {
  SpareStack() = default;
  SpareStack(const SpareStack&) = delete;
  SpareStack& operator=(const SpareStack&) = delete;
  SpareStack(SpareStack&&) = delete;
  SpareStack& operator=(SpareStack&&) = delete;
  ~SpareStack() {
    thread_state.keeps_value_stack = false;
    std::free(std::exchange(thread_state.value_stack, nullptr));
  }
};

/// Gives whether the calling thread may keep a block.
bool may_keep() {
  thread_local const SpareStack owner;  // the first call of a thread begins its life
  return thread_state.keeps_value_stack;
}

void* allocate(std::size_t size) {
  for (;;) {
    if (void* block = std::malloc(size == 0 ? 1 : size)) return block;
    const std::new_handler handler = std::get_new_handler();
    if (handler == nullptr) throw std::bad_alloc();
    handler();
  }
}

void* allocate_large(std::size_t size) {
  if (size == kValueStack && thread_state.runaway != nullptr) {
    if (void* block = std::exchange(thread_state.value_stack, nullptr)) return block;
  }
  if (size >= kLargeBlock) RunawayGuard::on_large_block();
  return allocate(size);
}

void free_value_stack(void* block) noexcept {
  const bool is_call = block != nullptr && thread_state.runaway != nullptr;
  if (is_call && thread_state.value_stack == nullptr && may_keep()) {
    thread_state.value_stack = block;
  } else {
    std::free(block);
  }
}

}  // namespace
}  // namespace wasmedge

/// Replaces the C++ library's for this extension and for the libraries that it brings along, by the same rules
/// (C++ standard, [new.delete.single]); their operator delete ends in free() as well. Each thread keeps the value stack of
/// its last call for the next one: for malloc() it is a large block, which costs a short call a quarter of its time.
void* operator new(std::size_t size) {
  return size < wasmedge::kValueStack ? wasmedge::allocate(size) : wasmedge::allocate_large(size);
}

void operator delete(void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t size) noexcept {
  if (size == wasmedge::kValueStack) {
    wasmedge::free_value_stack(block);
  } else {
    std::free(block);
  }
}
#endif
