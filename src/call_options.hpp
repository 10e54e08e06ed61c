// SPDX-License-Identifier: Apache-2.0
// What a call may be given beside the function's own arguments.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include "pybind.hpp"
#include "stopping.hpp"
#include "watcher.hpp"

namespace wasmedge {

struct CallOptions {
  std::optional<std::uint64_t> fuel;
  std::optional<std::chrono::nanoseconds> timeout;
};

/// Reads `fuel`, an int or None, and `timeout`, a number of seconds or None. GIL held.
CallOptions options_from(py::handle fuel, py::handle timeout);

/// Reads the keyword arguments of a vectorcall; `name` is the function's, for messages. GIL held.
CallOptions options_from_keywords(std::string_view name, PyObject* const* values, PyObject* keywords);

/// Stops what this thread begins within the scope, when the time is over; does nothing where there is no limit.
class TimeLimit {
 public:
  explicit TimeLimit(const std::optional<std::chrono::nanoseconds>& time) {
    if (time) [[unlikely]] {
      request_ = std::make_shared<StopRequest>();
      deadline_.emplace(request_, after(*time));
      scope_.emplace(request_);
    }
  }

 private:
  /// Far times are never: the clock has 63 bits of nanoseconds.
  static Watcher::Clock::time_point after(std::chrono::nanoseconds time) {
    const auto now = Watcher::Clock::now();
    return time > Watcher::Clock::time_point::max() - now ? Watcher::Clock::time_point::max() : now + time;
  }

  std::shared_ptr<StopRequest> request_;
  std::optional<Watcher::Deadline> deadline_;
  std::optional<StopScope> scope_;
};

}  // namespace wasmedge
