// SPDX-License-Identifier: Apache-2.0
// Carries out a ufunc's inner loop (wasmedge/wasmedge_execution.h).
#include "array_run.hpp"

#include <algorithm>
#include <cfenv>
#include <utility>

#include "errors.hpp"
#include "exception.hpp"
#include "logging.hpp"
#include "stack.hpp"

namespace wasmedge {
namespace {

constexpr std::int64_t kReported = std::int64_t{1} << 18;  // so many elements between two reports of progress

/// Keeps the processor's floating-point flags: numpy would warn of what a guest computes, which has no such flags.
class FloatingPointFlags {
 public:
  FloatingPointFlags() noexcept { std::fegetexceptflag(&flags_, FE_ALL_EXCEPT); }
  ~FloatingPointFlags() { std::fesetexceptflag(&flags_, FE_ALL_EXCEPT); }
  FloatingPointFlags(const FloatingPointFlags&) = delete;
  FloatingPointFlags& operator=(const FloatingPointFlags&) = delete;
  FloatingPointFlags(FloatingPointFlags&&) = delete;
  FloatingPointFlags& operator=(FloatingPointFlags&&) = delete;

 private:
  std::fexcept_t flags_{};
};

void require_metered(const ArrayKernel& kernel, const ArraySlot& slot) {
  if (!slot.has_unmetered) return;
  throw_value_error(kernel.subject() + " runs compiled code that does not measure its cost, so that no fuel limits it");
}

std::optional<ArrayFailure> run_here(const ArrayKernel& kernel, ArraySlot& slot, const Pieces& pieces,
                                     std::optional<std::uint64_t>& fuel) {
  if (fuel) require_metered(kernel, slot);
  CallContext call(slot.executor, fuel);
  drop_log_records();
  const RunawayGuard guard(call.context());
  const bool reports = !kernel.options().progress.is_none() && !kernel.loop().is_sequential(pieces);
  const std::int64_t step = reports ? kReported : pieces.count();
  for (std::int64_t begin = 0; begin < pieces.count(); begin += step) {
    const std::int64_t end = std::min(begin + step, pieces.count());
    const Stretch stretch = call.run([&] { return kernel.loop().run(slot, call.context(), pieces, begin, end); });
    if (py::object exception = exception_of(kernel, slot, call, guard, stretch)) {
      return ArrayFailure{begin + stretch.done, std::move(exception)};
    }
    if (!reports) continue;
    if (py::object exception = report_progress(kernel, end - begin)) return ArrayFailure{end, std::move(exception)};
  }
  if (fuel) *fuel -= std::min(*fuel, call.spent());
  flush_log_records();
  return std::nullopt;
}

/// As many as there is work for, and as there are.
std::vector<SlotPool::Lease> take_slots(ArrayKernel& kernel, const Pieces& pieces) {
  std::vector<SlotPool::Lease> leases;
  leases.push_back(kernel.pool().take());
  const ArrayOptions& options = kernel.options();
  if (pieces.count() < options.large || options.limits.fuel || kernel.loop().is_sequential(pieces)) return leases;
  while (leases.size() < options.threads) {
    auto lease = kernel.pool().try_take();
    if (!lease) break;
    leases.push_back(std::move(*lease));
  }
  return leases;
}

[[noreturn]] void throw_failure(ArrayKernel& kernel, const Pieces& pieces, CallRecord* current, ArrayFailure failure) {
  if (current != nullptr) {
    current->failure = failure.exception;
    current->failed_at = current->position + failure.position;
    for (int i = 0; i < kernel.table().inputs + kernel.table().outputs; ++i) {
      current->addresses.push_back(
          reinterpret_cast<std::uintptr_t>(pieces.args[i] + (failure.position * pieces.strides[i])));
    }
  }
  set_exception(std::move(failure.exception));
  throw py::error_already_set();
}

}  // namespace

py::object exception_of(const ArrayKernel& kernel, const ArraySlot& slot, CallContext& call, const RunawayGuard& guard,
                        const Stretch& stretch) {
  if (stretch.is_complete()) return {};
  try {
    const std::string subject = kernel.subject();
    if (stretch.out_of_memory) {
      PyErr_SetString(PyExc_MemoryError, (subject + " needs more of the guest's memory than there can be").c_str());
      throw py::error_already_set();
    }
    call.rethrow();
    call.check_stopped(stretch.result, subject);
    guard.check(stretch.result, subject);
    if (!stretch.has_ended) {
      raise(RuntimeFailure(WasmEdge_ErrCode_Terminated, subject + ": the guest ended itself", take_log_records(),
                           "WasmEdgeError"));
    }
    check(stretch.result, subject, slot.shift);
  } catch (py::error_already_set& error) {
    error.restore();
  }
  return take_exception();
}

py::object report_progress(const ArrayKernel& kernel, std::int64_t done) {
  const py::object& progress = kernel.options().progress;
  if (progress.is_none() || done == 0) return {};
  const py::object number = py::int_(done);
  PyObject* result = PyObject_CallOneArg(progress.ptr(), number.ptr());
  if (result == nullptr) return take_exception();
  Py_DECREF(result);
  return {};
}

void run_pieces(ArrayKernel& kernel, const Pieces& pieces) {
  const FloatingPointFlags flags;
  require_stack();
  CallRecord* const current = ArrayCall::current(kernel);
  // A call has its time from its beginning; reduce() and the like have it for each piece.
  const TimeLimit limit(current == nullptr ? kernel.options().limits.timeout : std::nullopt);
  std::optional<std::uint64_t> own_fuel = kernel.options().limits.fuel;
  std::vector<SlotPool::Lease> leases = take_slots(kernel, pieces);
  std::optional<ArrayFailure> failure =
      leases.size() > 1 ? run_in_threads(kernel, pieces, leases)
                        : run_here(kernel, *leases.front(), pieces, current != nullptr ? current->fuel : own_fuel);
  if (failure) throw_failure(kernel, pieces, current, std::move(*failure));
  if (current != nullptr) current->position += pieces.count();
}

}  // namespace wasmedge
