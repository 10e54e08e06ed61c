// SPDX-License-Identifier: Apache-2.0
// Lets a fork of the process wait for work without the GIL that holds locks; over no header of WasmEdge's.
#pragma once

namespace wasmedge {

/// While one lives, a fork in another thread waits. The child has none of the other threads, so a lock that one of them held
/// would stay locked in it, and what LLVM had begun would stay half done.
///
/// For work that ends by itself: not for guests, which may run forever, or fork. It is made before any lock is taken and
/// after the GIL was released, for who forks has that. One thread may have several.
class ForkPass {
 public:
  ForkPass() noexcept;
  ~ForkPass();
  ForkPass(const ForkPass&) = delete;
  ForkPass& operator=(const ForkPass&) = delete;
  ForkPass(ForkPass&&) = delete;
  ForkPass& operator=(ForkPass&&) = delete;
};

}  // namespace wasmedge
