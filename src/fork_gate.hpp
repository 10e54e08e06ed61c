// SPDX-License-Identifier: Apache-2.0
// Lets a fork of the process wait for what other threads do without the GIL, under locks, and its child know what they have
// left there; over no header of WasmEdge's.
#pragma once

#include <pthread.h>

#include <atomic>
#include <mutex>

namespace wasmedge {

/// How many forks there are between the start of the program and this process. What was noted under another number may be of
/// threads that only the parent has.
class ForkCount {
 public:
  static unsigned now() noexcept { return count.load(std::memory_order_relaxed); }

  /// The thread that made the last of them: the child begins with that one alone.
  static bool was_made_by(pthread_t thread) noexcept { return pthread_equal(thread, maker) != 0; }

 private:
  friend class ForkGate;

  static inline std::atomic<unsigned> count = 0;
  static inline pthread_t maker{};  // written when there is no other thread
};

/// While one lives, a fork in another thread waits: the child has none of the other threads, so a lock of some object that one
/// of them held would stay locked in it.
///
/// For work that ends by itself: not for guests, which may run forever. It is made before any lock is taken, and nothing waits
/// for the GIL while it lives, for who forks has that. One thread may have several, and fork under them.
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
