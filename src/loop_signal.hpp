// SPDX-License-Identifier: Apache-2.0
// What wakes an event loop from threads that do not hold the GIL.
#pragma once

#include <atomic>

#include "pybind.hpp"

namespace wasmedge {

/// A file that becomes readable when the signal is set. Never destroyed, but used again: a thread may set one whose event
/// loop is gone, and then at most wakes another for nothing.
class LoopSignal {
 public:
  /// Those that no loop has.
  struct Spare;

  /// Gives one that no loop has. Throws std::system_error.
  static LoopSignal* take();
  static void give_back(LoopSignal* signal) noexcept;

  /// In the child of a fork: the files are those of the parent's loops.
  static void renew();

  int file() const noexcept { return reader_; }

  /// Any thread.
  void set() noexcept;

  /// Before looking for what the signal was set for: what comes after that sets it again.
  void clear() noexcept;

 private:
  LoopSignal(Spare& home, int reader, int writer) noexcept : home_(home), reader_(reader), writer_(writer) {}

  Spare& home_;
  int reader_;
  int writer_;
  std::atomic<bool> is_set_ = false;
};

/// The signal in a Python object, which keeps it from being given back.
LoopSignal* loop_signal_of(py::handle object);

}  // namespace wasmedge
