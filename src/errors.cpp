// SPDX-License-Identifier: Apache-2.0
// Binds the runtime's results (wasmedge/wasmedge_basic.h, enum_errcode.h) to the exceptions of wasmedge.errors.
#include "errors.hpp"

#include "pybind.hpp"
#include "register.hpp"
#include "text.hpp"

namespace wasmedge {
namespace {

py::tuple detail_lines(const std::vector<LogRecord>& records) {
  py::list lines;
  for (const LogRecord& record : records) {
    if (record.level < WasmEdge_LogLevel_Warn) continue;
    lines.append(to_str(record.message));
  }
  return lines;
}

/// The class is looked up at each failure: nothing of Python is kept in a global, and a failure is no hot path.
void set_runtime_error(const RuntimeFailure& failure) {
  forward_log_records(failure.details());
  const py::object make = py::module_::import("wasmedge.errors").attr("_from_runtime");
  const py::object error = make(failure.code(), static_cast<int>(failure.category()), to_str(failure.what()),
                                detail_lines(failure.details()), failure.exception());
  PyErr_SetObject(py::type::handle_of(error).ptr(), error.ptr());
}

}  // namespace

RuntimeFailure::RuntimeFailure(WasmEdge_Result result, const std::string& subject, std::vector<LogRecord> details)
    : code_(WasmEdge_ResultGetCode(result)),
      category_(WasmEdge_ResultGetCategory(result)),
      message_(subject + ": " + WasmEdge_ResultGetMessage(result)),
      details_(std::move(details)) {}

RuntimeFailure::RuntimeFailure(WasmEdge_ErrCode code, std::string message, std::vector<LogRecord> details,
                               const char* exception)
    : code_(code),
      category_(WasmEdge_ErrCategory_WASM),
      message_(std::move(message)),
      details_(std::move(details)),
      exception_(exception) {}

void check(WasmEdge_Result result, const std::string& subject) {
  if (WasmEdge_ResultOK(result)) return;
  throw RuntimeFailure(result, subject, take_log_records());
}

void set_python_error() noexcept {
  try {
    throw;
  } catch (py::error_already_set& error) {
    error.restore();
  } catch (const RuntimeFailure& failure) {
    try {
      set_runtime_error(failure);
    } catch (py::error_already_set& error) {
      error.restore();
    }
  } catch (const py::builtin_exception& error) {
    error.set_error();
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  } catch (const std::exception& error) {
    PyErr_SetString(PyExc_RuntimeError, error.what());
  }
}

void throw_type_error(const std::string& message) { throw py::type_error(message); }
void throw_value_error(const std::string& message) { throw py::value_error(message); }

void throw_overflow_error(const std::string& message) {
  PyErr_SetString(PyExc_OverflowError, message.c_str());
  throw py::error_already_set();
}

void throw_closed(const std::string& what) { throw py::value_error("the " + what + " is closed"); }

void register_errors(py::module_&) {
  // NOLINTNEXTLINE(performance-unnecessary-value-param): the signature is pybind11's.
  py::register_exception_translator([](std::exception_ptr pointer) {
    if (!pointer) return;
    try {
      std::rethrow_exception(pointer);
    } catch (const RuntimeFailure& failure) {
      set_runtime_error(failure);
    }
  });
}

}  // namespace wasmedge
