// SPDX-License-Identifier: Apache-2.0
// Shares the elements of one inner loop out among threads, each with an instance of its own.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <memory>
#include <mutex>
#include <ranges>
#include <system_error>
#include <thread>
#include <utility>

#include "array_run.hpp"
#include "exception.hpp"
#include "gil.hpp"
#include "logging.hpp"
#include "stopping.hpp"

namespace wasmedge {
namespace {

constexpr auto kPatience = std::chrono::milliseconds(50);  // between two looks for Ctrl-C
constexpr std::int64_t kMostPortion = 65536;

/// One of the threads, and what it works on.
struct Participant {
  std::shared_ptr<StopRequest> request = std::make_shared<StopRequest>();
  std::int64_t begin = 0;
};

/// What the threads share. Portions are handed out from the first element on, so that when one fails, those before it are
/// done or being done, and the failure that comes first among the elements is found as if there were one thread.
class SharedRun {
 public:
  SharedRun(const ArrayKernel& kernel, const Pieces& pieces, std::size_t threads)
      : kernel_(kernel), pieces_(pieces), participants_(threads), limit_(pieces.count()) {
    const std::int64_t shares = static_cast<std::int64_t>(threads) * 8;
    portion_ = std::clamp(pieces.count() / shares, kernel.loop().least_portion(), kMostPortion);
    for (const StopScope* scope = StopScope::innermost(); scope != nullptr; scope = scope->outer()) {
      scopes_.push_back(scope->request());
    }
  }

  const ArrayKernel& kernel() const noexcept { return kernel_; }
  const std::shared_ptr<StopRequest>& request(std::size_t number) const { return participants_[number].request; }

  /// The requests of the thread that began all this, from the innermost on.
  const std::vector<std::shared_ptr<StopRequest>>& scopes() const noexcept { return scopes_; }

  /// Whether this is the child of a fork that a function has made in the midst of it: the other threads are not there.
  bool is_left() const noexcept { return forks_ != ForkCount::now(); }

  std::int64_t take_done() noexcept { return done_.exchange(0); }

  /// Works on portions until there are none, or one fails. No GIL needed, nor touched. Gives the last stretch, whose number
  /// of elements is counted from the first of all.
  Stretch work(std::size_t number, ArraySlot& slot, WasmEdge_ExecutorContext* executor) {
    for (;;) {
      const std::int64_t begin = claim(number);
      if (begin < 0) return {};
      const std::int64_t end = std::min(begin + portion_, pieces_.count());
      Stretch stretch = kernel_.loop().run(slot, executor, pieces_, begin, end);
      done_ += stretch.done;
      stretch.done += begin;
      if (!stretch.is_complete()) return stretch;
    }
  }

  /// Notes a failure, and stops those who work on later elements; all, when it is not of the element's own making. GIL held.
  void fail(std::int64_t position, py::object exception, bool stops_all) {
    if (is_left()) return;
    const std::lock_guard lock(mutex_);
    if (is_final_ || (!stops_all && position > limit_)) return;
    is_final_ = stops_all;
    limit_ = stops_all ? 0 : position;
    failure_ = ArrayFailure{position, std::move(exception)};
    for (const Participant& each : participants_) {
      if (stops_all || each.begin > position) make_request(each.request, StopReason::kCancelled);
    }
  }

  /// A thread began, or is over.
  void begin() {
    const std::lock_guard lock(mutex_);
    ++running_;
  }
  void end() {
    if (is_left()) return;
    {
      const std::lock_guard lock(mutex_);
      --running_;
    }
    ended_.notify_one();
  }

  /// Waits a little for the end of the others. No GIL.
  bool wait() {
    if (is_left()) return true;
    std::unique_lock lock(mutex_);
    return ended_.wait_for(lock, kPatience, [&] { return running_ == 0; });
  }

  std::optional<ArrayFailure> take_failure() {
    if (is_left()) {
      PyErr_SetString(PyExc_RuntimeError, "a fork in the midst of an array function has left its other threads behind");
      return ArrayFailure{0, take_exception()};
    }
    const std::lock_guard lock(mutex_);
    return std::exchange(failure_, std::nullopt);
  }

 private:
  std::int64_t claim(std::size_t number) {
    if (is_left()) return -1;
    const std::lock_guard lock(mutex_);
    if (next_ >= limit_) return -1;
    participants_[number].begin = next_;
    return std::exchange(next_, next_ + portion_);
  }

  const ArrayKernel& kernel_;
  const Pieces& pieces_;
  std::vector<std::shared_ptr<StopRequest>> scopes_;
  std::int64_t portion_ = 0;
  std::atomic<std::int64_t> done_ = 0;
  const unsigned forks_ = ForkCount::now();
  std::mutex mutex_;  // guards what follows; requests lock their own under it. Not when the run is left
  std::condition_variable ended_;
  std::vector<Participant> participants_;
  std::int64_t next_ = 0;
  std::int64_t limit_;  // where the first failure is
  std::optional<ArrayFailure> failure_;
  bool is_final_ = false;
  int running_ = 0;
};

/// Stops what a thread runs as those of the thread that began it are stopped, and by its own request.
class Scopes {
 public:
  Scopes(const SharedRun& run, std::size_t number, bool is_other) {
    if (is_other) {
      for (const auto& each : std::views::reverse(run.scopes())) scopes_.push_back(std::make_unique<StopScope>(each));
    }
    scopes_.push_back(std::make_unique<StopScope>(run.request(number)));
  }
  ~Scopes() {
    while (!scopes_.empty()) scopes_.pop_back();
  }
  Scopes(const Scopes&) = delete;
  Scopes& operator=(const Scopes&) = delete;
  Scopes(Scopes&&) = delete;
  Scopes& operator=(Scopes&&) = delete;

