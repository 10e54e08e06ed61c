// SPDX-License-Identifier: Apache-2.0
// Lets a fork of the process wait for what other threads do without the GIL, under locks; over no header of WasmEdge's.
#pragma once

#include <mutex>

namespace wasmedge {

/// While one lives, a fork in another thread waits: the child has none of the other threads, so a lock of some object that one
/// of them held would stay locked in it.
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

/// A mutex of the whole process. A fork takes all of them, so that what they guard is whole in the child, and none of them
/// is locked there. One lives as long as the process; none is taken under another, and nothing waits for the GIL under one.
class GlobalMutex {
 public:
  GlobalMutex() noexcept;
  ~GlobalMutex() = default;
  GlobalMutex(const GlobalMutex&) = delete;
  GlobalMutex& operator=(const GlobalMutex&) = delete;
  GlobalMutex(GlobalMutex&&) = delete;
  GlobalMutex& operator=(GlobalMutex&&) = delete;

  void lock() { mutex_.lock(); }
  void unlock() noexcept { mutex_.unlock(); }

 private:
  friend class ForkGate;

  std::mutex mutex_;
  GlobalMutex* next_{nullptr};
};

}  // namespace wasmedge
