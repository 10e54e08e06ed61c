// SPDX-License-Identifier: Apache-2.0
// What the threads of the pool share: the tasks, and who is there for them. Knows nothing of Python.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "pool.hpp"

namespace wasmedge {

/// What is known of one thread.
struct Worker {
  std::shared_ptr<StopRequest> request;  // of its task; null when it has none
};

/// What a thread is to do next.
struct Orders {
  std::unique_ptr<Task> task;  // null for none
  bool starts_thread = false;
  bool settles = false;
  bool ends = false;
};

/// Never destroyed: threads may outlive the end of the interpreter. No member needs the GIL.
class Workshop {
 public:
  Workshop() noexcept;

  /// Adds a task, and gives whether a thread has to be started for it. Throws when none shall begin any more.
  bool add(std::unique_ptr<Task> task);

  /// A thread that was to arrive cannot be started. Gives what nobody will be there for.
  std::deque<std::unique_ptr<Task>> abandon_arrival();

  void arrive(Worker& worker);

  /// Ends what the worker has carried out, and waits for the next.
  Orders next(Worker& worker);

  /// Stops what runs, and lets nothing begin any more. Gives what has not begun.
  std::deque<std::unique_ptr<Task>> close();

  /// Waits until nothing is carried out any more, for a moment at most: guests that have been stopped log that, and the log
  /// does not outlive the end of the program. Not with the GIL.
  void wait_for_end();

 private:
  using Clock = std::chrono::steady_clock;

  /// Sees to it that somebody looks for the next task. Gives whether a thread has to be started for that.
  bool summon();
  bool begin_arrival();
  bool may_take() const;
  Orders take(Worker& worker);
  /// Looks for a task without sleeping, unless another thread does already. Gives whether it has.
  bool look_out(std::unique_lock<std::mutex>& lock);
  /// Sleeps until there are news, or it is time to look. Gives whether there was nothing to do for long enough to end.
  bool wait(std::unique_lock<std::mutex>& lock);

  const int cores_;
  const int most_threads_;
  std::mutex mutex_;  // guards all that follows
  std::condition_variable changed_;
  std::deque<std::unique_ptr<Task>> tasks_;
  std::vector<Worker*> workers_;
  int arriving_ = 0;  // threads that are started, but have not looked for a task yet; they are no workers yet
  int busy_ = 0;      // of the workers, those that carry out a task
  int waiting_ = 0;
  int watching_ = 0;  // of those that wait, the ones that look whether a task is left lying
  bool is_looking_out_ = false;
  bool is_closed_ = false;
  Clock::time_point taken_at_;           // when the last task was taken
  std::atomic<bool> has_tasks_ = false;  // for whoever looks out
};

}  // namespace wasmedge
