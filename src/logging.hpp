// SPDX-License-Identifier: Apache-2.0
// What the runtime logs, kept per thread until somebody who holds the GIL asks for it.
#pragma once

#include <string>
#include <vector>

#include <wasmedge/wasmedge.h>

#include "thread_state.hpp"

namespace wasmedge {

struct LogRecord {
  WasmEdge_LogLevel level;
  std::string message;
};

/// Turns the runtime's log away from stdout, into a buffer of each thread. Called once, when the module is imported.
void install_log_callback();

/// Sets the runtime's level again, after something else may have.
void restore_log_level() noexcept;

/// What drop_log_records() does when there are any.
void forget_log_records() noexcept;

/// True when the calling thread has records that nobody has taken. Cheap: one thread-local read.
inline bool has_log_records() noexcept { return thread_state.has_logged; }

/// Takes the calling thread's records, oldest first.
std::vector<LogRecord> take_log_records() noexcept;

/// Hands records to `logging.getLogger("wasmedge")`. The GIL is held; a failing log handler is reported, not raised.
void forward_log_records(const std::vector<LogRecord>& taken);

/// Forwards what the calling thread has logged since. The GIL is held.
inline void flush_log_records() {
  if (has_log_records()) forward_log_records(take_log_records());
}

/// Forgets the calling thread's records: what was logged before has nothing to do with the call that begins now.
inline void drop_log_records() noexcept {
  if (has_log_records()) [[unlikely]] {
    forget_log_records();
  }
}

}  // namespace wasmedge
