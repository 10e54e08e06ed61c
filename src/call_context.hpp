// SPDX-License-Identifier: Apache-2.0
// What a thread knows of the WebAssembly that it is running.
#pragma once

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "executor.hpp"
#include "live_externrefs.hpp"
#include "pybind.hpp"
#include "reference_flow.hpp"
#include "signals.hpp"
#include "stopping.hpp"
#include "thread_state.hpp"

namespace wasmedge {

/// One entry into WebAssembly on this thread: a call, or an instantiation with its start function. Host functions find
/// the innermost one here; wasm → Python → wasm makes a stack of them.
///
/// It is where an exception of a host function waits for the call to come back: per entry, so that it is raised by the
/// call that it belongs to, whatever other threads and nested calls do.
class CallContext {
 public:
  /// For a thread that does not hold the GIL, and holds it only in host functions: by a state of its own, or by none where
  /// there are no such functions to come to.
  struct Detached {
    PyThreadState* state;
    /// The context variables of host functions (PEP 567); null for the thread's. Borrowed. The first host function enters
    /// it, and leave_variables() leaves it.
    PyObject* variables = nullptr;
  };

  /// The executor has to outlive this.
  explicit CallContext(const std::shared_ptr<Executor>& executor, std::optional<std::uint64_t> fuel = std::nullopt);
  CallContext(const std::shared_ptr<Executor>& executor, Detached detached);
  ~CallContext() { thread_state.call = outer_; }
  CallContext(const CallContext&) = delete;
  CallContext& operator=(const CallContext&) = delete;
  CallContext(CallContext&&) = delete;
  CallContext& operator=(CallContext&&) = delete;

  /// The innermost context of the calling thread; null outside of WebAssembly.
  static CallContext* current() noexcept { return thread_state.call; }

  /// Runs work that touches no Python object without the GIL; host functions take it back through this context.
  template <class Work>
  auto run(Work&& work) {
    const Release release(*this);
    return work();
  }

  /// Holds the GIL in a host function; the runtime's frames are below it, so nothing may be thrown through it.
  class Acquire {
   public:
    explicit Acquire(CallContext& context) noexcept;
    ~Acquire();
    Acquire(const Acquire&) = delete;
    Acquire& operator=(const Acquire&) = delete;
    Acquire(Acquire&&) = delete;
    Acquire& operator=(Acquire&&) = delete;

   private:
    CallContext& context_;
  };

  const std::shared_ptr<Executor>& executor() const noexcept { return executor_; }

  /// The C context of this entry, which no other uses meanwhile.
  WasmEdge_ExecutorContext* context() const noexcept { return lease_.context(); }

  /// What it has cost so far. Only of a call with fuel.
  std::uint64_t spent() const noexcept { return lease_.spent(); }

  /// Takes the Python exception that is set, and keeps it for the end of the call. The first one counts.
  void keep_exception();

  /// Throws the kept exception, if there is one, as the same object with its traceback.
  void rethrow();

  /// Throws the Python exception for a call that was stopped, or has used the thread's stack up, rather than failed.
  void check_stopped(WasmEdge_Result result, const std::string& subject) const;

  /// Keeps what a guest was given as externref alive until the call has ended.
  void hold(py::object object) { held_.emplace_back(std::move(object)); }

  /// Gives whether a host function has entered the context variables, which stay entered.
  bool has_entered_variables() const noexcept { return entered_ != nullptr; }

  /// Goes back to the thread's own. GIL held.
  void leave_variables() noexcept;

  /// What an anchor made before its time has to have of the instance to be. Null for a call.
  const ReferenceCircle::Pointer* circle() const noexcept { return circle_; }
  void set_circle(const ReferenceCircle::Pointer& circle) { circle_ = &circle; }

 private:
  class Release {
   public:
    explicit Release(CallContext& context) noexcept;
    ~Release();
    Release(const Release&) = delete;
    Release& operator=(const Release&) = delete;
    Release(Release&&) = delete;
    Release& operator=(Release&&) = delete;

   private:
    CallContext& context_;
  };

  void enter_variables() noexcept;

  const std::shared_ptr<Executor>& executor_;
  Executor::Lease lease_;
  Stoppable stoppable_;  // after the lease, which must not end while others can stop the call
  CallContext* outer_;
  bool is_detached_ = false;
  PyThreadState* released_ = nullptr;
  PyObject* variables_ = nullptr;  // that have not been entered yet
  PyObject* entered_ = nullptr;
  py::object exception_;
  const ReferenceCircle::Pointer* circle_ = nullptr;  // borrowed from the instantiation, whose context this is
  std::vector<LiveExternref> held_;
};

}  // namespace wasmedge
