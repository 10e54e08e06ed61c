// SPDX-License-Identifier: Apache-2.0
// The threads that calls go on in.
#pragma once

#include <memory>

#include "pybind.hpp"
#include "stopping.hpp"

namespace wasmedge {

/// Something that a thread of the pool carries out.
class Task {
 public:
  Task() = default;
  virtual ~Task() = default;
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  Task(Task&&) = delete;
  Task& operator=(Task&&) = delete;

  /// Stops it. Any thread.
  virtual const std::shared_ptr<StopRequest>& request() const noexcept = 0;

  /// Carries it out, on a thread that does not hold the GIL; `state` is the thread's own, to take it with. What becomes of
  /// the task is its own affair from here on.
  virtual void run(PyThreadState* state) noexcept = 0;

  /// Says that it will not be carried out. GIL held.
  virtual void discard() = 0;
};

/// Holds the GIL on a thread of the pool.
class WorkerGil {
 public:
  explicit WorkerGil(PyThreadState* state) noexcept { PyEval_RestoreThread(state); }
  ~WorkerGil() { PyEval_SaveThread(); }
  WorkerGil(const WorkerGil&) = delete;
  WorkerGil& operator=(const WorkerGil&) = delete;
  WorkerGil(WorkerGil&&) = delete;
  WorkerGil& operator=(WorkerGil&&) = delete;
};

/// As many threads as there is work for, up to a limit, for as long as there is any. They are daemon threads of Python: the
/// end of the program does not wait for a guest.
class Pool {
 public:
  /// Carries a task out as soon as a thread has time for it. Throws when there is no thread and none can be started; the
  /// task is gone then. GIL held.
  static void submit(std::unique_ptr<Task> task);
};

}  // namespace wasmedge
