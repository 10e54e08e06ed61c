// SPDX-License-Identifier: Apache-2.0
// Notices SIGINT while a guest runs on the main thread (POSIX <signal.h>).
#include "main_thread.hpp"

#include <sched.h>
#ifdef __linux__
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include <csignal>
#include <cstdint>
#include <ctime>
#include <mutex>
#include <utility>

#include "fork_gate.hpp"
#include "pybind.hpp"
#include "signals.hpp"
#include "watcher.hpp"

namespace wasmedge {
namespace {

std::atomic<RunningCall*> innermost = nullptr;  // written by the main thread only
std::atomic<bool> is_claimed = false;           // written by the watcher only
std::atomic<int> interrupted = 0;               // how many calls are

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
  static GlobalMutex mutex;  // the main thread and the watcher may both want to
  const std::lock_guard lock(mutex);
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

/// Whether the watcher can make the main thread's memory accesses take effect in their order, so that this costs the main
/// thread nothing (membarrier(2)).
std::atomic<bool> has_membarrier = false;

void set_up_membarrier() noexcept {
#ifdef __linux__
  has_membarrier = syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
#endif
}

/// Between what the main thread writes and then reads; the other side of await_main_thread().
void order_main_thread() noexcept {
  std::atomic_signal_fence(std::memory_order_seq_cst);
  if (!has_membarrier.load(std::memory_order_relaxed)) std::atomic_thread_fence(std::memory_order_seq_cst);
}

void await_main_thread() noexcept {
  std::atomic_thread_fence(std::memory_order_seq_cst);
#ifdef __linux__
  if (has_membarrier) syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
#endif
}

/// The innermost call, which cannot end in this scope; null when there is none. On the watcher's thread.
class Claim {
 public:
  Claim() noexcept : call_(claim()) {}
  ~Claim() { is_claimed.store(false, std::memory_order_release); }
  Claim(const Claim&) = delete;
  Claim& operator=(const Claim&) = delete;
  Claim(Claim&&) = delete;
  Claim& operator=(Claim&&) = delete;

  RunningCall* call() const noexcept { return call_; }

 private:
  static RunningCall* claim() noexcept {
    is_claimed = true;
    await_main_thread();
    return innermost.load(std::memory_order_acquire);
  }

  RunningCall* call_;
};

void interrupt(RunningCall* call) noexcept {
  for (; call != nullptr; call = call->outer) {
    if (std::exchange(call->interrupted, true)) continue;
    ++interrupted;
    call->stop();
  }
}

}  // namespace

void find_main_thread() {
  set_up_membarrier();
  const auto found = static_cast<pthread_t>(
      py::module_::import("threading").attr("main_thread")().attr("ident").cast<std::uintptr_t>());
  if (pthread_equal(found, main_thread.exchange(found)) != 0) return;
  // In the child of a fork on another thread: the calls of the thread that was the main one have not come along.
  innermost = nullptr;
  interrupted = 0;
}

void MainThread::enter(RunningCall& call) noexcept {
  if (pthread_equal(pthread_self(), main_thread.load(std::memory_order_relaxed)) == 0) return;
  call.outer = innermost.load(std::memory_order_relaxed);
  calls_begun.store(calls_begun.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  innermost.store(&call, std::memory_order_release);
  // While the watcher looks it installs the handler itself, so that most calls need not ask the system.
  if (Watcher::begin()) install_handler();
}

void MainThread::leave(RunningCall& call) noexcept {
  if (pthread_equal(pthread_self(), main_thread.load(std::memory_order_relaxed)) == 0) return;
  innermost.store(call.outer, std::memory_order_relaxed);
  order_main_thread();
  // Either the watcher finds the outer call from now on, or it has claimed this one before, and is seen here.
  while (is_claimed.load(std::memory_order_acquire)) sched_yield();
  if (call.interrupted) --interrupted;
}

bool MainThread::watch() noexcept {
  static std::uint64_t seen = 0;  // the watcher's alone
  const std::uint64_t begun = calls_begun.load(std::memory_order_relaxed);
  const bool pending = interrupt_pending.exchange(false);
  const bool news = std::exchange(seen, begun) != begun;
  // What nothing runs under is Python's alone, which looks by itself.
  if (innermost.load(std::memory_order_relaxed) == nullptr) return news;
  if (pending || interrupted > 0) {
    const Claim claim;
    if (pending) interrupt(claim.call());
    if (claim.call() != nullptr && claim.call()->interrupted) send_stop_signal(claim.call()->thread);
  }
  if (!news) install_handler();
  return true;
}

}  // namespace wasmedge
