// SPDX-License-Identifier: Apache-2.0
// Binds the runtime's results (wasmedge/wasmedge_basic.h, enum_errcode.h) to the exceptions of wasmedge.errors.
#include "errors.hpp"

#include "gil.hpp"
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
  const py::object details = detail_lines(failure.details());
  const py::object message = to_str(failure.message());
  const py::object error =
      call_method(import_module("wasmedge.errors"), "_from_runtime", "IiOOs", static_cast<unsigned>(failure.code()),
                  static_cast<int>(failure.category()), message.ptr(), details.ptr(), failure.exception());
  PyErr_SetObject(py::type::handle_of(error).ptr(), error.ptr());
}

/// With what this thread has logged.
RuntimeFailure failure_of(WasmEdge_Result result, const std::string& subject, const OffsetShift& shift) {
  std::vector<LogRecord> details = take_log_records();
  shift.undo(details);
  return {result, subject, std::move(details)};
}

[[noreturn]] void throw_error(PyObject* type, const std::string& message) {
  PyErr_SetObject(type, to_str(message).ptr());
  throw py::error_already_set();
}

/// pybind11's own text speaks of C++ types, and of how to compile.
void set_cast_error() { PyErr_SetString(PyExc_TypeError, "a value is of the wrong type or out of range"); }

}  // namespace

RuntimeFailure::RuntimeFailure(WasmEdge_Result result, const std::string& subject, std::vector<LogRecord> details,
                               const char* exception)
    : code_(WasmEdge_ResultGetCode(result)),
      category_(WasmEdge_ResultGetCategory(result)),
      message_(subject + ": " + WasmEdge_ResultGetMessage(result)),
      details_(std::move(details)),
      exception_(exception) {}

RuntimeFailure::RuntimeFailure(WasmEdge_ErrCode code, std::string message, std::vector<LogRecord> details,
                               const char* exception)
    : code_(code),
      category_(WasmEdge_ErrCategory_WASM),
      message_(std::move(message)),
      details_(std::move(details)),
      exception_(exception) {}

void check_unlocked(WasmEdge_Result result, const std::string& subject, const OffsetShift& shift) {
  if (!WasmEdge_ResultOK(result)) throw failure_of(result, subject, shift);
}

void check(WasmEdge_Result result, const std::string& subject, const OffsetShift& shift) {
  if (!WasmEdge_ResultOK(result)) raise(failure_of(result, subject, shift));
}

void raise_stack_exhausted(const std::string& subject) {
  raise(RuntimeFailure(WasmEdge_ErrCode_RuntimeError, subject + ": call stack exhausted", take_log_records(),
                       "StackExhausted"));
}

void raise(const RuntimeFailure& failure) {
  set_runtime_error(failure);
  throw py::error_already_set();
}

void set_python_error() noexcept {
  try {
    throw;
  } catch (py::error_already_set& error) {
    error.restore();
  } catch (const py::cast_error&) {
    set_cast_error();
  } catch (const py::builtin_exception& error) {
    error.set_error();
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  } catch (const std::exception& error) {
    PyErr_SetString(PyExc_RuntimeError, error.what());
  }
}

void throw_type_error(const std::string& message) { throw_error(PyExc_TypeError, message); }
void throw_value_error(const std::string& message) { throw_error(PyExc_ValueError, message); }
void throw_overflow_error(const std::string& message) { throw_error(PyExc_OverflowError, message); }
void throw_index_error(const std::string& message) { throw_error(PyExc_IndexError, message); }
void throw_key_error(const std::string& message) { throw_error(PyExc_KeyError, message); }
void throw_attribute_error(const std::string& message) { throw_error(PyExc_AttributeError, message); }

void throw_out_of_bounds(const std::string& message) {
  throw_error(import_module("wasmedge.errors").attr("OutOfBoundsError").ptr(), message);
}

void throw_closed(const std::string& what) { throw_value_error("the " + what + " is closed"); }

void register_errors(py::module_&) {
  // RuntimeFailure has no translator: raise() and raising() turn it into a Python exception before pybind11 sees it.
  // NOLINTNEXTLINE(performance-unnecessary-value-param): the signature is pybind11's.
  py::register_exception_translator([](std::exception_ptr pointer) {
    if (!pointer) return;
    try {
      std::rethrow_exception(pointer);
    } catch (const py::cast_error&) {
      set_cast_error();
    }
  });
}

}  // namespace wasmedge
