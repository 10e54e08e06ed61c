// SPDX-License-Identifier: Apache-2.0
// Watches deadlines, requests to stop and the main thread; over no header of WasmEdge's in particular.
#include "watcher.hpp"

#include <semaphore.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "main_thread.hpp"

namespace wasmedge {
namespace {

using Clock = Watcher::Clock;

constexpr auto kPursuit = std::chrono::microseconds(500);  // between two signals to the same call
constexpr auto kGlance = std::chrono::milliseconds(10);    // between two looks at the main thread
constexpr auto kPatience = std::chrono::seconds(1);        // how long it waits for something to do

/// What the thread works on. Never destroyed: threads may outlive the end of the interpreter.
struct State {
  State() { sem_init(&wakeup, 0, 0); }

  std::mutex mutex;  // guards all but the semaphore; a request's is taken under none
  std::multimap<Clock::time_point, std::pair<std::uint64_t, std::shared_ptr<StopRequest>>> deadlines;
  std::vector<std::shared_ptr<StopRequest>> pursued;
  Clock::time_point next_look = Clock::time_point::min();  // when the thread wakes by itself
  std::uint64_t last_id = 0;
  std::thread thread;
  bool has_ended = true;  // what the thread says last
  bool must_end = false;
  sem_t wakeup{};
};

State& state() {
  static State& made = *new State;
  return made;
}

/// Whether the main thread is looked at every kGlance.
std::atomic<bool> glancing{false};

void sleep_until(Clock::time_point when) {
  // steady_clock is CLOCK_MONOTONIC in the C++ libraries of Linux.
  const auto since = std::chrono::duration_cast<std::chrono::nanoseconds>(when.time_since_epoch()).count();
  const timespec end{static_cast<time_t>(since / 1'000'000'000), static_cast<long>(since % 1'000'000'000)};
  while (sem_clockwait(&state().wakeup, CLOCK_MONOTONIC, &end) != 0 && errno == EINTR) {
  }
}

std::vector<std::shared_ptr<StopRequest>> take_expired(State& shared, Clock::time_point now) {
  std::vector<std::shared_ptr<StopRequest>> expired;
  while (!shared.deadlines.empty() && shared.deadlines.begin()->first <= now) {
    expired.push_back(std::move(shared.deadlines.begin()->second.second));
    shared.deadlines.erase(shared.deadlines.begin());
  }
  return expired;
}

/// Does what is due.
void look(State& shared, Clock::time_point now) {
  std::unique_lock lock(shared.mutex);
  auto pursued = std::exchange(shared.pursued, {});
  const auto expired = take_expired(shared, now);
  lock.unlock();
  for (const auto& request : expired) {
    request->make(StopReason::kTimeout);
    pursued.push_back(request);
  }
  std::erase_if(pursued, [](const auto& request) { return !request->pursue(); });
  lock.lock();
  shared.pursued.insert(shared.pursued.end(), pursued.begin(), pursued.end());
}

/// When to look again; nothing when there is nothing to wait for.
std::optional<Clock::time_point> next_look(const State& shared, Clock::time_point now) {
  auto next = Clock::time_point::max();
  if (glancing) next = now + kGlance;
  if (!shared.pursued.empty()) next = std::min(next, now + Clock::duration(kPursuit));
  if (!shared.deadlines.empty()) next = std::min(next, shared.deadlines.begin()->first);
  if (next == Clock::time_point::max()) return std::nullopt;
  return next;
}

void work(State& shared) {
  auto busy_at = Clock::now();
  for (;;) {
    const auto now = Clock::now();
    look(shared, now);
    if (MainThread::watch()) busy_at = now;
    if (now - busy_at > kPatience && glancing) {
      // A call that begins from now on says so; one that began just before is seen by this look.
      glancing = false;
      if (MainThread::watch()) {
        glancing = true;
        busy_at = now;
      }
    }
    std::unique_lock lock(shared.mutex);
    const auto next = next_look(shared, now);
    if (!next || shared.must_end) {
      shared.has_ended = true;
      return;
    }
    shared.next_look = *next;
    lock.unlock();
    sleep_until(*next);
  }
}

/// Starts the thread, or wakes it when it would not look by `when`. With the mutex held.
void summon(State& shared, Clock::time_point when) {
  if (!shared.has_ended) {
    if (when < shared.next_look) sem_post(&shared.wakeup);
    return;
  }
  if (shared.thread.joinable()) shared.thread.join();
  // Signals are for the threads of Python.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    shared.thread = std::thread(work, std::ref(shared));
    shared.has_ended = false;
  } catch (const std::system_error&) {
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    throw;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void before_fork() {
  State& shared = state();
  {
    const std::lock_guard lock(shared.mutex);
    shared.must_end = true;
  }
  sem_post(&shared.wakeup);
  if (shared.thread.joinable()) shared.thread.join();
  shared.mutex.lock();
  shared.must_end = false;
  shared.has_ended = true;
  glancing = false;
}

/// Goes on where it was.
void resume() {
  State& shared = state();
  try {
    if (!shared.deadlines.empty() || !shared.pursued.empty()) summon(shared, Clock::time_point::min());
  } catch (const std::system_error&) {
    // Whoever begins a call with a deadline next will try again, and say so.
    shared.has_ended = true;
  }
  shared.mutex.unlock();
}

/// Whether a request is for calls of this thread.
bool is_own(const std::shared_ptr<StopRequest>& request) noexcept {
  for (const StopScope* scope = StopScope::innermost(); scope != nullptr; scope = scope->outer()) {
    if (scope->request() == request) return true;
  }
  return false;
}

/// The calls that others were making are not in the child; those that this thread forks in go on there, within their limits.
void after_fork_in_child() {
  for (const StopScope* scope = StopScope::innermost(); scope != nullptr; scope = scope->outer()) {
    scope->request()->forget_others();
  }
  State& shared = state();
  std::erase_if(shared.deadlines, [](const auto& each) { return !is_own(each.second.second); });
  std::erase_if(shared.pursued, [](const auto& each) { return !is_own(each); });
  resume();
}

}  // namespace

Watcher::Deadline::Deadline(std::shared_ptr<StopRequest> request, Clock::time_point when) : when_(when) {
  State& shared = state();
  const std::lock_guard lock(shared.mutex);
  summon(shared, when);
  id_ = ++shared.last_id;
  shared.deadlines.emplace(when, std::pair(id_, std::move(request)));
}

Watcher::Deadline::~Deadline() {
  State& shared = state();
  const std::lock_guard lock(shared.mutex);
  const auto [first, last] = shared.deadlines.equal_range(when_);
  for (auto each = first; each != last; ++each) {
    if (each->second.first != id_) continue;
    shared.deadlines.erase(each);
    return;
  }
}

void Watcher::pursue(const std::shared_ptr<StopRequest>& request) {
  State& shared = state();
  const std::lock_guard lock(shared.mutex);
  summon(shared, Clock::time_point::min());
  shared.pursued.push_back(request);
}

bool Watcher::begin() noexcept {
  if (glancing.load(std::memory_order_relaxed)) return false;
  State& shared = state();
  try {
    const std::lock_guard lock(shared.mutex);
    glancing = true;
    summon(shared, Clock::now() + kGlance);
  } catch (const std::system_error&) {
    glancing = false;  // Ctrl-C waits for the end of the call then, as it does for any other extension
  }
  return true;
}

void Watcher::wake() noexcept { sem_post(&state().wakeup); }

void register_fork_handlers() {
  state();
  pthread_atfork(&before_fork, &resume, &after_fork_in_child);
}

}  // namespace wasmedge
