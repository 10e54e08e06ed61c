// SPDX-License-Identifier: Apache-2.0
// Binds what a thread of the pool does; over no header of WasmEdge's in particular.
#include "pool.hpp"

#include <atomic>
#include <memory>
#include <utility>

#include "ended_calls.hpp"
#include "exception.hpp"
#include "gil.hpp"
#include "loop_signal.hpp"
#include "register.hpp"
#include "workshop.hpp"

namespace wasmedge {
namespace {

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
  PyThreadState* const thread = PyEval_SaveThread();
  Worker worker;
  shop.arrive(worker);
  for (;;) {
    Orders orders = shop.next(worker);
    if (orders.ends) break;
    if (orders.starts_thread || orders.settles) {
      const WorkerGil gil(thread);
      if (orders.settles) EndedCalls::settle();
      // Without another thread this one comes back for what is left.
      if (orders.starts_thread && start_thread()) shop.abandon_arrival();
    }
    if (orders.task) orders.task.release()->run(thread);
    // In the child of a fork that a host function has made the others are not, and what they held is held for good.
    if (&shop != workshop()) break;
  }
  PyEval_RestoreThread(thread);
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
