// SPDX-License-Identifier: Apache-2.0
// Notices SIGINT while a guest runs on the main thread (POSIX <signal.h>).
#include "main_thread.hpp"

#include <sched.h>

#include <csignal>
#include <cstdint>
#include <ctime>
#include <utility>

#include "pybind.hpp"
#include "signals.hpp"
#include "watcher.hpp"

namespace wasmedge {
namespace {

RunningCall* innermost = nullptr;               // the main thread's alone
std::atomic<RunningCall*> published = nullptr;  // what `innermost` is, or `claimed`
RunningCall claimed;                            // stands for a call that the watcher has claimed

std::atomic<pthread_t> main_thread{};
std::atomic<std::uint64_t> calls_begun{0};  // so that the watcher can tell one call from the next at the same address
std::atomic<bool> interrupt_pending{false};
struct sigaction previous{};  // of SIGINT; written before our handler is installed over it

static_assert(std::atomic<bool>::is_always_lock_free);

/// Lets Python's handler do what it does, and tells the watcher.
void on_interrupt(int signal, siginfo_t* info, void* context) {
  const int error = errno;
  if ((previous.sa_flags & SA_SIGINFO) != 0) {
    previous.sa_sigaction(signal, info, context);
  } else {
    previous.sa_handler(signal);
  }
  interrupt_pending = true;
  Watcher::wake();
  errno = error;
}

bool is_ours(const struct sigaction& action) noexcept {
  return (action.sa_flags & SA_SIGINFO) != 0 && action.sa_sigaction == &on_interrupt;
}

/// Puts our handler over whatever handles SIGINT; each signal.signal() puts Python's over it. SIGINT that is ignored, or ends
/// the process, stays so.
void install_handler() noexcept {
  struct sigaction current{};
  if (sigaction(SIGINT, nullptr, &current) != 0 || is_ours(current)) return;
  const bool is_function =
      (current.sa_flags & SA_SIGINFO) != 0 || (current.sa_handler != SIG_DFL && current.sa_handler != SIG_IGN);
  if (!is_function) return;
  previous = current;
  struct sigaction ours = current;
  ours.sa_sigaction = &on_interrupt;
  ours.sa_flags |= SA_SIGINFO;
  sigaction(SIGINT, &ours, nullptr);
}

/// Changes what is published, once nobody has claimed it. On the main thread.
void publish(RunningCall* call) noexcept {
  RunningCall* found = innermost;
  while (!published.compare_exchange_weak(found, call, std::memory_order_acq_rel)) {
    if (found == &claimed) sched_yield();
    found = innermost;
  }
  innermost = call;
}

/// The innermost call, which cannot end until it is released; null when there is none. On the watcher's thread.
RunningCall* claim() noexcept {
  RunningCall* found = published.load(std::memory_order_acquire);
  while (found != nullptr && !published.compare_exchange_weak(found, &claimed, std::memory_order_acq_rel)) {
  }
  return found;
}

void release(RunningCall* call) noexcept { published.store(call, std::memory_order_release); }

void interrupt(RunningCall* call) noexcept {
  for (; call != nullptr; call = call->outer) {
    if (std::exchange(call->interrupted, true)) continue;
    call->stop();
  }
}

}  // namespace

void find_main_thread() {
  const auto found = static_cast<pthread_t>(
      py::module_::import("threading").attr("main_thread")().attr("ident").cast<std::uintptr_t>());
  // In the child of a fork on another thread: the calls of the thread that was the main one have not come along.
  if (pthread_equal(found, main_thread.exchange(found)) == 0) published = innermost = nullptr;
}

void MainThread::enter(RunningCall& call) noexcept {
  if (pthread_equal(pthread_self(), main_thread.load(std::memory_order_relaxed)) == 0) return;
  call.outer = innermost;
  calls_begun.store(calls_begun.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  publish(&call);
  Watcher::begin();
}

void MainThread::leave(RunningCall& call) noexcept {
  if (pthread_equal(pthread_self(), main_thread.load(std::memory_order_relaxed)) == 0) return;
  publish(call.outer);
}

bool MainThread::watch() noexcept {
  static std::uint64_t seen = 0;  // the watcher's alone
  const std::uint64_t begun = calls_begun.load(std::memory_order_relaxed);
  const bool pending = interrupt_pending.exchange(false);
  const bool news = std::exchange(seen, begun) != begun;
  RunningCall* const running = claim();
  // What nothing runs under is Python's alone, which looks by itself.
  if (running == nullptr) return news;
  if (pending) interrupt(running);
  if (running->interrupted) send_stop_signal(running->thread);
  release(running);
  if (!news) install_handler();
  return true;
}

}  // namespace wasmedge
