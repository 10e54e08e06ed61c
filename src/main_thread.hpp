// SPDX-License-Identifier: Apache-2.0
// Calls on Python's main thread, which Ctrl-C stops.
#pragma once

#include "stopping.hpp"

namespace wasmedge {

/// Python runs signal handlers on the main thread, between two of its own instructions: while a guest runs there, never. So
/// the calls of that thread are published here, for the watcher to stop them when SIGINT has come. Publishing costs each
/// call some plain loads and stores.
///
/// The watcher claims what is published for the moment that it needs; a call that wants to end or to nest waits meanwhile.
class MainThread {
 public:
  /// A call begins, or ends, on the calling thread. Does nothing on other threads.
  static void enter(RunningCall& call) noexcept;
  static void leave(RunningCall& call) noexcept;

  /// What the watcher does every few milliseconds: stops what runs when SIGINT has come, and sees to it that SIGINT is
  /// noticed while a call takes long. Returns whether anything has run lately.
  static bool watch() noexcept;
};

/// Remembers which thread Python's main thread is. GIL held; once, and again in each child of a fork.
void find_main_thread();

}  // namespace wasmedge
