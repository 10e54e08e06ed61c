// SPDX-License-Identifier: Apache-2.0
// Shares calls out among threads; over no header of WasmEdge's in particular.
#include "pool.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "ended_calls.hpp"
#include "exception.hpp"
#include "gil.hpp"
#include "loop_signal.hpp"
#include "register.hpp"

namespace wasmedge {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kIdle = std::chrono::seconds(5);  // how long a thread waits for work before it ends
// How long nobody must have taken a task before more threads than cores do: short calls are not worth a thread each.
constexpr auto kPatience = std::chrono::milliseconds(1);
// How long a thread looks for the next task before it sleeps: being woken takes as long as some calls.
constexpr auto kLookout = std::chrono::microseconds(50);

// How long the end of the program waits for what it has stopped.
constexpr auto kGrace = std::chrono::milliseconds(500);

/// Guests compute, and more threads than cores only help those that wait in host functions or in WASI.
int count_cores() noexcept { return std::max(1, static_cast<int>(std::thread::hardware_concurrency())); }

/// One thread, and what it carries out.
struct Worker {
  PyThreadState* state;
  std::shared_ptr<StopRequest> request;  // of its task; null when it has none
};

/// What a thread is to do next.
struct Orders {
  std::unique_ptr<Task> task;  // null for none
  bool starts_thread = false;
  bool settles = false;
  bool ends = false;
};

/// What the threads share. Never destroyed: they may outlive the end of the interpreter.
class Workshop {
 public:
  /// Adds a task, and gives whether a thread has to be started for it. Throws when none shall begin any more.
  bool add(std::unique_ptr<Task> task) {
    const std::lock_guard lock(mutex_);
    if (is_closed_) throw std::runtime_error("cannot begin calls after the interpreter's end has begun");
    tasks_.push_back(std::move(task));
    has_tasks_.store(true, std::memory_order_relaxed);
    return summon();
  }

  /// A thread that was to arrive cannot be started. Gives what nobody will be there for.
  std::deque<std::unique_ptr<Task>> abandon_arrival() {
    const std::lock_guard lock(mutex_);
    --arriving_;
    std::deque<std::unique_ptr<Task>> left;
    if (workers_.empty() && arriving_ == 0) left.swap(tasks_);
    has_tasks_.store(!tasks_.empty(), std::memory_order_relaxed);
    return left;
  }

  void arrive(Worker& worker) {
    const std::lock_guard lock(mutex_);
    --arriving_;
    workers_.push_back(&worker);
  }

  /// Ends what the worker has carried out, and waits for the next.
  Orders next(Worker& worker) {
    std::unique_lock lock(mutex_);
    if (worker.request != nullptr) {
      worker.request = nullptr;
      --busy_;
    }
    for (;;) {
      if (may_take()) return take(worker);
      if (tasks_.empty() && look_out(lock)) continue;
      const bool was_patient = wait(lock);
      if (!tasks_.empty()) continue;
      if (EndedCalls::any()) return {.settles = true};
      if (was_patient) {
        std::erase(workers_, &worker);
        return {.ends = true};
      }
    }
  }

  /// Stops what runs, and lets nothing begin any more. Gives what has not begun.
  std::deque<std::unique_ptr<Task>> close() {
    std::vector<std::shared_ptr<StopRequest>> requests;
    std::deque<std::unique_ptr<Task>> left;
    {
      const std::lock_guard lock(mutex_);
      is_closed_ = true;
      left.swap(tasks_);
      has_tasks_.store(false, std::memory_order_relaxed);
      for (const Worker* worker : workers_) {
        if (worker->request != nullptr) requests.push_back(worker->request);
      }
    }
    for (const auto& request : requests) make_request(request, StopReason::kCancelled);
    return left;
  }

  /// Waits until nothing is carried out any more, for a moment at most: guests that have been stopped log that, and the log
  /// does not outlive the end of the program. No GIL.
  void wait_for_end() {
    const auto end = Clock::now() + kGrace;
    std::unique_lock lock(mutex_);
    while (busy_ > 0 && Clock::now() < end) {
      lock.unlock();
      std::this_thread::sleep_for(kPatience);
      lock.lock();
    }
  }

 private:
  /// Sees to it that somebody looks for the next task. Gives whether a thread has to be started for that.
  bool summon() {
    if (is_looking_out_ || arriving_ > 0 || (watching_ > 0 && busy_ >= cores_)) return false;
    if (waiting_ == 0) return begin_arrival();
    changed_.notify_one();
    return false;
  }

