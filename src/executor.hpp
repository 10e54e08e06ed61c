// SPDX-License-Identifier: Apache-2.0
// What instantiates modules and runs functions.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "configure.hpp"
#include "handles.hpp"
#include "statistics.hpp"

namespace wasmedge {

/// What compiled code counts. It does so without asking, through pointers that only an executor which counts the same sets.
struct Metering {
  bool counts_instructions = false;
  bool measures_cost = false;
  bool has_unmetered = false;  // some of it measures no cost, so that no fuel limits it

  void include(const Metering& other) noexcept {
    counts_instructions = counts_instructions || other.counts_instructions;
    measures_cost = measures_cost || other.measures_cost;
    has_unmetered = has_unmetered || other.has_unmetered;
  }
};

/// C executor contexts with the statistics that they count into. Any number of threads may run functions on it at once.
///
/// Each call has a context to itself, as the runtime's stop token belongs to a context and goes to whichever call looks
/// first: a stop must not reach another call.
class Executor {
 public:
  Executor(const Configure& configure, std::shared_ptr<Statistics> statistics);
  ~Executor() { const Context spare(spare_); }
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;
  Executor(Executor&&) = delete;
  Executor& operator=(Executor&&) = delete;

  struct Delete {
    void operator()(WasmEdge_ExecutorContext* context) const noexcept { destroy(context); }
  };
  using Context = std::unique_ptr<WasmEdge_ExecutorContext, Delete>;

  /// A context that counts into statistics of its own, so that a call can have a limit of its own.
  struct Metered {
    std::shared_ptr<WasmEdge_StatisticsContext> statistics;  // first, as the context points to it
    Context context;
    std::uint64_t cost_table_version = 0;
  };

  /// A context that no other call uses until the end of the scope.
  class Lease {
   public:
    /// With fuel it is a metered one, which stops when so much cost has been spent. GIL held, at the end too.
    Lease(Executor& executor, std::optional<std::uint64_t> fuel) : executor_(executor), has_gil_(true) {
      if (fuel) {
        metered_ = executor.take_metered(*fuel);
      } else {
        context_ = executor.take();
      }
    }
    /// For a thread that does not hold the GIL, and need not at the end.
    explicit Lease(Executor& executor) : executor_(executor), has_gil_(false), context_(executor.take_idle()) {}
    ~Lease() {
      if (metered_) {
        executor_.put_back(std::move(metered_));
      } else if (has_gil_) {
        executor_.put_back(std::move(context_));
      } else {
        executor_.put_back_idle(std::move(context_));
      }
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    Lease(Lease&&) = delete;
    Lease& operator=(Lease&&) = delete;

    /// What has been spent of the fuel.
    std::uint64_t spent() const noexcept { return WasmEdge_StatisticsGetTotalCost(metered_->statistics.get()); }

    WasmEdge_ExecutorContext* context() const noexcept { return metered_ ? metered_->context.get() : context_.get(); }

   private:
    Executor& executor_;
    bool has_gil_;
    Context context_;
    std::unique_ptr<Metered> metered_;
  };

  /// What it was made with.
  const Configure& configure() const noexcept { return configure_; }

  /// Throws ValueError, naming `subject`, when compiled code counts what this executor does not. GIL held.
  void require_serving(const Metering& metering, const std::string& subject) const;

  /// The counters; made here when nothing is counted and nobody has asked before. GIL held.
  const std::shared_ptr<Statistics>& statistics();

 private:
  /// What a burst of threads needed and nobody does any more is given back.
  static constexpr std::size_t kMostIdle = 64;

  Context make_context();
  /// The spare one first, which those who hold the GIL need no lock for. GIL held.
  Context take() {
    if (WasmEdge_ExecutorContext* spare = exchange_spare(nullptr)) return Context(spare);
    return take_idle();
  }
  void put_back(Context context) noexcept {
    if (WasmEdge_ExecutorContext* other = exchange_spare(context.release())) put_back_idle(Context(other));
  }
  WasmEdge_ExecutorContext* exchange_spare(WasmEdge_ExecutorContext* next) noexcept {
#ifdef Py_GIL_DISABLED
    return spare_.exchange(next, std::memory_order_acq_rel);
#else
    return std::exchange(spare_, next);
#endif
  }
  Context take_idle();
  void put_back_idle(Context context) noexcept { push(idle_, std::move(context), kMostIdle); }
  /// Takes one of those that are not used, or null; and gives one back, if there are not too many. Neither waits for another
  /// thread, which may have been left behind by a fork: a context more is made, or deleted.
  template <class Pointer>
  Pointer pop(std::vector<Pointer>& idle);
  template <class Pointer>
  void push(std::vector<Pointer>& idle, Pointer pointer, std::size_t most) noexcept;

  std::unique_ptr<Metered> take_metered(std::uint64_t fuel);
  void put_back(std::unique_ptr<Metered> metered) noexcept;

  Configure configure_;  // a copy: contexts that are made later must not see later changes
  // Null until it is asked for when nothing is counted: each has a table of 512 KiB. Declared first, so that it outlives
  // the contexts that point to it.
  std::shared_ptr<Statistics> statistics_;
#ifdef Py_GIL_DISABLED
  std::atomic<WasmEdge_ExecutorContext*> spare_ = nullptr;
#else
  WasmEdge_ExecutorContext* spare_ = nullptr;  // guarded by the GIL
#endif
  std::vector<Context> idle_;
  std::vector<std::unique_ptr<Metered>> idle_metered_;
  std::mutex mutex_;  // guards the two above; nothing else is locked under it
};

}  // namespace wasmedge