 private:
  std::vector<std::unique_ptr<StopScope>> scopes_;
};

/// Says what came out of a thread's work. GIL held.
void conclude(SharedRun& run, std::size_t number, const ArraySlot& slot, CallContext& call, const RunawayGuard& guard,
              const Stretch& stretch) {
  const bool was_stopped =
      thread_state.unwound || WasmEdge_ResultGetCode(stretch.result) == WasmEdge_ErrCode_Interrupted;
  const bool by_us = run.request(number)->reason() != StopReason::kNone;
  py::object exception = exception_of(run.kernel(), slot, call, guard, stretch);
  if (!exception) {
    flush_log_records();
    return;
  }
  const bool overflowed = guard.stopped();
  if (was_stopped && by_us && !overflowed) return;
  run.fail(stretch.done, std::move(exception), was_stopped && !overflowed);
}

/// The GIL for a thread that Python knows nothing of.
class ForeignGil {
 public:
  ForeignGil() : state_(PyGILState_Ensure()) {}
  ~ForeignGil() { PyGILState_Release(state_); }
  ForeignGil(const ForeignGil&) = delete;
  ForeignGil& operator=(const ForeignGil&) = delete;
  ForeignGil(ForeignGil&&) = delete;
  ForeignGil& operator=(ForeignGil&&) = delete;

 private:
  PyGILState_STATE state_;
};

void work_elsewhere(SharedRun& run, std::size_t number, ArraySlot& slot, PyThreadState* state) {
  const Scopes scopes(run, number, true);
  CallContext call(slot.executor, CallContext::Detached{state});
  drop_log_records();
  const RunawayGuard guard(call.context());
  const Stretch stretch = call.run([&] { return run.work(number, slot, call.context()); });
  if (stretch.is_complete() && !has_log_records()) return;
  if (state == nullptr) {
    const ForeignGil gil;
    conclude(run, number, slot, call, guard, stretch);
  } else {
    PyEval_RestoreThread(state);
    conclude(run, number, slot, call, guard, stretch);
    PyEval_SaveThread();
  }
}

/// What a thread does. One whose guest calls Python gets a state of Python's for as long as it lives.
void thread_main(SharedRun& run, std::size_t number, ArraySlot& slot) {
  if (!run.kernel().options().calls_python) {
    work_elsewhere(run, number, slot, nullptr);
  } else {
    const ForeignGil gil;
    PyThreadState* state = PyEval_SaveThread();
    work_elsewhere(run, number, slot, state);
    PyEval_RestoreThread(state);
  }
  run.end();
}

/// Signals are for the threads of Python; those that compiled code raises, and that stops it, come to any.
class OtherSignalsBlocked {
 public:
  OtherSignalsBlocked() noexcept {
    sigset_t others;
    sigfillset(&others);
    for (const int fault : {SIGSEGV, SIGBUS, SIGFPE}) sigdelset(&others, fault);
    for (int signal = SIGRTMIN; signal <= SIGRTMAX; ++signal) sigdelset(&others, signal);
    pthread_sigmask(SIG_SETMASK, &others, &before_);
  }
  ~OtherSignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  OtherSignalsBlocked(const OtherSignalsBlocked&) = delete;
  OtherSignalsBlocked& operator=(const OtherSignalsBlocked&) = delete;
  OtherSignalsBlocked(OtherSignalsBlocked&&) = delete;
  OtherSignalsBlocked& operator=(OtherSignalsBlocked&&) = delete;

 private:
  sigset_t before_{};
};

/// Threads that are waited for, without the GIL, when this goes.
class Threads {
 public:
  Threads(SharedRun& run, std::vector<SlotPool::Lease>& leases) : run_(run) {
    threads_.reserve(leases.size());
    const OtherSignalsBlocked blocked;
    for (std::size_t number = 1; number < leases.size(); ++number) {
      run.begin();
      try {
        threads_.emplace_back(thread_main, std::ref(run), number, std::ref(*leases[number]));
      } catch (const std::system_error&) {
        run.end();  // there are too many threads already: those that there are do it all
        return;
      }
    }
  }
  ~Threads() {
    without_gil([&] {
      for (std::thread& thread : threads_) run_.is_left() ? thread.detach() : thread.join();
    });
  }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;
  Threads(Threads&&) = delete;
  Threads& operator=(Threads&&) = delete;

 private:
  const SharedRun& run_;
  std::vector<std::thread> threads_;
};

void work_here(SharedRun& run, ArraySlot& slot) {
  const Scopes scopes(run, 0, false);
  CallContext call(slot.executor);
  drop_log_records();
  const RunawayGuard guard(call.context());
  const Stretch stretch = call.run([&] { return run.work(0, slot, call.context()); });
  conclude(run, 0, slot, call, guard, stretch);
}

/// What the waiting thread does meanwhile: reports, and Ctrl-C.
void look_after(SharedRun& run) {
  if (py::object exception = report_progress(run.kernel(), run.take_done())) run.fail(0, std::move(exception), true);
  if (PyErr_CheckSignals() != 0) run.fail(0, take_exception(), true);
}

}  // namespace

std::optional<ArrayFailure> run_in_threads(const ArrayKernel& kernel, const Pieces& pieces,
                                           std::vector<SlotPool::Lease>& leases) {
  SharedRun run(kernel, pieces, leases.size());
  {
    const Threads threads(run, leases);
    work_here(run, *leases.front());
    while (!without_gil([&] { return run.wait(); })) look_after(run);
    look_after(run);
  }
  return run.take_failure();
}

}  // namespace wasmedge