  bool begin_arrival() {
    if (std::cmp_greater_equal(arriving_ + workers_.size(), most_threads_)) return false;
    ++arriving_;
    return true;
  }

  bool may_take() const {
    if (tasks_.empty()) return false;
    return busy_ < cores_ || Clock::now() - taken_at_ >= kPatience;
  }

  Orders take(Worker& worker) {
    Orders orders{.task = std::move(tasks_.front())};
    tasks_.pop_front();
    has_tasks_.store(!tasks_.empty(), std::memory_order_relaxed);
    worker.request = orders.task->request();
    ++busy_;
    taken_at_ = Clock::now();
    orders.starts_thread = !tasks_.empty() && summon();
    return orders;
  }

  /// Looks for a task without sleeping, unless another thread does already. Gives whether it has.
  bool look_out(std::unique_lock<std::mutex>& lock) {
    if (is_looking_out_ || cores_ == 1) return false;
    is_looking_out_ = true;
    lock.unlock();
    const auto end = Clock::now() + kLookout;
    while (!has_tasks_.load(std::memory_order_relaxed) && Clock::now() < end) std::this_thread::yield();
    lock.lock();
    is_looking_out_ = false;
    return !tasks_.empty();
  }

  /// Sleeps until there are news, or it is time to look. Gives whether there was nothing to do for long enough to end.
  bool wait(std::unique_lock<std::mutex>& lock) {
    const bool watches = !tasks_.empty();
    ++waiting_;
    watching_ += static_cast<int>(watches);
    const bool looks = watches || EndedCalls::any();
    const auto time = looks ? Clock::duration(kPatience) : Clock::duration(kIdle);
    const bool is_over = changed_.wait_for(lock, time) == std::cv_status::timeout;
    watching_ -= static_cast<int>(watches);
    --waiting_;
    return is_over && !looks;
  }

  const int cores_ = count_cores();
  const int most_threads_ = std::max(32, 2 * cores_);
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

std::atomic<Workshop*>& workshop() {
  static std::atomic<Workshop*> current = new Workshop;
  return current;
}

/// Starts a thread, which is counted as arriving, or gives why none can be started. GIL held.
py::object start_thread() {
  try {
    call_in("wasmedge.aio", "_start_thread");
    return {};
  } catch (py::error_already_set& error) {
    error.restore();
  }
  return take_exception();
}

/// What a thread of the pool does; GIL held at its begin and end, and not between.
void work() {
  Workshop& shop = *workshop();
  Worker worker{.state = PyEval_SaveThread(), .request = nullptr};
  shop.arrive(worker);
  for (;;) {
    Orders orders = shop.next(worker);
    if (orders.ends) break;
    if (orders.starts_thread || orders.settles) {
      const WorkerGil gil(worker.state);
      if (orders.settles) EndedCalls::settle();
      // Without another thread this one comes back for what is left.
      if (orders.starts_thread && start_thread()) shop.abandon_arrival();
    }
    if (orders.task) orders.task.release()->run(worker.state);
    // In the child of a fork that a host function has made the others are not, and what they held is held for good.
    if (&shop != workshop()) break;
  }
  PyEval_RestoreThread(worker.state);
}

void renew() {
  workshop() = new Workshop;
  EndedCalls::renew();
  LoopSignal::renew();
}

void close() {
  Workshop& shop = *workshop();
  for (const auto& task : shop.close()) task->discard();
  without_gil([&] { shop.wait_for_end(); });
}

}  // namespace

void Pool::submit(std::unique_ptr<Task> task) {
  Workshop& shop = *workshop();
  if (!shop.add(std::move(task))) return;
  py::object failure = start_thread();
  if (!failure) return;
  const auto left = shop.abandon_arrival();
  if (left.empty()) return;  // there are threads that will come to it
  for (const auto& each : left) each->discard();
  set_exception(std::move(failure));
  throw py::error_already_set();
}

void register_pool(py::module_& m) {
  m.def("_work", &work, "Carry out calls, until there have been none for a while.");
  m.def("_renew_pool", &renew, "Begin anew in the child of a fork, which has none of the threads.");
  m.def("_close_pool", &close, "Stop all calls, and let none begin any more.");
}

}  // namespace wasmedge
