// SPDX-License-Identifier: Apache-2.0
// Binds the runtime's log (wasmedge/wasmedge_basic.h): LogLevel, set_log_level, and the way into Python's logging.
#include "logging.hpp"

#include <pthread.h>

#include <algorithm>
#include <array>
#include <atomic>

#include "gil.hpp"
#include "handles.hpp"
#include "pybind.hpp"
#include "register.hpp"
#include "text.hpp"
#include "thread_state.hpp"

namespace wasmedge {
namespace {

/// One above the runtime's highest level: nothing is forwarded.
enum class LogLevel : int {
  kTrace = WasmEdge_LogLevel_Trace,
  kDebug = WasmEdge_LogLevel_Debug,
  kInfo = WasmEdge_LogLevel_Info,
  kWarn = WasmEdge_LogLevel_Warn,
  kError = WasmEdge_LogLevel_Error,
  kCritical = WasmEdge_LogLevel_Critical,
  kOff = WasmEdge_LogLevel_Critical + 1,
};

// A guest can make the runtime log without end (a thousand link errors, a trace of each instruction); these bound what a
// thread keeps until it is asked.
constexpr std::size_t kMaxRecords = 1000;
constexpr std::size_t kMaxMessageBytes = 8192;

std::atomic<LogLevel> forwarded_level{LogLevel::kError};

thread_local std::vector<LogRecord> records;

/// Runs under the log sink's mutex, on whichever thread logs, with or without the GIL: it must never take the GIL and
/// never log itself (facts: the sink's mutex is not recursive).
void collect_record(const WasmEdge_LogMessage* message) noexcept {
  if (records.size() >= kMaxRecords) return;
  thread_state.has_logged = true;
  try {
    const std::string_view text = view(message->Message).substr(0, kMaxMessageBytes);
    records.push_back({message->Level, std::string(text)});
  } catch (const std::bad_alloc&) {
    // Without memory for a log line there is nobody to tell; the error that it belongs to is still raised.
    return;
  }
}

int python_level(WasmEdge_LogLevel level) {
  // logging's DEBUG - 5, DEBUG, INFO, WARNING, ERROR, CRITICAL.
  constexpr std::array<int, 6> levels{5, 10, 20, 30, 40, 50};
  return levels[std::clamp<std::size_t>(level, 0, levels.size() - 1)];
}

void forward(const py::object& logging, const LogRecord& record) {
  const py::object logger = call_method(logging, "getLogger", "s", "wasmedge");
  const py::str text = to_str(record.message);
  call_method(logger, "log", "isO", python_level(record.level), "%s", text.ptr());
}

void set_log_level(LogLevel level) noexcept {
  forwarded_level.store(level, std::memory_order_relaxed);
  // The runtime keeps logging warnings and errors even when nothing is forwarded: exceptions take their details from them,
  // and that it does not use the compiled code of a module is no more than a warning.
  const int runtime_level = std::min(static_cast<int>(level), static_cast<int>(WasmEdge_LogLevel_Warn));
  WasmEdge_LogSetLevel(static_cast<WasmEdge_LogLevel>(runtime_level));
}

LogLevel get_log_level() noexcept { return forwarded_level.load(std::memory_order_relaxed); }

/// In the child of a fork. A thread that the child does not have may have been logging, and the sink's mutex is locked for
/// good then: this makes a sink of its own.
void renew_log_callback() {
  WasmEdge_LogSetCallback(collect_record);
  restore_log_level();
}

}  // namespace

void install_log_callback() {
  WasmEdge_LogSetCallback(collect_record);
  // Setting the callback makes a new logger at level info, so the level comes second.
  set_log_level(LogLevel::kError);
  [[maybe_unused]] static const int registered = pthread_atfork(nullptr, nullptr, &renew_log_callback);
}

void restore_log_level() noexcept { set_log_level(get_log_level()); }

std::vector<LogRecord> take_log_records() noexcept {
  std::vector<LogRecord> taken;
  taken.swap(records);
  thread_state.has_logged = false;
  return taken;
}

void forget_log_records() noexcept {
  records.clear();
  thread_state.has_logged = false;
}

void forward_log_records(const std::vector<LogRecord>& taken) {
  const LogLevel threshold = forwarded_level.load(std::memory_order_relaxed);
  const auto wanted = [&](const LogRecord& record) {
    return static_cast<int>(record.level) >= static_cast<int>(threshold);
  };
  if (std::ranges::none_of(taken, wanted)) return;
  const py::error_scope keep_pending_exception;
  try {
    const py::object logging = import_module("logging");
    for (const LogRecord& record : taken) {
      if (wanted(record)) forward(logging, record);
    }
  } catch (py::error_already_set& error) {
    error.discard_as_unraisable("wasmedge: forwarding the runtime's log");
  }
}

void register_logging(py::module_& m) {
  py::native_enum<LogLevel>(m, "LogLevel", "enum.IntEnum", "How much of the runtime's log is forwarded.")
      .value("TRACE", LogLevel::kTrace)
      .value("DEBUG", LogLevel::kDebug)
      .value("INFO", LogLevel::kInfo)
      .value("WARN", LogLevel::kWarn)
      .value("ERROR", LogLevel::kError)
      .value("CRITICAL", LogLevel::kCritical)
      .value("OFF", LogLevel::kOff)
      .finalize();
  m.def("set_log_level", &set_log_level, py::arg("level"), "Set the lowest level that reaches Python's logging.");
  m.def("get_log_level", &get_log_level, "Return the lowest level that reaches Python's logging.");
  install_log_callback();
}

}  // namespace wasmedge
