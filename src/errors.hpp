// SPDX-License-Identifier: Apache-2.0
// The way from a WasmEdge_Result to a Python exception: check(), and the one translator.
#pragma once

#include <exception>
#include <optional>
#include <string>
#include <vector>

#include <wasmedge/wasmedge.h>

#include "logging.hpp"
#include "offset_shift.hpp"

namespace wasmedge {

/// A failed operation of the runtime, or one that this package refuses in the runtime's terms. Becomes the exception of
/// `wasmedge.errors` that its code belongs to. Made and thrown with or without the GIL.
class RuntimeFailure : public std::exception {
 public:
  /// `subject` says what was being done and to what; the reason is the code's own message.
  RuntimeFailure(WasmEdge_Result result, const std::string& subject, std::vector<LogRecord> details = {},
                 const char* exception = "");

  /// `message` is the whole message. `exception` names a class of wasmedge.errors that is not the code's own.
  RuntimeFailure(WasmEdge_ErrCode code, std::string message, std::vector<LogRecord> details = {},
                 const char* exception = "");

  const char* what() const noexcept override { return message_.c_str(); }
  const std::string& message() const noexcept { return message_; }
  std::uint32_t code() const noexcept { return code_; }
  WasmEdge_ErrCategory category() const noexcept { return category_; }
  const std::vector<LogRecord>& details() const noexcept { return details_; }
  const char* exception() const noexcept { return exception_; }

 private:
  std::uint32_t code_;
  WasmEdge_ErrCategory category_;
  std::string message_;
  std::vector<LogRecord> details_;
  const char* exception_ = "";
};

/// Throws RuntimeFailure unless the result is success (or the guest's own proc_exit), taking with it what this thread has
/// logged. For code without the GIL, which raising() runs.
void check_unlocked(WasmEdge_Result result, const std::string& subject, const OffsetShift& shift = {});

/// The same with the GIL held: throws the Python exception.
void check(WasmEdge_Result result, const std::string& subject, const OffsetShift& shift = {});

/// Throws the Python exception that a failure becomes. GIL held, and no C++ exception being handled: making the exception
/// runs Python code, in which a daemon thread may end (gil.hpp), and that cannot be caught inside of another handler.
[[noreturn]] void raise(const RuntimeFailure& failure);

/// Throws StackExhausted for a call, or instantiation, that went too deep. GIL held.
[[noreturn]] void raise_stack_exhausted(const std::string& subject);

/// Runs work that may let go of the GIL and throw RuntimeFailure, and throws the Python exception instead.
template <class Work>
auto raising(Work&& work) {
  std::optional<RuntimeFailure> failure;
  try {
    return work();
  } catch (const RuntimeFailure& thrown) {
    failure = thrown;
  }
  raise(*failure);
}

/// Sets the Python exception for a C++ one that is being handled; for C slots that pybind11 does not wrap. GIL held.
void set_python_error() noexcept;

/// Throws the Python exception of this type. GIL held.
[[noreturn]] void throw_type_error(const std::string& message);
[[noreturn]] void throw_value_error(const std::string& message);
[[noreturn]] void throw_overflow_error(const std::string& message);
[[noreturn]] void throw_index_error(const std::string& message);
[[noreturn]] void throw_key_error(const std::string& message);
[[noreturn]] void throw_attribute_error(const std::string& message);

/// Throws OutOfBoundsError: bytes that are not in a memory were asked for. GIL held.
[[noreturn]] void throw_out_of_bounds(const std::string& message);

/// Throws what a use of a closed object is.
[[noreturn]] void throw_closed(const std::string& what);

}  // namespace wasmedge
