// SPDX-License-Identifier: Apache-2.0
// Takes over the signals that the runtime's compiled code raises (POSIX <signal.h>; WasmEdge 0.17's lib/system/fault.cpp).
//
// Left alone, the runtime installs its handlers at each outermost call into compiled code and sets the signals to their
// defaults after it: six system calls a call, Python's faulthandler is lost, and two threads can take each other's handlers
// away. It does so by a count of the calls under way, which is never allowed to come back to zero here (held_count.hpp).
// Then our handlers go over the runtime's, and stay.
//
// A fault in a guest's compiled code goes on to the runtime's handler, which unwinds the call into a trap; all others to
// whoever handled the signal before. In the child of a fork all of this still holds: handlers, count and alternate stack are
// the process's and the thread's own. At the end of the process nothing needs to be undone.
#include "signals.hpp"

#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <mutex>

#include "code_regions.hpp"
#include "fork_gate.hpp"
#include "held_count.hpp"
#include "thread_state.hpp"

namespace wasmedge {
namespace {

using Handler = void (*)(int, siginfo_t*, void*);

/// How far from the stack pointer a fault is still one of the stack: no function of a guest has a larger frame, as the
/// compiler of the runtime probes larger ones page by page.
constexpr std::uintptr_t kNearStack = std::uintptr_t{1} << 20;

struct Taken {
  int signal;
  struct sigaction previous{};  // of whoever was there before, or has come since
};

std::array<Taken, 3> taken{{{SIGSEGV, {}}, {SIGBUS, {}}, {SIGFPE, {}}}};
Handler runtime_handler = nullptr;
std::atomic<int> stop_signal = 0;  // none yet

[[gnu::tls_model("initial-exec")]] thread_local constinit bool is_passing_on = false;

/// The registers of the interrupted code. What a handler writes there counts when it returns.
auto& program_counter(void* context) noexcept {
  auto& machine = static_cast<ucontext_t*>(context)->uc_mcontext;
#ifdef __x86_64__
  return machine.gregs[REG_RIP];
#elif defined(__aarch64__)
  return machine.pc;
#endif
}

auto& stack_pointer(void* context) noexcept {
  auto& machine = static_cast<ucontext_t*>(context)->uc_mcontext;
#ifdef __x86_64__
  return machine.gregs[REG_RSP];
#elif defined(__aarch64__)
  return machine.sp;
#endif
}

bool is_in_guest(void* context) noexcept {
  return CodeRegion::contains(static_cast<std::uintptr_t>(program_counter(context)));
}

/// Ends the stack trace that the runtime takes before it unwinds, at the handler's own frame. An instruction at which code
/// is stopped from outside may be one that the unwind tables do not describe, and an overflowed stack is long. Nothing
/// returns to the context.
void forget_origin(void* context) noexcept { program_counter(context) = 0; }

bool is_stack_overflow(int signal, const siginfo_t* info, void* context) noexcept {
  if (signal != SIGSEGV || info->si_code <= 0) return false;
  const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
  const auto stack = static_cast<std::uintptr_t>(stack_pointer(context));
  return address > stack - kNearStack && address < stack + kNearStack;
}

/// Does what would happen without us. Whoever was there may raise the signal again: that comes here, and ends the process.
void pass_on(int signal, siginfo_t* info, void* context) noexcept {
  const struct sigaction& previous = std::ranges::find(taken, signal, &Taken::signal)->previous;
  const bool is_plain = (previous.sa_flags & SA_SIGINFO) == 0;
  if (is_passing_on || (is_plain && previous.sa_handler == SIG_DFL)) {
    std::signal(signal, SIG_DFL);
    // A fault comes again when the instruction does; what was sent has to be sent again.
    if (info->si_code <= 0) raise(signal);
    return;
  }
  if (is_plain && previous.sa_handler == SIG_IGN) return;
  is_passing_on = true;
  if (is_plain) {
    previous.sa_handler(signal);
  } else {
    previous.sa_sigaction(signal, info, context);
  }
  is_passing_on = false;
}

void on_fault(int signal, siginfo_t* info, void* context) {
  ThreadState& state = thread_state;
  if (state.in_guest && info->si_code > 0) {
    const bool overflow = is_stack_overflow(signal, info, context);
    if (overflow || is_in_guest(context)) {
      state.overflowed = overflow;
      if (overflow) forget_origin(context);
      runtime_handler(signal, info, context);  // does not return
    }
  }
  pass_on(signal, info, context);
}

/// Anywhere but in compiled code it is too early, or too late: the runtime's and Python's frames are never unwound. A system
/// call that blocks comes back, though, and the sender tries again.
void on_stop(int, siginfo_t* info, void* context) {
  ThreadState& state = thread_state;
  if (!state.in_guest || state.stops == 0 || !is_in_guest(context)) return;
  state.unwound = true;
  forget_origin(context);
  // What does not return has to let the next one through.
  sigset_t own;
  sigemptyset(&own);
  sigaddset(&own, stop_signal);
  pthread_sigmask(SIG_UNBLOCK, &own, nullptr);
  runtime_handler(SIGSEGV, info, context);  // does not return
}

struct sigaction make_action(Handler handler) noexcept {
  struct sigaction action{};
  action.sa_sigaction = handler;
  // SA_NODEFER as the runtime's handler does not return; SA_ONSTACK for what overflows the stack. A blocking system call of
  // a guest shall come back, and so no SA_RESTART.
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  sigemptyset(&action.sa_mask);
  return action;
}

bool is_ours(const struct sigaction& action) noexcept {
  return (action.sa_flags & SA_SIGINFO) != 0 && action.sa_sigaction == &on_fault;
}

/// Puts our handlers over those that others have installed since, which get what is not ours.
void install_over() noexcept {
  for (Taken& each : taken) {
    struct sigaction current{};
    if (sigaction(each.signal, nullptr, &current) != 0 || is_ours(current)) continue;
    if ((current.sa_flags & SA_SIGINFO) == 0 || current.sa_sigaction != runtime_handler) each.previous = current;
    const struct sigaction ours = make_action(&on_fault);
    sigaction(each.signal, &ours, nullptr);
  }
}

int find_free_signal() noexcept {
  for (int signal = SIGRTMAX - 1; signal > SIGRTMIN; --signal) {
    struct sigaction current{};
    const bool known = sigaction(signal, nullptr, &current) == 0;
    if (known && (current.sa_flags & SA_SIGINFO) == 0 && current.sa_handler == SIG_DFL) return signal;
  }
  return SIGRTMAX;
}

void take_over_signals() {
  for (Taken& each : taken) sigaction(each.signal, nullptr, &each.previous);
  hold_count();
  struct sigaction runtime{};
  sigaction(SIGSEGV, nullptr, &runtime);
  runtime_handler = runtime.sa_sigaction;
  install_over();
  signals_started = true;
}

/// Interpreted code needs the signal too, for the system calls that it blocks in.
void install_stop_signal() noexcept {
  const int signal = find_free_signal();
  struct sigaction action = make_action(&on_stop);
  // Real-time signals queue: a thread that gets many at once must take one after the other, or they pile up on its
  // alternate stack until that is full.
  action.sa_flags &= ~SA_NODEFER;
  sigaction(signal, &action, nullptr);
  stop_signal = signal;
}

/// A stack for the handlers, as what overflows the thread's own leaves no room there.
class AlternateStack {
 public:
  AlternateStack() noexcept {
    stack_t current{};
    if (sigaltstack(nullptr, &current) == 0 && (current.ss_flags & SS_DISABLE) == 0 && current.ss_size >= kSize) return;
    memory_ = ::mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory_ == MAP_FAILED) return;  // then an overflow ends the process, as it would without any of this
    stack_t ours{};
    ours.ss_sp = memory_;
    ours.ss_size = kSize;
    sigaltstack(&ours, nullptr);
  }
  ~AlternateStack() {
    if (memory_ == MAP_FAILED) return;
    stack_t current{};
    if (sigaltstack(nullptr, &current) == 0 && current.ss_sp == memory_) {
      stack_t none{};
      none.ss_flags = SS_DISABLE;
      sigaltstack(&none, nullptr);
      ::munmap(memory_, kSize);
    }
  }
  AlternateStack(const AlternateStack&) = delete;
  AlternateStack& operator=(const AlternateStack&) = delete;
  AlternateStack(AlternateStack&&) = delete;
  AlternateStack& operator=(AlternateStack&&) = delete;

 private:
  static constexpr std::size_t kSize = std::size_t{128} * 1024;
  void* memory_ = MAP_FAILED;
};

}  // namespace

void start_signals() {
  static GlobalMutex mutex;
  const std::lock_guard lock(mutex);
  if (!signals_started) take_over_signals();
}

void prepare_thread() noexcept {
  thread_local const AlternateStack stack;
  thread_local time_t last_seconds = 0;
  thread_local long last_nanoseconds = 0;
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  if (now.tv_nsec == last_nanoseconds && now.tv_sec == last_seconds) return;
  last_nanoseconds = now.tv_nsec;
  last_seconds = now.tv_sec;
  static GlobalMutex mutex;
  const std::lock_guard lock(mutex);
  install_over();
}

void send_stop_signal(pthread_t thread) noexcept {
  static std::once_flag once;
  std::call_once(once, &install_stop_signal);
  pthread_kill(thread, stop_signal);
}

}  // namespace wasmedge
