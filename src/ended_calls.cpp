// SPDX-License-Identifier: Apache-2.0
// Hands over what has ended; over no header of WasmEdge's in particular.
#include "ended_calls.hpp"

#include <atomic>
#include <utility>

#include "register.hpp"

namespace wasmedge {
namespace {

constexpr int kMost = 1024;  // so that calls whose results nobody wants do not add up

std::atomic<EndedCall*> last = nullptr;  // and each has the one before
std::atomic<int> count = 0;

/// Takes all, in the order in which they ended.
std::unique_ptr<EndedCall> take_all() noexcept {
  EndedCall* rest = last.exchange(nullptr);
  EndedCall* first = nullptr;
  while (rest != nullptr) {
    EndedCall* const before = std::exchange(rest->next, first);
    first = std::exchange(rest, before);
    --count;
  }
  return std::unique_ptr<EndedCall>(first);
}

}  // namespace

bool EndedCalls::add(std::unique_ptr<EndedCall> call) noexcept {
  EndedCall* const added = call.release();
  added->next = last;
  while (!last.compare_exchange_weak(added->next, added)) {
  }
  return ++count >= kMost;
}

bool EndedCalls::any() noexcept { return last.load() != nullptr; }

void EndedCalls::settle() {
  for (auto call = take_all(); call != nullptr;) {
    std::unique_ptr<EndedCall> next(std::exchange(call->next, nullptr));
    {
      const auto async = py::reinterpret_borrow<py::object>(call->async());
      AsyncState::of(async).settle(async);
      // Another thread may be about to take the result, or this one, which has come here from there.
      if (AsyncState::of(async).phase() == CallPhase::kOver) add(std::move(call));
    }
    call = std::move(next);
  }
}

void EndedCalls::renew() noexcept {
  last = nullptr;
  count = 0;
}

void register_ended_calls(py::module_& m) {
  m.def("_settle_ended_calls", &EndedCalls::settle, "Make the results of all calls that have ended Python's.");
}

}  // namespace wasmedge
