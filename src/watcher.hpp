// SPDX-License-Identifier: Apache-2.0
// The thread that stops calls whose time is over, or that a signal or another thread wants stopped.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "stopping.hpp"

namespace wasmedge {

/// One thread for the process. It begins when there is something to watch and ends when there has been nothing for a while,
/// and before each fork; it never touches Python.
class Watcher {
 public:
  using Clock = std::chrono::steady_clock;

  /// A request that is made at a time, unless it is taken back before.
  class Deadline {
   public:
    Deadline(std::shared_ptr<StopRequest> request, Clock::time_point when);
    ~Deadline();
    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;
    Deadline(Deadline&&) = delete;
    Deadline& operator=(Deadline&&) = delete;

   private:
    std::uint64_t id_;
    Clock::time_point when_;
  };

  /// Sends the calls of a request that was made the signal that stops compiled code, until none is left.
  static void pursue(const std::shared_ptr<StopRequest>& request);

  /// Makes sure that the main thread is watched. Costs nothing while it is. Gives whether it was not until now.
  static bool begin() noexcept;

  /// Wakes the watcher; from a signal handler too.
  static void wake() noexcept;
};

/// Ends the watcher before a fork. Once, when the module is imported.
void register_fork_handlers();

}  // namespace wasmedge
