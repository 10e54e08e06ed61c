// SPDX-License-Identifier: Apache-2.0
// Shares tasks out among threads; over no header of WasmEdge's in particular.
#include "workshop.hpp"

#include <algorithm>
#include <stdexcept>
#include <thread>
#include <utility>

#include "ended_calls.hpp"

namespace wasmedge {
namespace {

constexpr auto kIdle = std::chrono::seconds(5);  // how long a thread waits for work before it ends
// How long nobody must have taken a task before more threads than cores do: short calls are not worth a thread each.
constexpr auto kPatience = std::chrono::milliseconds(1);
// How long a thread looks for the next task before it sleeps: being woken takes as long as some calls.
constexpr auto kLookout = std::chrono::microseconds(50);
// How long the end of the program waits for what it has stopped.
constexpr auto kGrace = std::chrono::milliseconds(500);

/// Guests compute, and more threads than cores only help those that wait in host functions or in WASI.
int count_cores() noexcept { return std::max(1, static_cast<int>(std::thread::hardware_concurrency())); }

}  // namespace

Workshop::Workshop() noexcept : cores_(count_cores()), most_threads_(std::max(32, 2 * cores_)) {}

bool Workshop::add(std::unique_ptr<Task> task) {
  const std::lock_guard lock(mutex_);
  if (is_closed_) throw std::runtime_error("cannot begin calls after the interpreter's end has begun");
  tasks_.push_back(std::move(task));
  has_tasks_.store(true, std::memory_order_relaxed);
  return summon();
}

std::deque<std::unique_ptr<Task>> Workshop::abandon_arrival() {
  const std::lock_guard lock(mutex_);
  --arriving_;
  std::deque<std::unique_ptr<Task>> left;
  if (workers_.empty() && arriving_ == 0) left.swap(tasks_);
  has_tasks_.store(!tasks_.empty(), std::memory_order_relaxed);
  return left;
}

void Workshop::arrive(Worker& worker) {
  const std::lock_guard lock(mutex_);
  --arriving_;
  workers_.push_back(&worker);
}

Orders Workshop::next(Worker& worker) {
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

std::deque<std::unique_ptr<Task>> Workshop::close() {
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

void Workshop::wait_for_end() {
  const auto end = Clock::now() + kGrace;
  std::unique_lock lock(mutex_);
  while (busy_ > 0 && Clock::now() < end) {
    lock.unlock();
    std::this_thread::sleep_for(kPatience);
    lock.lock();
  }
}

bool Workshop::summon() {
  if (is_looking_out_ || arriving_ > 0 || (watching_ > 0 && busy_ >= cores_)) return false;
  if (waiting_ == 0) return begin_arrival();
  changed_.notify_one();
  return false;
}

bool Workshop::begin_arrival() {
  if (std::cmp_greater_equal(arriving_ + workers_.size(), most_threads_)) return false;
  ++arriving_;
  return true;
}

bool Workshop::may_take() const {
  if (tasks_.empty()) return false;
  return busy_ < cores_ || Clock::now() - taken_at_ >= kPatience;
}

Orders Workshop::take(Worker& worker) {
  Orders orders{.task = std::move(tasks_.front())};
  tasks_.pop_front();
  has_tasks_.store(!tasks_.empty(), std::memory_order_relaxed);
  worker.request = orders.task->request();
  ++busy_;
  taken_at_ = Clock::now();
  orders.starts_thread = !tasks_.empty() && summon();
  return orders;
}

bool Workshop::look_out(std::unique_lock<std::mutex>& lock) {
  if (is_looking_out_ || cores_ == 1) return false;
  is_looking_out_ = true;
  lock.unlock();
  const auto end = Clock::now() + kLookout;
  while (!has_tasks_.load(std::memory_order_relaxed) && Clock::now() < end) std::this_thread::yield();
  lock.lock();
  is_looking_out_ = false;
  return !tasks_.empty();
}

bool Workshop::wait(std::unique_lock<std::mutex>& lock) {
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

}  // namespace wasmedge
