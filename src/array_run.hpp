// SPDX-License-Identifier: Apache-2.0
// Runs a stretch of elements, in one thread or in several.
#pragma once

#include <cstdint>
#include <optional>

#include "array_kernel.hpp"
#include "call_context.hpp"
#include "runaway.hpp"

namespace wasmedge {

/// Why a loop was not carried out to its end.
struct ArrayFailure {
  std::int64_t position;  // of the element that was being worked on
  py::object exception;
};

/// Makes the exception for a stretch that is not complete, or gives a null object where nothing is wrong. GIL held.
py::object exception_of(const ArrayKernel& kernel, const ArraySlot& slot, CallContext& call, const RunawayGuard& guard,
                        const Stretch& stretch);

/// Reports elements that are done, to whoever wants to know. Gives what that raises. GIL held.
py::object report_progress(const ArrayKernel& kernel, std::int64_t done);

/// Carries the elements out in this thread and others, one for each instance. GIL held.
std::optional<ArrayFailure> run_in_threads(const ArrayKernel& kernel, const Pieces& pieces,
                                           std::vector<SlotPool::Lease>& leases);

}  // namespace wasmedge
